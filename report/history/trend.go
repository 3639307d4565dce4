package history

import (
	"time"

	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"
)

// Point is how a municipality stood after one look, as far as two looks agree.
type Point struct {
	Taken time.Time
	Rules string // the digest of the edition that it was judged with
	score.Summary
	// Unseen is how many of the defects counted could not be measured by this look:
	// they stand as an earlier one found them.
	Unseen int
	// Unsteady is how many points move to and fro from look to look: they stand as
	// they did before.
	Unsteady int
}

// Trend gives the numbers of a municipality over time, one point for each round of
// looks. What one look alone saw, or could not see, moves nothing. Where the rules
// changed, two points have the same time: one judged as before and one as from then
// on, so that the step between them is never taken for one of the town.
func Trend(looks []Look, grades []rules.Grade) []Point {
	var points []Point
	walk(looks, func(w *walker, at time.Time, edition Edition) {
		p := Point{Taken: at, Rules: edition.Digest, Summary: score.Summarise(w.verdicts(), grades)}
		for _, s := range w.standing {
			if s.now() == checks.Fail && !s.seen {
				p.Unseen++
			}
			if s.unsteady() {
				p.Unsteady++
			}
		}
		points = append(points, p)
	})
	return points
}

// verdicts are those in which the points stand.
func (w *walker) verdicts() []score.Verdict {
	var list []score.Verdict
	byID := map[string]*rules.Rule{}
	for _, at := range w.points {
		s := w.standing[at]
		if byID[at.rule] == nil {
			byID[at.rule] = &rules.Rule{ID: at.rule, Family: s.family}
		}
		outcome := s.now()
		if outcome == "" {
			continue
		}
		list = append(list, score.Verdict{
			Finding: checks.Finding{Rule: at.rule, Subject: at.subject, Outcome: outcome},
			Rule:    byID[at.rule], Severity: s.level.severity(),
		})
	}
	return list
}

// now is the outcome in which a point stands; none where there is nothing to judge.
// What was never measured stays open; what was, stands as it was last.
func (s *standing) now() checks.Outcome {
	switch {
	case s.known && s.level > 0:
		return checks.Fail
	case s.known:
		return s.outcome
	case s.listed:
		return checks.Inconclusive
	}
	return ""
}
