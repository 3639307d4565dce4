package chronicle_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report/history"
)

// valley records a year of several towns that go this way and that.
func valley(t *testing.T, c *chronicle.Chronicle, towns int) []int64 {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var bodies []int64
	for i := range towns {
		name := fmt.Sprint("paese", i)
		body := town(t, c, name)
		bodies = append(bodies, body)
		var list []*evidence.Bundle
		state := good
		for n := range 10 {
			if r.IntN(3) == 0 {
				state = []evidence.State{bad, good, mute}[r.IntN(3)]
			}
			b := look(t, name, week(3*n+i), state)
			if n < i { // a town that is only looked at from some month on
				continue
			}
			if r.IntN(2) == 0 {
				b.Target.Mailboxes = nil
			}
			list = append(list, b)
		}
		if err := c.RecordAll(t.Context(), body, list); err != nil {
			t.Fatal(err)
		}
	}
	return bodies
}

// towns reads the towns of a valley in full, as report/history wants them.
func towns(t *testing.T, c *chronicle.Chronicle, bodies []int64) []history.Town {
	t.Helper()
	var list []history.Town
	for _, body := range bodies {
		h := got(c.History(t.Context(), body))(t)
		list = append(list, history.Town{ID: strconv.FormatInt(body, 10), Points: h.Points, Changes: h.Changes})
	}
	return list
}

// The sums by month are those that report/history makes of the whole histories.
func TestSumsAreThoseOfTheHistories(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		bodies := valley(t, c, 6)
		for name, some := range map[string][]int64{"all": bodies, "two": bodies[2:4], "last": bodies[5:]} {
			f := store.Filter{}
			if name != "all" {
				f.Bodies = some
			}
			o := got(c.Overview(t.Context(), f))(t)
			var times []time.Time
			for _, s := range o.Sums {
				times = append(times, s.At)
			}
			if len(times) < 5 || !times[len(times)-1].Equal(now()) || !slices.IsSortedFunc(times, time.Time.Compare) {
				t.Fatalf("%s: times %v", name, times)
			}
			all := towns(t, c, some)
			if diff := cmp.Diff(history.Territory(all, times), o.Sums); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			before := history.Territory(all, []time.Time{time.Date(times[0].Year(), times[0].Month(), 1, 0, 0, -1, 0, time.UTC)})
			if before[0].Towns != 0 {
				t.Errorf("%s: a month with a look is left out: %+v", name, before[0])
			}
			var newest []history.Change
			for _, town := range all {
				newest = append(newest, town.Changes...)
			}
			if name == "all" && len(newest) < 3 || len(o.Changed) != min(20, len(newest)) {
				t.Errorf("%s: %d of %d changes", name, len(o.Changed), len(newest))
			}
			for i := 1; i < len(o.Changed); i++ {
				if o.Changed[i].Confirmed.After(o.Changed[i-1].Confirmed) {
					t.Errorf("%s: the newest change is not first: %+v", name, o.Changed)
				}
			}
		}
	})
}

// A comparison is that of report/history, by page and in an order.
func TestComparisonIsThatOfTheHistories(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		bodies := valley(t, c, 6)
		before, after := week(12), week(25)
		all := towns(t, c, bodies)
		sums, want := history.Territory(all, []time.Time{before, after}), history.Compare(all, before, after)
		is := got(c.Compare(t.Context(), store.Filter{}, before, after, store.Page{}))(t)
		if diff := cmp.Diff(sums, []history.Sum{is.Before, is.After}); diff != "" {
			t.Errorf("sums (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, is.Towns); diff != "" || is.Total != len(bodies) {
			t.Errorf("%d towns (-want +got):\n%s", is.Total, diff)
		}
		if name := is.Names[want[3].ID].Name; name != "Comune di paese3" {
			t.Errorf("its name is %q", name)
		}
		moves := 0
		for kind, n := range is.Moves {
			if moves += n; !kind.OfTown() {
				t.Errorf("%s is no move of a town", kind)
			}
		}
		if moves == 0 || len(is.Rejudged) > 0 {
			t.Errorf("moves %v, rejudged %v", is.Moves, is.Rejudged)
		}
		page := got(c.Compare(t.Context(), store.Filter{}, before, after, store.Page{Offset: 2, Limit: 2}))(t)
		if diff := cmp.Diff(want[2:4], page.Towns); diff != "" || page.Total != len(bodies) || len(page.Names) != 2 {
			t.Errorf("the second page (-want +got):\n%s", diff)
		}
		moved := got(c.Compare(t.Context(), store.Filter{}, before, after, store.Page{Order: chronicle.ByMoves, Limit: 4}))(t)
		for i := range moved.Towns[1:] {
			if len(moved.Towns[i+1].Moved) > len(moved.Towns[i].Moved) {
				t.Errorf("who moved most is not first: %+v", moved.Towns)
			}
		}
		if len(moved.Towns[0].Moved) == 0 || len(moved.Towns) != 4 {
			t.Errorf("nobody moved: %+v", moved.Towns)
		}
	})
}

// A merged town is in no sum any more, a town of another province in none of this.
func TestSumsFollowTheFilter(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		bodies := valley(t, c, 3)
		if err := c.Store.Merge(t.Context(), bodies[0], bodies[1]); err != nil {
			t.Fatal(err)
		}
		for name, w := range map[string]struct {
			of store.Filter
			n  int
		}{"all": {store.Filter{}, 2}, "province": {store.Filter{Province: "P6"}, 2}, "elsewhere": {store.Filter{Province: "XX"}, 0}, "one": {store.Filter{Bodies: bodies[2:]}, 1}, "nobody": {store.Filter{Bodies: []int64{}}, 0}} {
			o := got(c.Overview(t.Context(), w.of))(t)
			if n := len(o.Sums); o.Scanned != w.n || n > 0 != (w.n > 0) || n > 0 && o.Sums[n-1].Towns != w.n {
				t.Errorf("%s: %d scanned, sums %+v", name, o.Scanned, o.Sums)
			}
			if is := got(c.Compare(t.Context(), w.of, week(1), week(20), store.Page{}))(t); is.Total != w.n || len(is.Towns) != w.n {
				t.Errorf("%s: compared %d", name, is.Total)
			}
		}
	})
}
