package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

// Item is one entry of the checklist: one rule that fails in one way, on one
// subject or on several.
type Item struct {
	Number     int
	Anchor     string // the rule, and the number besides for a second entry of one rule
	Rule       string
	Severity   rules.Severity
	Actor      rules.Actor
	Effort     rules.Effort
	Title      string
	Subjects   []string
	Why        []string // paragraphs
	Steps      []string
	Subject    string   // line of the message to the supplier
	ToSupplier []string // paragraphs, ready to forward; none where staff do it alone
	Verify     []string // paragraphs
	Facts      []SubjectFacts
	Laws       []Reference
	Refs       []Reference

	Status checklist.Status // what the checklist and this scan say together; empty where no list is kept
	Said   []string         // sentences: what was said of it, and what was seen
}

// SubjectFacts are the technical facts on one subject, or on several that share
// them, for the supplier.
type SubjectFacts struct {
	Subjects []string
	Facts    []Fact
}

// Fact is one technical fact.
type Fact struct{ Name, Value string }

// itemise gathers the failures of each rule into one item, or into one for each
// kind of defect that has words of its own, in the order of the verdicts.
func itemise(w words, in Input) []*Item {
	var items []*Item
	followed := followingOf(w, in)
	for _, group := range byRule(in.Verdicts, checks.Fail) {
		item := newItem(w, in, group)
		item.Status, item.Said = followed.of(group)
		items = append(items, item)
	}
	return items
}

// kind is a rule and the place of the variant that a finding shows.
type kind struct {
	rule    string
	variant int
}

// byRule gathers the verdicts with one outcome, kind by kind.
func byRule(verdicts []score.Verdict, outcome checks.Outcome) [][]score.Verdict {
	var groups [][]score.Verdict
	at := map[kind]int{}
	for _, v := range verdicts {
		if v.Outcome != outcome {
			continue
		}
		of := kind{v.Finding.Rule, v.Rule.Variant(v.Facts)}
		i, ok := at[of]
		if !ok {
			i, groups = len(groups), append(groups, nil)
			at[of] = i
		}
		groups[i] = append(groups[i], v)
	}
	return groups
}

func newItem(w words, in Input, group []score.Verdict) *Item {
	rule, target := group[0].Rule, in.Bundle.Target
	text := rule.For(group[0].Facts, target.Country, in.Language)
	fill := fillerFor(w, in.Bundle, rule, findingsOf(group))
	item := &Item{
		Rule:     rule.ID,
		Severity: gravest(group),
		Actor:    rule.Actor,
		Effort:   rule.Effort,
		Title:    fill.must(text.Title),
		Why:      fill.paragraphs(text.Why),
		Verify:   fill.paragraphs(text.Verify),
		Laws:     laws(w, in, rule),
		Refs:     technical(w, rule.Refs),
	}
	for _, step := range text.Fix {
		item.Steps = append(item.Steps, fill.must(step))
	}
	if strings.TrimSpace(text.ToSupplier) != "" {
		item.ToSupplier = fill.forSupplier().paragraphs(text.ToSupplier)
		item.Subject = w.say("letter.subject", "Domain", shown(target.Domain), "Rule", rule.ID)
	}
	for _, v := range group {
		item.Subjects = append(item.Subjects, shown(v.Subject))
		item.Facts = withFacts(item.Facts, v)
	}
	return item
}

// withFacts adds the facts of a verdict to those of subjects with equal ones.
// A subject without facts is named only when it has a second form.
func withFacts(list []SubjectFacts, v score.Verdict) []SubjectFacts {
	subject, facts := shownWithASCII(v.Subject), factsOf(v)
	if len(facts) == 0 && subject == shown(v.Subject) {
		return list
	}
	i := slices.IndexFunc(list, func(s SubjectFacts) bool { return slices.Equal(s.Facts, facts) })
	if i < 0 {
		return append(list, SubjectFacts{[]string{subject}, facts})
	}
	list[i].Subjects = append(list[i].Subjects, subject)
	return list
}

func findingsOf(group []score.Verdict) []checks.Finding {
	list := make([]checks.Finding, len(group))
	for i, v := range group {
		list[i] = v.Finding
	}
	return list
}

func gravest(group []score.Verdict) rules.Severity {
	return slices.MinFunc(group, func(a, b score.Verdict) int {
		return cmp.Compare(slices.Index(rules.Severities, a.Severity), slices.Index(rules.Severities, b.Severity))
	}).Severity
}

// factsOf lists facts by name, for a technician: as the evidence has them, but
// harmless and not endless. What only repeats the subject, or says of a service
// that it says nothing, is left out.
func factsOf(v score.Verdict) []Fact {
	var list []Fact
	for _, name := range slices.Sorted(maps.Keys(v.Facts)) {
		if fact := v.Facts[name]; fact != v.Subject && (fact != "-" || v.Rule.Family != string(evidence.ServicesFamily)) {
			list = append(list, Fact{clean(name), clean(clip(fact, maxInList))})
		}
	}
	return list
}
