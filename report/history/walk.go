package history

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// walker goes through the rounds of a municipality, oldest first, with one standing
// for each point.
type walker struct {
	rounds   []round
	eras     []era
	points   []point
	standing map[point]*standing
	changes  []Change
	expiries []Expiry
}

// era is the rounds in which one edition of the rules counts. An era begins with the
// newest look that was judged with the edition before, too: on its evidence, and on no
// other, the two can be told apart. Rounds before stay as they were told.
type era struct {
	edition Edition
	first   int  // the round in which it begins
	shared  bool // that round was judged with the edition before, too
}

// watcher looks on after each round, and once more where the rules changed in it.
type watcher func(w *walker, at time.Time, edition Edition)

// walk goes through all looks; watch may be nil.
func walk(looks []Look, watch watcher) *walker {
	w := &walker{rounds: roundsOf(looks), standing: map[point]*standing{}}
	w.eras = erasOf(w.rounds, editionsOf(looks))
	w.name(looks)
	for n, e := range w.eras {
		first, last := e.first, len(w.rounds)-1
		if n > 0 {
			w.turn(w.eras[n-1].edition, e)
			if e.shared {
				watch.call(w, first, e.edition)
				first++
			}
		}
		if n+1 < len(w.eras) {
			if last = w.eras[n+1].first; !w.eras[n+1].shared {
				last--
			}
		}
		for i := first; i <= last; i++ {
			w.step(i, e.edition)
			watch.call(w, i, e.edition)
		}
	}
	sorted(w.changes)
	return w
}

// name lists the points that any look names, in the order of their keys.
func (w *walker) name(looks []Look) {
	for _, l := range looks {
		for _, v := range l.Verdicts {
			at := pointOf(v)
			if w.standing[at] == nil {
				w.standing[at] = &standing{family: v.Family, depth: l.depth()}
			}
			w.standing[at].depth = max(w.standing[at].depth, l.depth())
		}
	}
	w.points = slices.SortedFunc(maps.Keys(w.standing), func(a, b point) int {
		return cmp.Or(strings.Compare(a.rule, b.rule), strings.Compare(a.subject, b.subject))
	})
}

// step brings one round to every point.
func (w *walker) step(i int, edition Edition) {
	r := w.rounds[i]
	for _, at := range w.points {
		s := w.standing[at]
		list := r.read(at, edition, s.depth)
		s.seen = len(list) > 0 && !list[0].mixed
		s.listed = s.listed || r.names(at)
		for _, one := range list {
			if c, ok := s.take(one); ok {
				w.changes = append(w.changes, c.of(at))
			}
		}
		if e, ok := s.expiry(at); ok {
			w.expiries = append(w.expiries, e)
		}
	}
}

// turn goes over from one edition of the rules to the next.
func (w *walker) turn(from Edition, to era) {
	for _, at := range w.points {
		told := w.guess
		if to.shared {
			told = w.compare
		}
		if c, ok := told(w.standing[at], at, from, to); ok {
			c.Judged = to.edition.Since
			w.changes = append(w.changes, c.of(at))
		}
	}
}

// compare finds the newest evidence on which both editions have a verdict on a
// point. Where they say the same, the rules did not touch it. Where there is none, what
// comes next cannot be told apart.
func (w *walker) compare(s *standing, at point, from Edition, to era) (Change, bool) {
	for _, r := range slices.Backward(w.rounds[:to.first+1]) {
		for _, pair := range slices.Backward(r.pairs(from, to.edition)) {
			before, ok := pair[0].judged(at, pair[1])
			now, okNow := pair[1].judged(at, pair[0])
			switch {
			case !ok || !okNow:
			case !s.known:
				s.level = before.level
				return s.rejudge(now)
			case s.level != before.level && before.level != now.level:
				s.doubt, s.readings = Untold, nil // the town was moving just then
				return Change{}, false
			case before.level == now.level:
				return Change{}, false
			default:
				return s.rejudge(now)
			}
		}
	}
	return w.guess(s, at, from, to)
}

// guess is for editions that no evidence was judged with both of. A point of a rule
// that there is no longer ends; of any other it cannot be told what moves it next.
func (w *walker) guess(s *standing, at point, _ Edition, to era) (Change, bool) {
	if !s.known {
		return Change{}, false
	}
	s.doubt, s.readings = Untold, nil
	var first *page
	for _, r := range w.rounds[to.first:] {
		for _, p := range r.pages {
			if p.Rules.Digest != to.edition.Digest || !p.families[s.family] {
				continue
			}
			if _, judged := p.of[at.rule]; judged {
				return Change{}, false
			}
			first = cmp.Or(first, p)
		}
	}
	if first == nil {
		return Change{}, false
	}
	return s.rejudge(reading{taken: first.Taken})
}

// judged is what a look tells of a point when two editions are compared on its
// evidence: a rule that only the other has finds nothing here.
func (p *page) judged(at point, other *page) (reading, bool) {
	_, here := p.of[at.rule]
	_, there := other.of[at.rule]
	if !here && there {
		return reading{taken: p.Taken}, true
	}
	return p.read(at, p.depth()) // both went equally far
}

// rejudge sets a point to what the rules of now say of the same evidence.
func (s *standing) rejudge(r reading) (Change, bool) {
	c := Change{Kind: RulesChanged, From: s.level.severity(), To: r.level.severity(), Outcome: r.outcome, Since: r.taken, Confirmed: r.taken}
	moved := s.level != r.level
	s.known, s.level, s.outcome, s.was, s.readings, s.doubt = true, r.level, r.outcome, r.level > 0, []reading{r}, ""
	if r.asleep {
		s.readings, s.doubt = nil, RulesChanged
	}
	return c, moved
}

// names reports whether a look of the round lists a point, measured or not.
func (r round) names(at point) bool {
	return slices.ContainsFunc(r.pages, func(p *page) bool {
		_, ok := p.points[at]
		return ok
	})
}

// call lets a watcher look on, if there is one.
func (f watcher) call(w *walker, i int, edition Edition) {
	if at, ok := w.rounds[i].at(edition); ok && f != nil {
		f(w, at, edition)
	}
}
