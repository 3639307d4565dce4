// Package scheme says how a municipality stands on the scales that others have
// published. It is pure: it reads evidence, verdicts and rules, and must not dial,
// look at the clock or word anything; a report does the wording.
package scheme

import (
	"slices"

	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// The verdicts on a criterion and on a group of criteria. What is known may leave
// it open; then it is neither kept nor broken.
const (
	Met     = "met"
	NotMet  = "not-met"
	Unknown = "unknown"
	LeftOut = "left-out" // the scheme does not ask it here
)

// Assessment is how a site, or the body as a whole, stands on one scale.
type Assessment struct {
	Scheme  *rules.Scheme
	Host    string // of the site; empty for the body
	Verdict string // a class, a grade, Met or NotMet; or Unknown
	Best    string // the best verdict that what is known leaves open; the verdict itself where it is settled
	// Score is the number of points behind a grade; nil where there is none.
	Score    *int
	Criteria []Criterion
	Groups   []Group
	// Problem says why nothing could be judged at all.
	Problem evidence.Problem
}

// Criterion is the verdict on one demand. A class counts as one, which is broken
// where the site belongs into it for what was found.
type Criterion struct {
	ID      string
	Verdict string
	Rules   []string         // whose findings decide, or would
	Problem evidence.Problem // why it is not known, where an answer is missing
	Beyond  string           // why no look from outside can tell, of rules.Beyonds
	Result  string           // what a test of headers says, by its code
	Points  int              // what the result adds to the score or takes from it
}

// Group is the verdict on several criteria together.
type Group struct {
	ID      string
	Verdict string
}

// Known reports whether anything on the scale could be told.
func (a Assessment) Known() bool {
	return a.Verdict != Unknown || slices.ContainsFunc(a.Criteria, func(c Criterion) bool { return c.Verdict == Met || c.Verdict == NotMet })
}

// Of assesses the municipality on one scale: each home host, or the whole.
func Of(s *rules.Scheme, b *evidence.Bundle, verdicts []score.Verdict) []Assessment {
	sight := newSight(b, verdicts)
	if s.Per == "body" {
		return []Assessment{sight.criteria(s)}
	}
	var list []Assessment
	for _, site := range sight.homes {
		if len(s.Tests) > 0 {
			list = append(list, observe(s, b, site))
			continue
		}
		list = append(list, sight.class(s, site.Host))
	}
	return list
}

// class finds the worst class of which a condition holds.
func (s sight) class(scheme *rules.Scheme, host string) Assessment {
	a := Assessment{Scheme: scheme, Host: host}
	best, worst := 0, 0
	for i, class := range scheme.Classes {
		if i == 0 {
			continue // nothing puts a site into the best class but that nothing speaks against it
		}
		held := s.any(class.Any, host)
		switch held.truth {
		case yes:
			best, worst = i, i
		case open:
			worst = i
		case no:
		}
		a.Criteria = append(a.Criteria, Criterion{ID: class.ID, Verdict: broken(held.truth), Rules: held.rules, Problem: held.problem})
	}
	a.Best, a.Verdict = scheme.Classes[best].ID, Unknown
	if best == worst {
		a.Verdict = a.Best
	}
	return a
}

// criteria judges one demand after the other, and then the groups.
func (s sight) criteria(scheme *rules.Scheme) Assessment {
	a := Assessment{Scheme: scheme}
	for _, c := range scheme.Criteria {
		a.Criteria = append(a.Criteria, s.criterion(c))
	}
	for _, group := range scheme.Groups {
		verdict, _ := together(a.Criteria, func(c Criterion) bool { return slices.Contains(group.Criteria, c.ID) })
		a.Groups = append(a.Groups, Group{group.ID, verdict})
	}
	a.Verdict, a.Best = together(a.Criteria, func(Criterion) bool { return true })
	return a
}

func (s sight) criterion(c rules.Criterion) Criterion {
	result := Criterion{ID: c.ID, Verdict: Unknown, Beyond: c.Beyond}
	failed, unclear := s.any(c.Fails, ""), s.any(c.Open, "")
	switch {
	case s.any(c.Without, "").truth == yes:
		return Criterion{ID: c.ID, Verdict: LeftOut}
	case failed.truth == yes:
		result.Verdict, result.Beyond = NotMet, ""
		result.Rules = failed.rules
	case unclear.truth == yes:
		result.Rules, result.Problem = unclear.rules, unclear.problem
	case failed.truth == open:
		result.Rules, result.Problem = failed.rules, failed.problem
	case unclear.truth == open:
		result.Rules, result.Problem = unclear.rules, unclear.problem
	case c.Beyond == "":
		result.Verdict = Met
	}
	return result
}

// together is kept where all are kept, and broken where one of them is.
func together(list []Criterion, in func(Criterion) bool) (verdict, best string) {
	verdict, best = Met, Met
	for _, c := range list {
		switch {
		case !in(c):
		case c.Verdict == NotMet:
			return NotMet, NotMet
		case c.Verdict == Unknown:
			verdict = Unknown
		}
	}
	return verdict, best
}

func broken(t truth) string {
	switch t {
	case yes:
		return NotMet
	case open:
		return Unknown
	case no:
	}
	return Met
}
