package chronicle

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"campanile/cmd/internal/store"
	"campanile/report/history"
)

// Overview is the first page of a territory.
type Overview struct {
	store.Overview
	Sums    []history.Sum // by month, oldest first, at most 24; the last one is that of now
	Failing []store.RuleCount
	Changed []Moved // the newest confirmed changes of the towns themselves that count in a grade, newest first, at most 20
	Pending int     // towns of which a change awaits its second look
}

// Moved is a change and the body that it happened to.
type Moved struct {
	Body int64
	Name string
	history.Change
}

// How far an overview looks back.
const (
	mostMonths = 24
	mostMoved  = 20
)

// Overview sums up the bodies that a filter lets through.
func (c *Chronicle) Overview(ctx context.Context, f store.Filter) (Overview, error) {
	var o Overview
	var err error
	if o.Overview, err = c.Store.Overview(ctx, f); err != nil {
		return o, err
	}
	if o.Failing, err = c.Store.Failing(ctx, f); err != nil {
		return o, err
	}
	if o.Pending, err = c.Store.Waiting(ctx, f); err != nil {
		return o, err
	}
	s, newest := summingAt(months(c.Now(), o.Newest)), newest{}
	err = c.Store.Trends(ctx, f, func(body int64, packed []byte) error {
		if err := s.trend.unpack(packed, &s.grades); err != nil {
			return fmt.Errorf("body %d: %w", body, err)
		}
		s.add()
		newest.add(body, s.trend.moves)
		return nil
	})
	if err != nil {
		return o, err
	}
	o.Sums = sinceFirst(s.list())
	o.Changed, err = c.changed(ctx, newest)
	return o, err
}

// months are the last seconds of months, up to a time.
func months(now, newest time.Time) []time.Time {
	last := now.UTC()
	if newest.After(last) {
		last = newest.UTC()
	}
	times := make([]time.Time, mostMonths)
	for i := range times {
		times[i] = time.Date(last.Year(), last.Month()+time.Month(i-mostMonths+2), 1, 0, 0, -1, 0, time.UTC)
	}
	times[mostMonths-1] = last.Truncate(time.Second)
	return times
}

// sinceFirst leaves out what is before the first look. Nothing is said of what moved
// before the first of the times.
func sinceFirst(sums []history.Sum) []history.Sum {
	first := slices.IndexFunc(sums, func(s history.Sum) bool { return s.Towns > 0 })
	if first < 0 {
		return nil
	}
	sums = sums[first:]
	sums[0].Joined, sums[0].Moves = 0, map[history.Kind]int{}
	return sums
}

// newest finds the bodies with the newest changes.
type newest []fresh

// fresh is when a body moved.
type fresh struct {
	body, confirmed int64
}

func (n *newest) add(body int64, moves []move) {
	for _, m := range slices.Backward(moves) {
		full := len(*n) >= mostMoved
		if full && m.confirmed <= (*n)[len(*n)-1].confirmed {
			return
		}
		if !history.Kinds[m.kind].OfTown() {
			continue
		}
		if full {
			*n = (*n)[:len(*n)-1]
		}
		at, _ := slices.BinarySearchFunc(*n, m.confirmed, func(f fresh, confirmed int64) int {
			if f.confirmed >= confirmed {
				return -1
			}
			return 1
		})
		*n = slices.Insert(*n, at, fresh{body, m.confirmed})
	}
}

// changed gives the newest changes, of the bodies that they are known to be at.
func (c *Chronicle) changed(ctx context.Context, of newest) ([]Moved, error) {
	if len(of) == 0 {
		return nil, nil
	}
	var bodies []int64
	for _, f := range of {
		bodies = append(bodies, f.body)
	}
	slices.Sort(bodies)
	bodies = slices.Compact(bodies)
	stories, err := c.Store.Stories(ctx, bodies, time.Unix(of[len(of)-1].confirmed, 0))
	if err != nil {
		return nil, err
	}
	names, err := c.Store.Stirred(ctx, store.Filter{Bodies: bodies})
	if err != nil {
		return nil, err
	}
	var list []Moved
	for _, b := range names {
		for _, change := range stories[b.ID].Changes {
			if change.Kind.OfTown() && counts(change) {
				list = append(list, Moved{b.ID, b.Name, change})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Moved) int {
		return cmp.Or(b.Confirmed.Compare(a.Confirmed), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Body, b.Body))
	})
	return list[:min(mostMoved, len(list))], nil
}

// Comparison is a territory at two times.
type Comparison struct {
	Before, After   history.Sum
	Towns           []history.Compared    // a page of them; the ID is the body's number as text
	Names           map[string]store.Town // of Towns, by ID, as they stand today
	Total           int                   // on all pages
	Moves, Rejudged map[history.Kind]int  // what was confirmed between and counts in a grade: of the towns, and of the rules
}

// ByMoves is an order for Compare alone: those first that moved most.
const ByMoves store.Order = "moves"

// Compare lays a territory at two times side by side.
func (c *Chronicle) Compare(ctx context.Context, f store.Filter, before, after time.Time, p store.Page) (Comparison, error) {
	s := summingAt([]time.Time{before, after})
	moved := map[int64]int{}
	err := c.Store.Trends(ctx, f, func(body int64, packed []byte) error {
		if err := s.trend.unpack(packed, &s.grades); err != nil {
			return fmt.Errorf("body %d: %w", body, err)
		}
		s.add()
		if n := s.moved(); n > 0 {
			moved[body] = n
		}
		return nil
	})
	if err != nil {
		return Comparison{}, err
	}
	sums := s.list()
	result := Comparison{Before: sums[0], After: sums[1], Names: map[string]store.Town{}, Moves: map[history.Kind]int{}, Rejudged: map[history.Kind]int{}}
	for kind, n := range result.After.Moves {
		if kind.OfTown() {
			result.Moves[kind] = n
		} else {
			result.Rejudged[kind] = n
		}
	}
	var towns []store.Town
	if p.Order == ByMoves {
		towns, result.Total, err = c.mostMoved(ctx, f, moved, p)
	} else {
		towns, result.Total, err = c.Store.Towns(ctx, f, time.Time{}, p)
	}
	if err != nil {
		return result, err
	}
	result.Towns, err = c.compared(ctx, towns, before, after)
	for _, town := range towns {
		result.Names[strconv.FormatInt(town.ID, 10)] = town
	}
	return result, err
}

// moved counts the moves of the unpacked trend between the first time and the last.
func (s *summing) moved() int {
	n := 0
	for _, m := range s.trend.moves {
		if m.confirmed > s.times[0] && m.confirmed <= s.times[len(s.times)-1] && history.Kinds[m.kind].OfTown() {
			n++
		}
	}
	return n
}

// mostMoved gives a page of the bodies in the order of how much moved, and those of
// equal movement by name.
func (c *Chronicle) mostMoved(ctx context.Context, f store.Filter, moved map[int64]int, p store.Page) ([]store.Town, int, error) {
	p.Order = store.ByName
	limit, offset := p.Limit, p.Offset
	p.Limit, p.Offset = 0, 0
	towns, total, err := c.Store.Towns(ctx, f, time.Time{}, p)
	slices.SortStableFunc(towns, func(a, b store.Town) int { return cmp.Compare(moved[b.ID], moved[a.ID]) })
	towns = towns[min(offset, len(towns)):]
	if limit > 0 {
		towns = towns[:min(limit, len(towns))]
	}
	return towns, total, err
}

// compared compares towns at two times.
func (c *Chronicle) compared(ctx context.Context, towns []store.Town, before, after time.Time) ([]history.Compared, error) {
	bodies := make([]int64, len(towns))
	for i, town := range towns {
		bodies[i] = town.ID
	}
	stories, err := c.Store.Stories(ctx, bodies, time.Time{})
	if err != nil {
		return nil, err
	}
	list := make([]history.Town, len(towns))
	for i, town := range towns {
		story := stories[town.ID]
		list[i] = history.Town{ID: strconv.FormatInt(town.ID, 10), Points: story.Points, Changes: story.Changes}
	}
	return history.Compare(list, before, after), nil
}
