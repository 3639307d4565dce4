package scheme

import (
	"cmp"
	"slices"
	"strings"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// truth is whether a condition holds, which what is known may leave open.
type truth int

const (
	no truth = iota
	open
	yes
)

// held is the truth of a condition, with what it rests on.
type held struct {
	truth   truth
	rules   []string
	problem evidence.Problem
}

// any joins conditions of which one is enough. Host is the site that they are
// about; empty in a scheme for the body.
func (s sight) any(list []rules.Condition, host string) held {
	var all held
	for _, c := range list {
		one := s.holds(c, host)
		switch {
		case one.truth > all.truth:
			all = one
		case one.truth == all.truth && one.truth != no:
			all.problem = cmp.Or(all.problem, one.problem)
			for _, rule := range one.rules {
				if !slices.Contains(all.rules, rule) {
					all.rules = append(all.rules, rule)
				}
			}
		}
	}
	return all
}

func (s sight) holds(c rules.Condition, host string) held {
	switch {
	case c.On == "front" && s.front == "":
		return held{truth: open, rules: named(c)}
	case c.On == "front":
		host = s.front
	case c.On == "domain":
		host = s.domain
	}
	result := s.verdict(c, host)
	if c.Sees != "" {
		result = s.sees(host)
	}
	for _, other := range c.And {
		// Both must hold: the lesser truth is the truth of both.
		if and := s.holds(other, host); and.truth < result.truth {
			result = and
		}
	}
	return result
}

func named(c rules.Condition) []string {
	if c.Rule == "" {
		return nil
	}
	return []string{c.Rule}
}

// verdict looks for the outcome among the verdicts of a rule. A question that got
// no answer, or that nobody asked, leaves it open.
func (s sight) verdict(c rules.Condition, host string) held {
	verdicts := s.about(c.Rule, host)
	wanted := checks.Outcome(cmp.Or(c.Outcome, string(checks.Fail)))
	result := held{truth: no}
	for _, v := range verdicts {
		switch {
		case v.Outcome == wanted && s.fits(c, v):
			return held{truth: yes, rules: named(c)}
		case v.Outcome == checks.Inconclusive && result.truth == no:
			result = held{truth: open, rules: named(c), problem: evidence.Problem(v.Facts["problem"])}
		}
	}
	if len(verdicts) == 0 {
		return held{truth: open, rules: named(c)}
	}
	return result
}

// fits reports whether a finding has the fact that is asked for.
func (s sight) fits(c rules.Condition, v score.Verdict) bool {
	return c.Fact == "" || slices.ContainsFunc(c.Values, func(value string) bool {
		return v.Facts[c.Fact] == strings.ReplaceAll(value, "{domain}", s.domain)
	})
}

// about gives the verdicts of a rule on a host. Where it judged no host at all, its
// one verdict says of the domain that there was nothing to judge.
func (s sight) about(rule, host string) []score.Verdict {
	if host == "" {
		return s.byRule[rule]
	}
	var own, general []score.Verdict
	for _, v := range s.byRule[rule] {
		switch {
		case v.Subject == host:
			own = append(own, v)
		case v.Subject == s.domain && (v.Outcome == checks.NotApplicable || v.Outcome == checks.Inconclusive):
			general = append(general, v)
		}
	}
	if len(own) == 0 && len(s.byRule[rule]) == 1 {
		return general
	}
	return own
}

// sees reports whether whoever begins on http stays there: the one of
// rules.Sights. The first step of a redirect is web-http-not-redirected's to tell.
func (s sight) sees(host string) held {
	i := slices.IndexFunc(s.homes, func(site evidence.Site) bool { return site.Host == host })
	if i < 0 {
		return held{truth: open}
	}
	const rule = "web-http-not-redirected" // that the reader can act on
	site := s.homes[i]
	last := site.HTTP.Last().URL
	switch {
	case site.HTTP.State == evidence.Seen && site.HTTP.Barrier == "" && schemeOf(last) == "https":
		return held{truth: no}
	case shows(site.HTTP):
		return held{truth: yes, rules: []string{rule}}
	case refusesHTTP(site), servesNothing(site.HTTP):
		return held{truth: no}
	}
	return held{truth: open, rules: []string{rule}, problem: problemOf(site.HTTP)}
}
