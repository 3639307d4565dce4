package checks

import (
	"cmp"
	"maps"
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

// door is a place at which something is open, and may be told by another rule. Port 0 stands
// for all ports.
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
	case !e.loaded(b):
		return unknown(host, "templates "+host, engineProblem(b))
	}
	return untouched(b, host, places, ours)
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

// engineProblem gives why templates were not tried. An engine that is well was
// not given them.
func engineProblem(b *evidence.Bundle) evidence.Observation {
	if b.Services.Engine.State == evidence.Seen {
		return evidence.Observation{Problem: evidence.NotInProfile}
	}
	return b.Services.Engine.Observation
}

// untouched judges a host at which no template of a rule matched: that is a pass
// where each was tried to its end at every place.
func untouched(b *evidence.Bundle, host string, places []evidence.Tried, of func(template string) bool) []Finding {
	if len(places) == 0 {
		return unknown(host, "templates "+host, evidence.Observation{})
	}
	for _, place := range reachable(places) {
		if place.State != evidence.Seen {
			return unknown(host, "templates "+place.URL, place.Observation)
		}
	}
	for _, u := range b.Services.Untried {
		if of(u.Template) && hostOf(u.URL) == host {
			return unknown(host, "template "+u.Template+" "+u.URL, u.Observation)
		}
	}
	return pass(host, Facts{"host": host})
}

// reachable leaves out the places to which this vantage point has no way (IPv6
// from an IPv4 network), where another place of the host was tried.
func reachable(places []evidence.Tried) []evidence.Tried {
	if !slices.ContainsFunc(places, func(t evidence.Tried) bool { return t.State == evidence.Seen }) {
		return places
	}
	return slices.DeleteFunc(slices.Clone(places), func(t evidence.Tried) bool { return t.Problem == evidence.NoRoute })
}

// eachTried judges every host at which templates were tried, or should have been.
func eachTried(b *evidence.Bundle, judge func(host string, places []evidence.Tried) []Finding) []Finding {
	domain, s := b.Target.Domain, b.Services
	if s.State != evidence.Seen {
		return unknown(domain, "services "+domain, s.Observation)
	}
	places := map[string][]evidence.Tried{}
	for _, place := range s.Tried {
		host := cmp.Or(hostOf(place.URL), place.Address)
		places[host] = append(places[host], place)
	}
	for _, m := range s.Exposed {
		if host := hostOf(m.URL); places[host] == nil {
			places[host] = nil
		}
	}
	if len(places) == 0 {
		return unknown(domain, "templates "+domain, s.Engine.Observation)
	}
	var findings []Finding
	for _, host := range slices.Sorted(maps.Keys(places)) {
		findings = append(findings, judge(host, places[host])...)
	}
	return findings
}

// matchesAt gives the matches of some templates at a host, by address of the page.
func matchesAt(b *evidence.Bundle, host string, of func(template string) bool) []evidence.Match {
	var list []evidence.Match
	for _, m := range b.Services.Exposed {
		if of(m.Template) && hostOf(m.URL) == host {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(x, y evidence.Match) int {
		return cmp.Or(cmp.Compare(x.URL, y.URL), cmp.Compare(x.Template, y.Template), cmp.Compare(x.Address, y.Address))
	})
	return list
}

// ruleOf gives the rule of a template: "exposed-phpinfo_2" is a further one of
// exposed-phpinfo.
func ruleOf(template string) string {
	rule, _, _ := strings.Cut(template, "_")
	return rule
}
