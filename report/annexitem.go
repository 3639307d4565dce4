package report

import (
	"cmp"
	"slices"
	"strings"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/report/score/dma"
	"campanile/rules"
)

// AnnexItem is one item of the dimension.
type AnnexItem struct {
	ID          string
	Text        string
	Outside     rules.Outside
	Visible     string // how much of it can be seen, in words
	Answer      string // in words: yes, no, not answered
	Declared    bool   // it is answered yes
	Open        bool   // nobody has answered it
	Says        dma.Says
	SaysWord    string
	Supports    []Observation
	Places      []AnnexPlace // what supports it, gathered place by place
	Contradicts []Observation
	Limits      string // what the observations cannot show
	Shared      string // how much of what supports it is the merit of suppliers; "" where nothing is known to be
	Conflict    bool   // it is answered yes, and what was seen contradicts it
}

// Observation is one thing that was seen: of one rule, at the places that one
// operator runs.
type Observation struct {
	Text     string // a sentence
	Rule     string
	Subject  string // where, in one line
	Subjects []string
	Date     string // in words
	Operator string // who runs it: "" where nobody was recognised
	Facts    []SubjectFacts
	Entry    *Item  // of the checklist; nil for what is in order
	Accepted string // until when and why the municipality accepts it; "" where it does not
}

// AnnexPlace is all that was seen in favour of an item at one place.
type AnnexPlace struct {
	Subject  string
	Date     string
	Operator string
	Texts    []string
}

// limited are the items whose limits, and whose conditions for a yes, have words of
// their own: those of which something can be seen from outside.
var limited = []string{"7.1", "7.2", "7.4", "7.9", "8.1", "8.2", "8.4"}

func (x *annexer) annexItems() []AnnexItem {
	var list []AnnexItem
	for _, seen := range dma.Outside(x.Questionnaire, dataDimension, x.filled.Answers, x.Verdicts) {
		item := AnnexItem{
			ID:          seen.Item.ID,
			Text:        x.spaced(seen.Item.Text[x.Language]),
			Outside:     seen.Item.Outside,
			Visible:     x.code("annex.outside", string(seen.Item.Outside)),
			Answer:      x.answer(seen.Item.ID),
			Declared:    x.filled.Answers[seen.Item.ID].Done,
			Open:        slices.Contains(x.open, seen.Item.ID),
			Says:        seen.Says,
			SaysWord:    x.say("annex.says." + string(seen.Says)),
			Supports:    x.observations(seen.Supports, checks.Pass),
			Contradicts: x.observations(seen.Contradicts, checks.Fail),
			Limits:      x.ownWords("annex.limit", seen.Item.ID),
			Conflict:    seen.Conflict,
		}
		item.Places, item.Shared = places(item.Supports), x.shared(item.Supports)
		list = append(list, item)
	}
	return list
}

// ownWords gives the words of an item, or those of any other.
func (x *annexer) ownWords(group, id string) string {
	if !slices.Contains(limited, id) {
		id = "rest"
	}
	return x.say(group + "." + id)
}

// answer is what people have answered, in the words of the form.
func (x *annexer) answer(id string) string {
	switch {
	case slices.Contains(x.open, id):
		return x.say("annex.not-answered")
	case x.filled.Answers[id].Done:
		return x.Questionnaire.Answers["yes"][x.Language]
	}
	return x.Questionnaire.Answers["no"][x.Language]
}

// observations gathers verdicts rule by rule and operator by operator: what one
// firm runs for many bodies is not laid at another's door.
func (x *annexer) observations(verdicts []score.Verdict, outcome checks.Outcome) []Observation {
	var list []Observation
	for _, group := range byRule(verdicts, outcome) {
		for _, part := range x.byOperator(group) {
			list = append(list, x.observation(part, group))
		}
	}
	return list
}

// places gathers observations, so that a page names each place once.
func places(observations []Observation) []AnnexPlace {
	var list []AnnexPlace
	for _, o := range observations {
		i := slices.IndexFunc(list, func(p AnnexPlace) bool { return p.Subject == o.Subject && p.Operator == o.Operator })
		if i < 0 {
			i, list = len(list), append(list, AnnexPlace{Subject: o.Subject, Date: o.Date, Operator: o.Operator})
		}
		list[i].Texts = append(list[i].Texts, o.Text)
	}
	return list
}

// byOperator parts the verdicts of one rule, in their order.
func (x *annexer) byOperator(group []score.Verdict) [][]score.Verdict {
	var parts [][]score.Verdict
	at := map[string]int{}
	for _, v := range group {
		operator := operatorOf(x.Bundle, v)
		i, ok := at[operator]
		if !ok {
			i, parts = len(parts), append(parts, nil)
			at[operator] = i
		}
		parts[i] = append(parts[i], v)
	}
	return parts
}

func (x *annexer) observation(part, group []score.Verdict) Observation {
	rule := part[0].Rule
	o := Observation{
		Rule:     clean(rule.ID),
		Date:     x.date(x.Bundle.Taken.UTC()),
		Operator: clean(clip(operatorOf(x.Bundle, part[0]), maxInText)),
	}
	for _, v := range part {
		o.Subjects = append(o.Subjects, clip(shown(v.Subject), maxInText))
		o.Facts = withFacts(o.Facts, v)
	}
	o.Subject = x.list(o.Subjects)
	if part[0].Outcome == checks.Pass {
		o.Text = x.inOrder(rule, part)
		return o
	}
	title := rule.For(group[0].Facts, x.Bundle.Target.Country, x.Language).Title
	o.Text = fillerFor(x.words, x.Bundle, rule, findingsOf(part)).must(title)
	// An entry of the checklist gathers the same verdicts under the same title.
	whole := fillerFor(x.words, x.Bundle, rule, findingsOf(group)).must(title)
	if i := slices.IndexFunc(x.items, func(item *Item) bool { return item.Rule == rule.ID && item.Title == whole }); i >= 0 {
		o.Entry = x.items[i]
		if o.Entry.Status == checklist.Excepted {
			o.Accepted = strings.Join(o.Entry.Said, " ")
		}
	}
	return o
}

// inOrder gives the rule's good news. Where it has none, or speaks of the whole
// municipality while one place is not in order, it names the rule only.
func (x *annexer) inOrder(rule *rules.Rule, part []score.Verdict) string {
	target := x.Bundle.Target
	good := strings.TrimSpace(rule.In(target.Country, x.Language).Good)
	if good != "" && (ofPlaces(good, target.Domain, part) || everywhere(x.Verdicts, rule)) {
		text, complete := fillerFor(x.words, x.Bundle, rule, findingsOf(part)).text(good)
		if complete {
			return text
		}
	}
	return x.say("annex.in-order", "Rule", clean(rule.ID))
}

// shared says how much of what supports an item comes from services that suppliers
// run for many: it must not look like the municipality's own merit.
func (x *annexer) shared(supports []Observation) string {
	var operators []string
	n := 0
	for _, o := range supports {
		if o.Operator == "" {
			continue
		}
		if n++; !slices.Contains(operators, o.Operator) {
			operators = append(operators, o.Operator)
		}
	}
	if n == 0 {
		return ""
	}
	return x.count("annex.shared", n, "All", x.number(int64(len(supports))), "Operators", x.list(operators))
}

// familyRoles tell which role runs what a family of rules looks at. Nobody is
// recognised behind an address that answers at other ports.
var familyRoles = map[evidence.Family]string{evidence.DNSFamily: "dns", evidence.MailFamily: "mail", evidence.TLSFamily: "web", evidence.WebFamily: "web"}

// operatorOf names who runs what a verdict speaks of, as far as suppliers were
// recognised: by who can mend it, else by its family. Nobody is guessed.
func operatorOf(b *evidence.Bundle, v score.Verdict) string {
	role := familyRoles[evidence.Family(v.Rule.Family)]
	if of, ok := roles[v.Rule.Actor]; ok && role != "" {
		role = of
	}
	switch role {
	case "":
		return ""
	case "web":
		return siteOperator(b, v.Subject)
	case "mail":
		// The filter in front receives the mail where the mailboxes behind it
		// are not known.
		return cmp.Or(b.Supplier("mail").Name, b.Supplier("gateway").Name)
	}
	return b.Supplier(role).Name
}

// siteOperator names who runs a site: the platform seen at that host, or, for the
// municipality's own site, whoever runs or hosts it. What is recognised of one site
// says nothing of the others.
func siteOperator(b *evidence.Bundle, host string) string {
	for _, p := range b.Platforms {
		if p.Host == host && p.Use != evidence.ForSite && p.Definite && (p.Company != "" || strings.HasPrefix(p.Evidence, "host ")) {
			return cmp.Or(p.Company, p.Name)
		}
	}
	if host == b.Target.Domain || host == "www."+b.Target.Domain || host == b.Platform().Host {
		return supplierOf(b, rules.WebSupplier)
	}
	return ""
}
