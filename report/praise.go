package report

import (
	"regexp"
	"slices"
	"strings"

	"campanile/checks"
	"campanile/rules"
)

// Praise is what is well done in one family.
type Praise struct {
	Family    string // in words
	Sentences []string
	More      int // further rules that are kept and have no sentence of their own
}

// praise says what is well done. A rule without good news of its own, or whose
// good news speaks of a fact that the finding lacks, is only counted.
func praise(w words, in Input) []Praise {
	byFamily := map[string]*Praise{}
	for _, group := range byRule(in.Verdicts, checks.Pass) {
		rule := group[0].Rule
		p := byFamily[rule.Family]
		if p == nil {
			p = &Praise{Family: w.say("family." + rule.Family)}
			byFamily[rule.Family] = p
		}
		good := rule.In(in.Bundle.Target.Country, in.Language).Good
		fill := fillerFor(w, in.Bundle, rule, findingsOf(group))
		if sentence, complete := fill.text(strings.TrimSpace(good)); complete && sentence != "" {
			p.Sentences = append(p.Sentences, sentence)
		} else {
			p.More++
		}
	}
	var list []Praise
	for _, family := range rules.Families {
		if p := byFamily[family]; p != nil {
			list = append(list, *p)
		}
	}
	return list
}

// terms lists the technical words that the items use, in alphabetical order.
func terms(w words, in Input, items []*Item) []rules.Term {
	var b strings.Builder
	for _, item := range items {
		b.WriteString(item.Title + "\n" + strings.Join(slices.Concat(item.Why, item.Steps, item.ToSupplier, item.Verify), "\n") + "\n")
	}
	text := b.String()
	var list []rules.Term
	for _, each := range in.Rules.Glossary {
		if term := each[in.Language]; term.Term != "" && uses(text, term.Term) {
			list = append(list, rules.Term{Term: clean(term.Term), Meaning: clean(w.spaced(term.Meaning))})
		}
	}
	slices.SortFunc(list, func(a, b rules.Term) int {
		return strings.Compare(strings.ToLower(a.Term), strings.ToLower(b.Term))
	})
	return list
}

// uses reports whether the text holds the term as a word of its own.
func uses(text, term string) bool {
	word := regexp.MustCompile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(term) + `([^\pL\pN]|$)`)
	return word.MatchString(text)
}
