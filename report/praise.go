package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"
)

// Praise is what is well done in one family.
type Praise struct {
	Family    string // in words
	Sentences []string
	More      int // further rules that are kept and have no sentence of their own
}

// praise says what is well done. A rule without good news of its own, or whose
// good news speaks of a fact that the finding lacks, is only counted. Good news
// about the whole municipality is no news while one place is not in order or not
// known.
func praise(w words, in Input) []Praise {
	byFamily := map[string]*Praise{}
	for _, group := range byRule(in.Verdicts, checks.Pass) {
		rule := group[0].Rule
		good := rule.In(in.Bundle.Target.Country, in.Language).Good
		if good != "" && !ofPlaces(good, in.Bundle.Target.Domain, group) && !everywhere(in.Verdicts, rule) {
			continue
		}
		p := byFamily[rule.Family]
		if p == nil {
			p = &Praise{Family: w.say("family." + rule.Family)}
			byFamily[rule.Family] = p
		}
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

// ofPlaces reports whether good news names the places of which it is true: those
// of the findings, or the domain where it is one of them.
func ofPlaces(good, domain string, group []score.Verdict) bool {
	if slices.ContainsFunc([]string{"{host}", "{subject}", "{address}"}, func(name string) bool { return strings.Contains(good, name) }) {
		return true
	}
	return strings.Contains(good, "{domain}") && slices.ContainsFunc(group, func(v score.Verdict) bool { return v.Subject == domain })
}

// everywhere reports whether a rule is broken at no place and known at all.
func everywhere(verdicts []score.Verdict, rule *rules.Rule) bool {
	return !slices.ContainsFunc(verdicts, func(v score.Verdict) bool {
		return v.Rule == rule && (v.Outcome == checks.Fail || v.Outcome == checks.Inconclusive)
	})
}

// terms lists the technical words that the items use, and those that explaining
// them takes, in alphabetical order.
func terms(w words, in Input, items []*Item) []rules.Term {
	var b strings.Builder
	for _, item := range items {
		b.WriteString(item.Title + "\n" + strings.Join(slices.Concat(item.Why, item.Steps, item.ToSupplier, item.Verify), "\n") + "\n")
	}
	var list []rules.Term
	left := glossaryOf(in)
	for text := strings.ToLower(b.String()); text != ""; {
		var meanings strings.Builder
		left = slices.DeleteFunc(left, func(term rules.Term) bool {
			if !uses(text, term) {
				return false
			}
			list = append(list, rules.Term{Term: clean(term.Term), Meaning: clean(w.spaced(term.Meaning))})
			meanings.WriteString(strings.ToLower(term.Meaning) + "\n")
			return true
		})
		text = meanings.String()
	}
	slices.SortFunc(list, func(a, b rules.Term) int {
		return strings.Compare(strings.ToLower(a.Term), strings.ToLower(b.Term))
	})
	return list
}

// glossaryOf is the glossary in the language of a document.
func glossaryOf(in Input) []rules.Term {
	list := make([]rules.Term, 0, len(in.Rules.Glossary))
	for _, each := range in.Rules.Glossary {
		if term := each[in.Language]; term.Term != "" {
			list = append(list, term)
		}
	}
	return list
}

// uses reports whether a text in lower case holds the term, or one of its forms.
func uses(text string, term rules.Term) bool {
	return hasWord(text, term.Term) || slices.ContainsFunc(term.Forms, func(form string) bool { return hasWord(text, form) })
}

// hasWord reports whether a text in lower case holds the words, with no letter
// or digit before or after them.
func hasWord(text, words string) bool {
	words = strings.ToLower(words)
	for at := strings.Index(text, words); at >= 0 && words != ""; {
		end := at + len(words)
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !partOfWord(before) && !partOfWord(after) {
			return true
		}
		next := strings.Index(text[end:], words)
		if next < 0 {
			return false
		}
		at = end + next
	}
	return false
}

func partOfWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
