package store

import (
	"cmp"
	"slices"
	"time"

	"campanile/collectors/network"
)

// How long those who went silent count still, and how long the next in line is
// waited for.
const (
	stayLife = 30 * time.Second       // a worker that was silent for that long has died
	courtesy = 500 * time.Millisecond // for which a free place is kept for whoever came first
	mostSpan = time.Minute            // of a pace; nobody is let in more than two spans ahead
)

// door is what all workers know of a destination together: who is there, who
// waits, and what began there. Times are milliseconds of the database's clock,
// the only one that all of them share.
type door struct {
	Starts []stay `json:"starts,omitempty"` // until when each of them happens at the latest
	Inside []stay `json:"inside,omitempty"` // until when each counts
	Line   []stay `json:"line,omitempty"`   // the first come stands first
	Freed  int64  `json:"freed,omitempty"`  // when a place last came free

	life time.Duration // of a place, and of a place in the line, unless renewed
}

// stay is one visit, and a time.
type stay struct {
	ID    string `json:"id,omitempty"`
	Until int64  `json:"until"`
	More  int    `json:"more,omitempty"` // that count with this one
}

// wish is what a visitor asks for. Slack is the time by which the visit may begin
// later than it was told to, since the answer of a database takes its time. The
// pace holds for whatever begins within it.
type wish struct {
	id    string
	pace  network.Pace
	slack int64
}

// reply is what the door says.
type reply struct {
	in    bool
	start int64 // in: when the visit may begin
	after int64 // not in: the time before which it is not worth asking again, if that is known
	rank  int   // not in: how many are before
}

// ask lets a visitor in or puts it in the line; changed says that this has to be
// written. Who is in and asks again gets another start.
func (d *door) ask(w wish, now int64) (r reply, changed bool) {
	d.prune(w.pace.Span, now)
	d.Starts = without(d.Starts, w.id)
	start := d.next(w, now)
	if !has(d.Inside, w.id) {
		after := max(start-2*w.pace.Span.Milliseconds()-now, 0)
		admitted, rank, changed := d.admit(w, now, after == 0)
		if !admitted {
			return reply{rank: rank, after: after}, changed
		}
	}
	if w.pace.Starts > 0 {
		d.begin(w, start+w.slack)
	}
	return reply{in: true, start: start}, true
}

// next is the earliest time at which another visit may begin: all but Starts-1 of
// those that are known have begun a span before, at the latest. So of any Starts+1
// the one that asked last comes a span after one of the others.
func (d *door) next(w wish, now int64) int64 {
	if w.pace.Starts <= 0 {
		return now
	}
	slices.SortFunc(d.Starts, sooner)
	count := 0
	for _, s := range slices.Backward(d.Starts) {
		if count += 1 + s.More; count >= w.pace.Starts {
			return max(now, s.Until+w.pace.Span.Milliseconds())
		}
	}
	return now
}

func sooner(a, b stay) int { return cmp.Compare(a.Until, b.Until) }

// mostStarts bounds what is written of a destination whose pace is a large one, as
// in the lab. Ordinary ones are below.
const mostStarts = 100

// begin notes a start. Where there are very many they are counted together, a bit
// later than they are, and none of them is given back.
func (d *door) begin(w wish, until int64) {
	if w.pace.Starts <= mostStarts {
		d.Starts = append(d.Starts, stay{ID: w.id, Until: until})
		return
	}
	step := max(w.pace.Span.Milliseconds()/mostStarts, 1)
	until = (until + step - 1) / step * step
	i := slices.IndexFunc(d.Starts, func(s stay) bool { return s.ID == "" && s.Until == until })
	if i < 0 {
		d.Starts = append(d.Starts, stay{Until: until})
		return
	}
	d.Starts[i].More++
}

// admit gives a visitor one of the places. A place that came free belongs to the
// first in line, but not for long: who does not come for it has died, or given up.
func (d *door) admit(w wish, now int64, soon bool) (admitted bool, rank int, changed bool) {
	if w.pace.AtOnce <= 0 {
		return soon, 0, false
	}
	rank = d.rank(w.id)
	free := w.pace.AtOnce - len(d.Inside)
	if free > 0 && rank >= free && now-d.Freed >= courtesy.Milliseconds() {
		d.Line, d.Freed, rank, changed = d.Line[free:], now, rank-free, true
	}
	if soon && rank < free {
		d.Line = without(d.Line, w.id)
		d.Inside = append(d.Inside, stay{ID: w.id, Until: now + d.life.Milliseconds()})
		return true, 0, true
	}
	until := now + d.life.Milliseconds()
	switch {
	case rank == len(d.Line):
		d.Line, changed = append(d.Line, stay{ID: w.id, Until: until}), true
	case d.Line[rank].Until-now < d.life.Milliseconds()/2:
		d.Line[rank].Until, changed = until, true
	}
	return false, rank, changed
}

// rank is how many stand before a visitor.
func (d *door) rank(id string) int {
	if i := slices.IndexFunc(d.Line, func(s stay) bool { return s.ID == id }); i >= 0 {
		return i
	}
	return len(d.Line)
}

// leave gives back a place, or the place in the line. A start that was not used
// does not count.
func (d *door) leave(id string, unused bool, now int64) (changed bool) {
	if has(d.Inside, id) {
		d.Inside, d.Freed, changed = without(d.Inside, id), now, true
	}
	if has(d.Line, id) {
		d.Line, changed = without(d.Line, id), true
	}
	if unused && has(d.Starts, id) {
		d.Starts, changed = without(d.Starts, id), true
	}
	return changed
}

// renew lets a visitor stay. Who was given up, because nothing was heard of it for
// long, is counted again.
func (d *door) renew(id string, now int64) {
	d.Inside = append(without(d.Inside, id), stay{ID: id, Until: now + d.life.Milliseconds()})
}

// prune forgets what no longer counts. Where the clock went back, nothing lies
// further ahead than it could.
func (d *door) prune(span time.Duration, now int64) {
	past := func(s stay) bool { return s.Until+span.Milliseconds() <= now }
	d.Starts = slices.DeleteFunc(d.Starts, past)
	for _, s := range d.Inside {
		if s.Until <= now {
			d.Freed = max(d.Freed, s.Until)
		}
	}
	over := func(s stay) bool { return s.Until <= now }
	d.Inside, d.Line = slices.DeleteFunc(d.Inside, over), slices.DeleteFunc(d.Line, over)
	d.Freed = min(d.Freed, now)
	bound(d.Starts, now+2*mostSpan.Milliseconds()+mostSlack.Milliseconds())
	bound(d.Inside, now+d.life.Milliseconds())
	bound(d.Line, now+d.life.Milliseconds())
}

func bound(list []stay, latest int64) {
	for i := range list {
		list[i].Until = min(list[i].Until, latest)
	}
}

func has(list []stay, id string) bool {
	return slices.ContainsFunc(list, func(s stay) bool { return s.ID == id })
}

func without(list []stay, id string) []stay {
	return slices.DeleteFunc(list, func(s stay) bool { return s.ID == id })
}
