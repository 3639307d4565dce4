package sarif

import (
	"net/url"
	"strings"
	"time"

	"campanile/checks"
	"campanile/report"
	"campanile/rules"
)

func runOf(d report.Document) run {
	m := d.Method
	r := run{
		Tool: tool{driver{Name: m.Judge.Name, Version: m.Judge.Version, Language: string(d.Language), Rules: []descriptor{}}},
		// SARIF 3.17.3: what stands before the last slash names the series of
		// runs that can be compared.
		Automation:  automation{"campanile/" + address(d.Target.Domain) + "/"},
		Invocations: []invocation{{true, m.Taken.Format(time.RFC3339), m.Command}},
		Language:    string(d.Language),
		Results:     []result{},
		Properties: runBag{
			Domain: d.ASCII, Grade: d.Summary.Grade, Profile: report.Plain(string(m.Profile)),
			Evidence: m.Evidence, Rules: m.Rules, Tally: d.Tally(),
		},
	}
	at := map[*rules.Rule]int{}
	for _, f := range d.Findings {
		if f.Outcome != checks.Fail && f.Outcome != checks.Inconclusive {
			continue
		}
		i, known := at[f.Rule]
		if !known {
			i = len(r.Tool.Driver.Rules)
			at[f.Rule] = i
			r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, descriptorOf(d, f))
		}
		r.Results = append(r.Results, resultOf(d, f, i))
	}
	return r
}

// descriptorOf describes the rule of a finding as it speaks to this town.
func descriptorOf(d report.Document, f report.Finding) descriptor {
	rule := f.Rule
	tags := []string{"security", rule.Family, "actor-" + string(rule.Actor)}
	for _, each := range rule.DMA {
		tags = append(tags, "dma-"+each.Item)
	}
	return descriptor{
		ID:            rule.ID,
		Short:         message{plain(f.Title)},
		Help:          help(d, rule.ID),
		Configuration: configuration{levelOf(rule.Severity)},
		Properties:    ruleBag{tags, points(rule.Severity)},
	}
}

// help tells why it matters, what to do and how to know that it is done, where
// the checklist has an entry.
func help(d report.Document, id string) *message {
	item := itemOf(d, id, "")
	if item == nil {
		return nil
	}
	w := report.WordsIn(d.Language)
	var b strings.Builder
	part := func(heading, lead string, texts []string) {
		if len(texts) == 0 {
			return
		}
		b.WriteString(plain(heading) + "\n")
		for _, text := range texts {
			b.WriteString(lead + plain(text) + "\n")
		}
	}
	part(w.Say("item.why"), "", item.Why)
	part(w.Say("item.steps"), "- ", item.Steps)
	part(w.Say("item.verify"), "", item.Verify)
	return &message{strings.TrimSuffix(b.String(), "\n")}
}

// itemOf finds the entry of the checklist for a rule, that on a subject where
// one is named.
func itemOf(d report.Document, id, subject string) *report.Item {
	for _, actor := range d.Actors {
		for _, item := range actor.Items {
			if item.Rule != id {
				continue
			}
			for _, each := range item.Subjects {
				if subject == "" || each == subject {
					return item
				}
			}
		}
	}
	return nil
}

func resultOf(d report.Document, f report.Finding, index int) result {
	kind, level := kindOf(f)
	bag := resultBag{Outcome: string(f.Outcome), Actor: string(f.Rule.Actor), Facts: map[string]string{}, DMA: []string{}}
	if f.Outcome == checks.Fail {
		bag.Severity = string(f.Severity)
	}
	for name, value := range f.Facts {
		bag.Facts[report.Plain(name)] = report.Plain(value)
	}
	for _, each := range f.DMA() {
		bag.DMA = append(bag.DMA, each.Item+" "+each.Says)
	}
	return result{
		RuleID: f.Rule.ID, RuleIndex: index, Kind: kind, Level: level, Message: message{plain(told(d, f))},
		Locations: []location{{
			physical{artifact{address(f.Subject)}},
			[]logical{{report.Plain(f.Subject), "resource"}},
		}},
		// SARIF 3.27.17: the same problem in the next scan has the same print.
		Fingerprints: map[string]string{"campanileKey/v1": report.Plain(f.Key())},
		Properties:   bag,
	}
}

// told is the message of a result: the problem and why it matters, or that it
// could not be measured, and why not.
func told(d report.Document, f report.Finding) string {
	if f.Outcome != checks.Fail {
		w := report.WordsIn(d.Language)
		return w.State(f) + " (" + w.Reason(f) + "): " + f.Title
	}
	text := f.Title
	if item := itemOf(d, f.Rule.ID, report.Shown(f.Subject)); item != nil {
		text = strings.Join(append([]string{item.Title}, item.Why...), "\n")
	}
	return text
}

// kindOf gives kind and level. SARIF 3.27.9: "open" is what could not be
// decided, and 3.27.10: only a failure has a level.
func kindOf(f report.Finding) (kind, level string) {
	switch {
	case f.Outcome != checks.Fail:
		return "open", "none"
	case f.Severity == rules.Info:
		return "informational", "none"
	}
	return "fail", levelOf(f.Severity)
}

func levelOf(s rules.Severity) string {
	switch s {
	case rules.Critical, rules.High:
		return "error"
	case rules.Medium:
		return "warning"
	case rules.Low:
		return "note"
	case rules.Info:
	}
	return "none"
}

// points is the middle of the range by which code hosts know a severity again.
// They are no score of ours, and no CVSS.
func points(s rules.Severity) string {
	switch s {
	case rules.Critical:
		return "9.5"
	case rules.High:
		return "8.0"
	case rules.Medium:
		return "5.5"
	case rules.Low:
		return "2.0"
	case rules.Info:
	}
	return ""
}

// plain keeps a reader from finding placeholders and links in a text that has
// none: braces are doubled (SARIF 3.11.5) and square brackets follow a
// backslash (3.11.6).
func plain(text string) string { return marks.Replace(text) }

var marks = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "{", "{{", "}", "}}")

// address writes a name as a relative reference (RFC 3986 section 4.2), so that
// nothing in it becomes a scheme, a path or a host.
func address(name string) string {
	return strings.NewReplacer(":", "%3A", "..", "%2E%2E").Replace(url.PathEscape(name))
}
