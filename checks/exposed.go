package checks

import (
	"cmp"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// exposure is a rule that templates prove: a page or file that should not be
// open to everybody.
type exposure struct {
	rule      string
	templates int // of the rule: a pass needs the answers to all of them
	// gravest is the template that is told before the others of the rule.
	gravest string
	// told reports whether another rule already speaks of the same thing.
	told func(b *evidence.Bundle, at door) bool
}

// door is a place at which something is open, and may be told by another rule.
// Port 0 stands for all ports.
type door struct {
	host, address string
	port          uint16
}

// checksOf makes a check of each exposure, and one of all other templates.
func checksOf(list []exposure) []Check {
	facts := []string{"host", "url", "address", "template", "extract"}
	made := make([]Check, len(list), len(list)+1)
	for i, e := range list {
		made[i] = Check{e.rule, evidence.ServicesFamily, facts, e.judge}
	}
	return append(made, Check{"exposed-own-template", evidence.ServicesFamily, facts, ownTemplate(list)})
}

func (e exposure) judge(b *evidence.Bundle) []Finding {
	return eachTried(b, func(host string, places []evidence.Tried) []Finding { return e.judgeHost(b, host, places) })
}

// judgeHost judges one host. What matched is there, however the rest ended.
func (e exposure) judgeHost(b *evidence.Bundle, host string, places []evidence.Tried) []Finding {
	ours := func(template string) bool { return ruleOf(template) == e.rule }
	matches := matchesAt(b, host, ours)
	left := matches
	if e.told != nil {
		left = slices.DeleteFunc(slices.Clone(matches), func(m evidence.Match) bool { return e.told(b, door{host, m.Address, portOf(m.URL)}) })
	}
	here := func(t evidence.Tried) bool { return e.told(b, door{host: host, address: t.Address}) }
	switch {
	case len(left) > 0:
		return fail(host, e.factsOf(host, left))
	case len(matches) > 0, e.told != nil && slices.ContainsFunc(places, here):
		return notApplicable(host)
	}
	return untouched(b, host, places, ours, e.loaded(b))
}

// factsOf tells the gravest match, or else the first one by address of the page.
func (e exposure) factsOf(host string, matches []evidence.Match) Facts {
	gravest := slices.IndexFunc(matches, func(m evidence.Match) bool { return m.Template == e.gravest })
	m := matches[max(gravest, 0)]
	return Facts{"host": host, "url": m.URL, "address": cmp.Or(m.Address, "-"), "template": m.Template, "extract": cmp.Or(m.Extract, "-")}
}

// loaded reports whether the engine knew every template of the rule.
func (e exposure) loaded(b *evidence.Bundle) bool {
	count := 0
	for _, template := range b.Services.Templates {
		if ruleOf(template) == e.rule {
			count++
		}
	}
	return count >= e.templates
}

// ruleOf gives the rule of a template: "exposed-phpinfo_2" is a further one of
// exposed-phpinfo.
func ruleOf(template string) string {
	rule, _, _ := strings.Cut(template, "_")
	return rule
}
