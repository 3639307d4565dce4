package opendata

import (
	"slices"
	"time"

	"campanile/report/history"
	"campanile/report/score"
	"campanile/rules"
)

// Standings says how a municipality stood at the end of each month, as far as two
// looks agree: what one look alone saw moves no figure. What is left out is taken
// away before anything is weighed, so the grade is that of the rest.
func Standings(looks []history.Look, months []time.Time, subjects []Subject, grades []rules.Grade) []Standing {
	standings := make([]Standing, len(months))
	counted := narrowed(looks, func(v history.Verdict) bool {
		_, out := LeftOut(v.Family, v.Rule)
		return !out
	})
	for i, point := range pointsAt(counted, months, grades) {
		if point != nil {
			standings[i] = Standing{Looked: true, Grade: point.Grade, States: make([]State, len(subjects))}
		}
	}
	for n, s := range subjects {
		mine := make(map[string]bool, len(s.Rules))
		for _, rule := range s.Rules {
			mine[rule] = true
		}
		for i, point := range pointsAt(narrowed(counted, func(v history.Verdict) bool { return mine[v.Rule] }), months, grades) {
			if point != nil {
				standings[i].States[n] = stateOf(point.Summary)
			}
		}
	}
	return standings
}

// narrowed gives the looks with some of their verdicts alone.
func narrowed(looks []history.Look, keeps func(history.Verdict) bool) []history.Look {
	list := slices.Clone(looks)
	for i := range list {
		var kept []history.Verdict
		for _, v := range list[i].Verdicts {
			if keeps(v) {
				kept = append(kept, v)
			}
		}
		list[i].Verdicts = kept
	}
	return list
}

// pointsAt gives the last point by each month; nil where there is none.
func pointsAt(looks []history.Look, months []time.Time, grades []rules.Grade) []*history.Point {
	trend, list := history.Trend(looks, grades), make([]*history.Point, len(months))
	for i, at := range months {
		for n := range trend {
			if !trend[n].Taken.After(at) {
				list[i] = &trend[n]
			}
		}
	}
	return list
}

// stateOf says how a municipality stands to what was summed up. Where less than
// half of it could be measured, no sum says that it is met.
func stateOf(s score.Summary) State {
	failed := 0
	for _, n := range s.Fail {
		failed += n
	}
	switch {
	case failed > 0:
		return NotMet
	case s.Grade != "":
		return Met
	case s.Inconclusive > 0:
		return NotMeasured
	}
	return NotApplicable
}
