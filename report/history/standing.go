package history

import (
	"slices"
	"time"

	"campanile/checks"
)

// remembered is how many readings of a point count when it is asked how steady it
// is: two months of weekly looks.
const remembered = 8

// confirming is how many readings must agree at least.
const confirming = 2

// standing is how a point stands, as far as two looks agree.
type standing struct {
	family   string
	depth    int  // of the farthest look that names it
	listed   bool // a look has named it, were it only as not measured
	known    bool
	level    level
	outcome  checks.Outcome
	was      bool // it was a defect once
	seen     bool // the newest round tells something of it
	readings []reading
	// doubt is the kind of the next change, where it is not to be told as one of
	// the town.
	doubt Kind
	told  map[string]bool // the days of expiry that were told
}

// take brings one reading, and gives the change that it makes certain.
func (s *standing) take(r reading) (Change, bool) {
	switch {
	case r.asleep:
		return s.sleep(r)
	case !s.known && r.mixed:
		return Change{}, false
	case !s.known:
		s.known, s.level, s.outcome, s.was, s.readings = true, r.level, r.outcome, r.level > 0, []reading{r}
		return Change{}, false
	}
	s.readings = append(s.readings, r)
	s.readings = s.readings[max(0, len(s.readings)-remembered):]
	if !r.mixed && r.level == s.level {
		s.doubt = "" // both editions say the same, or the duty began without a defect
	}
	return s.settle()
}

// settle moves the point where enough readings agree: up to the least of them if all
// are graver than before, down to the gravest if all are less grave.
func (s *standing) settle() (Change, bool) {
	last := s.tail()
	if last == nil {
		return Change{}, false
	}
	least, most := last[0].level, last[0].level
	for _, r := range last {
		least, most = min(least, r.level), max(most, r.level)
	}
	newest := last[len(last)-1]
	switch {
	case least > s.level:
		return s.move(least, newest)
	case most < s.level:
		return s.move(most, newest)
	}
	if alike(last) {
		s.outcome = newest.outcome
	}
	return Change{}, false
}

// tail gives the newest readings that are to agree; nil where there are not enough,
// or two looks of a round contradict each other among them.
func (s *standing) tail() []reading {
	n := max(confirming, s.turns())
	if len(s.readings) < n {
		return nil
	}
	last := s.readings[len(s.readings)-n:]
	if slices.ContainsFunc(last, func(r reading) bool { return r.mixed }) {
		return nil
	}
	return last
}

// turns counts how often the remembered readings went to and fro. Who has changed
// its mind often must say it more often.
func (s *standing) turns() int {
	n := 0
	for i := 1; i < len(s.readings); i++ {
		a, b := s.readings[i-1], s.readings[i]
		if a.mixed || b.mixed || (a.level > 0) != (b.level > 0) {
			n++
		}
	}
	return n
}

// unsteady reports whether a point moves to and fro.
func (s *standing) unsteady() bool { return s.turns() > confirming }

// alike reports whether readings have one outcome.
func alike(list []reading) bool {
	return !slices.ContainsFunc(list, func(r reading) bool { return r.outcome != list[0].outcome })
}

// move sets a point to a level, and tells it.
func (s *standing) move(to level, r reading) (Change, bool) {
	c := Change{Kind: s.kind(to, r), From: s.level.severity(), To: to.severity(), Outcome: r.outcome, Since: s.since(to), Confirmed: r.taken}
	s.was = s.was || to > 0
	s.level, s.outcome, s.doubt = to, r.outcome, ""
	return c, true
}

// kind names the move to a level.
func (s *standing) kind(to level, r reading) Kind {
	switch {
	case s.doubt != "":
		return s.doubt
	case s.level == 0 && s.was:
		return Returned
	case s.level == 0:
		return Appeared
	case to > s.level:
		return Worsened
	case to > 0:
		return Eased
	case r.outcome == "" && !r.clean:
		return Vanished
	}
	return Mended
}

// since gives the first of the newest readings that lie on the side of a level.
func (s *standing) since(to level) time.Time {
	at := s.readings[len(s.readings)-1].taken
	for _, r := range slices.Backward(s.readings) {
		if r.mixed || (r.level > s.level) != (to > s.level) || r.level == s.level {
			break
		}
		at = r.taken
	}
	return at
}

// sleep sets a point of which the rule is not in force. That a duty ends is certain
// by its date; that it begins is a change of the rules, whatever it finds.
func (s *standing) sleep(r reading) (Change, bool) {
	c := Change{Kind: RulesChanged, From: s.level.severity(), Outcome: checks.NotApplicable, Since: r.taken, Confirmed: r.taken}
	ended := s.known && s.level > 0
	s.known, s.level, s.outcome, s.readings, s.doubt = true, 0, checks.NotApplicable, nil, RulesChanged
	return c, ended
}

// pending gives the change that the newest reading tells and none confirms.
func (s *standing) pending() (Change, bool) {
	if !s.known || len(s.readings) == 0 || s.unsteady() {
		return Change{}, false
	}
	newest := s.readings[len(s.readings)-1]
	if newest.mixed || newest.level == s.level {
		return Change{}, false
	}
	return Change{
		Kind: s.kind(newest.level, newest), From: s.level.severity(), To: newest.level.severity(),
		Outcome: newest.outcome, Since: s.since(newest.level),
	}, true
}
