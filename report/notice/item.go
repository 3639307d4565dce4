package notice

import (
	"cmp"
	"strings"
	"time"
	"unicode"

	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/history"
	"campanile/rules"
)

// item is one point of a message: a rule at a municipality, with all that it
// speaks of.
type item struct {
	history.Alert
	subjects []string
}

// items gathers the alerts of a topic, in their order. What a rule says of
// several hosts of one municipality is one point.
func (w writer) items(topic history.Topic) []item {
	var list []item
	place := map[[3]string]int{}
	for _, a := range w.in.Message.Alerts {
		if a.Topic != topic {
			continue
		}
		id := [3]string{a.Town, a.Rule, a.Ends}
		n, ok := place[id]
		if !ok {
			n, place[id] = len(list), len(list)
			list = append(list, item{Alert: a})
		}
		list[n].subjects = append(list[n].subjects, report.Shown(strings.TrimSuffix(evidence.Clip(a.Subject, maxName), ".")))
	}
	return list
}

// maxName bounds a name that somebody else wrote, in runes.
const maxName = 100

// lines are what a message says of one point.
func (w writer) lines(one item) []string {
	place, rule := w.place(one.Alert), w.rule(one.Rule)
	title := w.title(rule, one.Rule, place.Country)
	if one.Topic == history.Fixed {
		return []string{
			w.Say("notice.item-fixed", "Town", place.Name, "Title", title),
			w.Say("notice.where", "Subjects", w.List(one.subjects)),
		}
	}
	lines := []string{
		w.Say("notice.item", "Town", place.Name, "Title", title),
		w.Say("notice.where", "Subjects", w.List(one.subjects)),
	}
	if day, err := time.Parse(time.DateOnly, one.Ends); err == nil {
		lines = append(lines, w.Say("notice.ends", "Day", w.Date(day)))
	}
	if one.Topic == history.NewlyJudged {
		lines = append(lines, w.Say("notice.judged", "Confirmed", w.Date(one.Confirmed.UTC())))
	} else {
		lines = append(lines, w.Say("notice.seen", "Since", w.Date(one.Since.UTC()), "Confirmed", w.Date(one.Confirmed.UTC())))
	}
	if one.Again {
		lines = append(lines, w.Say("notice.again"))
	}
	if rule == nil {
		return lines
	}
	lines = append(lines, w.who(rule))
	switch {
	case rule.Family == string(evidence.ServicesFamily): // looked at under a mandate only
		lines = append(lines, w.Say("notice.verify-mandate"))
	case place.Domain != "":
		lines = append(lines, w.Say("notice.verify", "Command", "campanile scan "+place.Domain+" --only "+rule.Family))
	}
	return lines
}

func (w writer) who(rule *rules.Rule) string {
	return w.Say("notice.who", "Actor", lower(w.Say("actor."+string(rule.Actor)+".name")), "Effort", w.Say("effort."+string(rule.Effort)))
}

// place gives the municipality of an alert, harmless for a subject line and a
// shell.
func (w writer) place(a history.Alert) Place {
	p := w.in.Places[a.Town]
	p.Name = report.Plain(evidence.Clip(cmp.Or(p.Name, a.Name, p.Domain, a.Town), maxName))
	if strings.ContainsFunc(p.Domain, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '-' }) || strings.HasPrefix(p.Domain, "-") {
		p.Domain = "" // not one to paste into a shell
	}
	return p
}

func (w writer) rule(id string) *rules.Rule {
	rule, _ := w.in.Rules.Rule(id)
	return rule
}

// title is what a rule says in one line; a rule that is no longer there has its
// id.
func (w writer) title(rule *rules.Rule, id, country string) string {
	if rule == nil {
		return report.Plain(evidence.Clip(id, maxName))
	}
	return w.Text(map[rules.Language]string{w.in.Language: rule.In(country, w.in.Language).Title})
}

// lower begins a name inside a sentence.
func lower(text string) string {
	for i, r := range text {
		if i == 0 {
			return string(unicode.ToLower(r)) + text[len(string(r)):]
		}
	}
	return text
}
