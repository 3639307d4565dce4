// Package guideline holds what a TLS server accepts against published
// guidelines. It is pure: it reads evidence and rules and must not dial, look at
// the clock or word anything; a report does the wording.
package guideline

import (
	"slices"

	"campanile/collectors/evidence"
	"campanile/rules"
)

// Unknown is the verdict where what is known leaves several open.
const Unknown = "unknown"

// Assessment is how one server keeps to one guideline.
type Assessment struct {
	Guideline *rules.Guideline
	Verdict   string // on the ladder of the guideline, or Unknown
	Best      string // the best verdict that what is known leaves open
	Criteria  []Criterion
}

// Criterion is one demand of a guideline: what is known says that the server
// keeps to it no better than Best and no worse than Worst.
type Criterion struct {
	Code        string // versions, suites, groups, dh, key, signature, lifetime, score, one of rules.Faults or of rules.Caps
	Best, Worst string // on the ladder of the guideline
	Facts       []string
	// Problem says why it is not known; without one, the question belongs to a
	// depth or profile that was not chosen.
	Problem evidence.Problem
}

// Codes lists every code that a criterion can have.
func Codes() []string {
	codes := slices.Concat([]string{"versions", "suites", "groups", "dh", "key", "signature", "lifetime", "score"}, rules.Faults, rules.Caps)
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Known reports whether the criterion is settled.
func (c Criterion) Known() bool { return c.Best == c.Worst }

// Spoken reports whether the endpoint showed itself to be a TLS server.
func Spoken(e evidence.Endpoint) bool {
	return e.TLS.State == evidence.Seen ||
		slices.ContainsFunc(e.Offers, func(o evidence.VersionOffer) bool { return o.State == evidence.Seen })
}

// Of assesses a server of which the endpoints are the addresses: what one of
// them accepts, the server accepts.
func Of(g *rules.Guideline, endpoints []evidence.Endpoint) Assessment {
	ladder := g.Ladder()
	a := Assessment{Guideline: g}
	for _, e := range endpoints {
		s := read(e)
		var own []Criterion
		if g.Score != nil {
			own = scored(g, s)
		} else {
			own = demands(g, s)
		}
		for _, c := range own {
			a.Criteria = merge(ladder, a.Criteria, c)
		}
	}
	best, worst := 0, 0
	for _, c := range a.Criteria {
		best, worst = max(best, slices.Index(ladder, c.Best)), max(worst, slices.Index(ladder, c.Worst))
	}
	if len(a.Criteria) == 0 {
		worst = len(ladder) - 1
	}
	a.Best, a.Verdict = ladder[best], Unknown
	if best == worst {
		a.Verdict = ladder[best]
	}
	return a
}

// maxFacts bounds what a criterion lists: the rest adds nothing.
const maxFacts = 64

// merge adds a criterion to the one of another address, the worse of both.
func merge(ladder []string, list []Criterion, c Criterion) []Criterion {
	i := slices.IndexFunc(list, func(other Criterion) bool { return other.Code == c.Code })
	if i < 0 {
		return append(list, c)
	}
	old := &list[i]
	rank := func(word string) int { return slices.Index(ladder, word) }
	switch {
	case rank(c.Best) > rank(old.Best):
		old.Best, old.Facts = c.Best, c.Facts
	case c.Best == old.Best:
		for _, fact := range c.Facts {
			if !slices.Contains(old.Facts, fact) && len(old.Facts) < maxFacts {
				old.Facts = append(old.Facts, fact)
			}
		}
	}
	if rank(c.Worst) > rank(old.Worst) {
		old.Worst, old.Problem = c.Worst, c.Problem
	}
	old.Worst = ladder[max(rank(old.Worst), rank(old.Best))]
	return list
}
