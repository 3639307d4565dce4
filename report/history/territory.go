package history

import (
	"slices"
	"time"

	"campanile/rules"
)

// Town is the history of one municipality, for that of a territory.
type Town struct {
	ID      string
	Points  []Point  // of Trend
	Changes []Change // of Changes
}

// Sum is how a territory stood on one day.
type Sum struct {
	At     time.Time
	Towns  int            // with a look by then; nothing else here counts the others
	Joined int            // of these, how many had none before: they add to the counts and changed nothing
	Grades map[string]int // towns by grade; "" counts those of which too little could be measured
	Fail   map[rules.Severity]int
	Unseen int
	// Moves counts what was confirmed since the time before, by kind; the first
	// time has none, and findings that never count in a grade are left out.
	Moves map[Kind]int
}

// Territory sums towns up at each of some times, oldest first. A town counts as its
// newest look by then found it.
func Territory(towns []Town, times []time.Time) []Sum {
	sums := make([]Sum, len(times))
	for i, at := range times {
		sum := Sum{At: at, Grades: map[string]int{}, Fail: map[rules.Severity]int{}, Moves: map[Kind]int{}}
		for _, town := range towns {
			sum.add(town)
			if i > 0 {
				sum.move(town, times[i-1])
			}
		}
		sums[i] = sum
	}
	return sums
}

// add counts a town as it stands.
func (s *Sum) add(town Town) {
	p, ok := latest(town.Points, s.At)
	if !ok {
		return
	}
	s.Towns++
	s.Grades[p.Grade]++
	s.Unseen += p.Unseen
	for severity, n := range p.Fail {
		s.Fail[severity] += n
	}
}

// move counts what a town did since the time before.
func (s *Sum) move(town Town, before time.Time) {
	_, ok := latest(town.Points, s.At)
	if _, had := latest(town.Points, before); ok && !had {
		s.Joined++
	}
	for _, c := range Between(town.Changes, before, s.At) {
		if gravity(c) > levelOf(rules.Info) {
			s.Moves[c.Kind]++
		}
	}
}

// latest gives the last point by a time.
func latest(points []Point, at time.Time) (Point, bool) {
	for _, p := range slices.Backward(points) {
		if !p.Taken.After(at) {
			return p, true
		}
	}
	return Point{}, false
}

// Compared is a municipality at two times.
type Compared struct {
	ID            string
	Before, After Point // the zero Point where it had no look by then
	Moved         []Change
	// Rejudged are the changes of the rules, and those that cannot be told from them:
	// they say nothing of what the town did.
	Rejudged []Change
}

// Compare lays the towns of a territory at two times side by side, with what was
// confirmed between them. The order is that of the towns.
func Compare(towns []Town, before, after time.Time) []Compared {
	list := make([]Compared, len(towns))
	for i, town := range towns {
		c := Compared{ID: town.ID}
		c.Before, _ = latest(town.Points, before)
		c.After, _ = latest(town.Points, after)
		for _, change := range Between(town.Changes, before, after) {
			if change.Kind.OfTown() {
				c.Moved = append(c.Moved, change)
			} else {
				c.Rejudged = append(c.Rejudged, change)
			}
		}
		list[i] = c
	}
	return list
}
