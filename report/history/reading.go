package history

import (
	"time"

	"campanile/checks"
)

// reading is what one look tells of one point.
type reading struct {
	level   level
	outcome checks.Outcome // none where the subject is no longer among those judged
	clean   bool           // the rule passes on other subjects, and fails on none
	asleep  bool
	ends    string
	taken   time.Time
	mixed   bool // two looks of a round contradict each other
}

// page is a look, indexed.
type page struct {
	Look
	points   map[point]Verdict
	of       map[string]outcomes // by rule
	families map[string]bool
	left     map[string]bool
}

// outcomes are those of one rule in one look.
type outcomes struct{ passed, failed, open, asleep bool }

func paged(l Look) *page {
	p := &page{l, map[point]Verdict{}, map[string]outcomes{}, map[string]bool{}, map[string]bool{}}
	for _, v := range l.Verdicts {
		at := pointOf(v)
		if before, ok := p.points[at]; !ok || weight(v) > weight(before) {
			p.points[at] = v
		}
		o := p.of[v.Rule]
		o.passed = o.passed || v.Outcome == checks.Pass
		o.failed = o.failed || v.Outcome == checks.Fail
		o.open = o.open || v.Outcome == checks.Inconclusive
		o.asleep = o.asleep || v.Asleep
		p.of[v.Rule], p.families[v.Family] = o, true
	}
	for _, host := range l.Left {
		p.left[spelled(host)] = true
	}
	return p
}

// weight orders several verdicts on one point: one failure is enough to be there,
// the gravest counts, and one gap is enough not to know.
func weight(v Verdict) int {
	switch v.Outcome {
	case checks.Fail:
		return 10 + int(levelOf(v.Severity))
	case checks.Inconclusive:
		return 3
	case checks.Pass:
		return 2
	case checks.NotApplicable:
	}
	return 1
}

// read gives what a look tells of a point, and whether it tells anything. What
// could not be measured tells nothing. Depth is that of the farthest look that names
// the point.
func (p *page) read(at point, depth int) (reading, bool) {
	v, ok := p.points[at]
	switch {
	case !ok:
		return p.unlisted(at, depth)
	case v.Asleep:
		return reading{asleep: true, taken: p.Taken}, true
	case v.Outcome == checks.Inconclusive:
		return reading{}, false
	case v.Outcome == checks.Fail:
		return reading{level: levelOf(v.Severity), outcome: v.Outcome, ends: v.Ends, taken: p.Taken}, true
	}
	return reading{outcome: v.Outcome, taken: p.Taken}, true
}

// unlisted is what a look tells of a point that it does not list: that it is not
// there, if the rule was judged, nothing of it is open, the host was not left out, and
// the look went as far as those that saw it.
func (p *page) unlisted(at point, depth int) (reading, bool) {
	o, judged := p.of[at.rule]
	if !judged || o.open || o.asleep || p.left[at.subject] || p.depth() < depth {
		return reading{}, false
	}
	return reading{clean: o.passed && !o.failed, taken: p.Taken}, true
}
