package chronicle

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"campanile/report/history"
	"campanile/rules"
)

// A packed trend is the points of a body at which a number moved, and its changes that
// count, as little numbers one after the other. A page of a nation reads thousands.

// counted are the severities that a point counts, in their order in a packed trend.
var counted = [...]rules.Severity{rules.Critical, rules.High, rules.Medium, rules.Low}

// packed packs what sums over a territory are made of.
func packed(points []history.Point, changes []history.Change) []byte {
	points = slices.CompactFunc(slices.Clone(points), sameNumbers)
	changes = slices.DeleteFunc(slices.Clone(changes), func(c history.Change) bool { return !counts(c) })
	out := binary.AppendUvarint(nil, uint64(len(points)))
	var last int64
	for _, p := range points {
		out = binary.AppendVarint(out, p.Taken.Unix()-last)
		last = p.Taken.Unix()
		out = binary.AppendUvarint(out, uint64(len(p.Grade)))
		out = append(out, p.Grade...)
		for _, severity := range counted {
			out = binary.AppendUvarint(out, uint64(p.Fail[severity]))
		}
		out = binary.AppendUvarint(out, uint64(p.Unseen))
	}
	out = binary.AppendUvarint(out, uint64(len(changes)))
	last = 0
	for _, c := range changes {
		out = binary.AppendVarint(out, c.Confirmed.Unix()-last)
		last = c.Confirmed.Unix()
		out = binary.AppendUvarint(out, uint64(slices.Index(history.Kinds, c.Kind)))
	}
	return out
}

func sameNumbers(a, b history.Point) bool {
	same := a.Grade == b.Grade && a.Unseen == b.Unseen
	for _, severity := range counted {
		same = same && a.Fail[severity] == b.Fail[severity]
	}
	return same
}

// counts reports whether a change is one of what counts in a grade, as in the sums of
// report/history.
func counts(c history.Change) bool {
	return slices.ContainsFunc([]rules.Severity{c.From, c.To}, func(s rules.Severity) bool { return s != "" && s != rules.Info })
}

// trend is a packed trend, unpacked. It is used again for body after body.
type trend struct {
	points []spot
	moves  []move
}

// spot is a point at which a number moved; its grade is a place in grades.
type spot struct {
	taken  int64
	grade  int
	fail   [len(counted)]int
	unseen int
}

// move is a change that counts; its kind is a place in history.Kinds.
type move struct {
	confirmed int64
	kind      int
}

// grades are those that trends have had so far: a few letters.
type grades []string

func (g *grades) place(grade []byte) int {
	for i, known := range *g {
		if known == string(grade) {
			return i
		}
	}
	*g = append(*g, string(grade))
	return len(*g) - 1
}

var errTrend = errors.New("a trend is cut off")

// unpack is the inverse of packed.
func (t *trend) unpack(b []byte, g *grades) error {
	r := numbers{rest: b}
	t.points, t.moves = t.points[:0], t.moves[:0]
	var at int64
	for range r.length() {
		var p spot
		at += r.signed()
		p.taken = at
		p.grade = g.place(r.text())
		for i := range p.fail {
			p.fail[i] = r.number()
		}
		p.unseen = r.number()
		t.points = append(t.points, p)
	}
	at = 0
	for range r.length() {
		at += r.signed()
		t.moves = append(t.moves, move{at, min(r.number(), len(history.Kinds)-1)})
	}
	if r.cut {
		return errTrend
	}
	return nil
}

// numbers reads a packed trend. After its end everything is 0 and cut is set.
type numbers struct {
	rest []byte
	cut  bool
}

func (r *numbers) number() int {
	v, n := binary.Uvarint(r.rest)
	return int(r.take(v, n))
}

func (r *numbers) signed() int64 {
	v, n := binary.Varint(r.rest)
	r.take(0, n)
	return v
}

func (r *numbers) take(v uint64, n int) uint64 {
	if n <= 0 {
		r.rest, r.cut = nil, true
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// length is a number of things of which each takes at least one byte.
func (r *numbers) length() int {
	n := r.number()
	if n < 0 || n > len(r.rest) {
		r.rest, r.cut = nil, true
		return 0
	}
	return n
}

func (r *numbers) text() []byte {
	n := r.length()
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

// summing adds trends up at some times, as history.Territory adds up towns.
type summing struct {
	times  []int64
	sums   []sum
	grades grades
	trend  trend
}

// sum is a history.Sum as it is counted.
type sum struct {
	towns, joined, unseen int
	grades                []int // by place
	fail                  [len(counted)]int
	moves                 [16]int // by kind
}

func summingAt(times []time.Time) *summing {
	s := &summing{times: make([]int64, len(times)), sums: make([]sum, len(times))}
	for i, at := range times {
		s.times[i] = at.Unix()
	}
	return s
}

// add counts one body, of which trend is unpacked.
func (s *summing) add() {
	next, moved, had := 0, 0, false
	for i, at := range s.times {
		to := &s.sums[i]
		for next < len(s.trend.points) && s.trend.points[next].taken <= at {
			next++
		}
		for ; moved < len(s.trend.moves) && s.trend.moves[moved].confirmed <= at; moved++ {
			if i > 0 {
				to.moves[s.trend.moves[moved].kind]++
			}
		}
		if next == 0 {
			continue
		}
		to.count(s.trend.points[next-1])
		if !had && i > 0 {
			to.joined++
		}
		had = true
	}
}

func (s *sum) count(p spot) {
	s.towns++
	s.unseen += p.unseen
	for len(s.grades) <= p.grade {
		s.grades = append(s.grades, 0)
	}
	s.grades[p.grade]++
	for i, n := range p.fail {
		s.fail[i] += n
	}
}

// list gives the sums in the words of report/history.
func (s *summing) list() []history.Sum {
	list := make([]history.Sum, len(s.sums))
	for i, of := range s.sums {
		to := history.Sum{
			At: time.Unix(s.times[i], 0).UTC(), Towns: of.towns, Joined: of.joined, Unseen: of.unseen,
			Grades: map[string]int{}, Fail: map[rules.Severity]int{}, Moves: map[history.Kind]int{},
		}
		for place, n := range of.grades {
			if n > 0 {
				to.Grades[s.grades[place]] = n
			}
		}
		for place, n := range of.fail {
			if of.towns > 0 {
				to.Fail[counted[place]] = n
			}
		}
		for kind, n := range of.moves {
			if n > 0 {
				to.Moves[history.Kinds[kind]] = n
			}
		}
		list[i] = to
	}
	return list
}
