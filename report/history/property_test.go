package history_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/report/history"
)

// sequences calls a function with every row of signs of a length.
func sequences(signs string, length int, use func(row string)) {
	if length == 0 {
		use("")
		return
	}
	sequences(signs, length-1, func(row string) {
		for _, sign := range signs {
			use(row + string(sign))
		}
	})
}

// TestWhatCouldNotBeMeasuredMovesNothing holds every short history with timeouts in it
// against the same one in which nobody looked at those times.
func TestWhatCouldNotBeMeasuredMovesNothing(t *testing.T) {
	t.Parallel()
	sequences("pc?", 7, func(row string) {
		with := weekly(t, old, row)
		without := weekly(t, old, strings.ReplaceAll(row, "?", " "))
		if diff := cmp.Diff(history.Changes(without), history.Changes(with)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row, diff)
		}
		trend := map[time.Time]history.Point{}
		for _, p := range history.Trend(with, grades) {
			trend[p.Taken] = p
		}
		for _, want := range history.Trend(without, grades) {
			if diff := cmp.Diff(want, trend[want.Taken], cmpopts.IgnoreFields(history.Point{}, "Unseen")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row, diff)
			}
		}
	})
}

// TestNoChangeRestsOnOneLook goes through every short history: the looks between the
// first that saw a change and the one that confirmed it are two at least, and all that
// could measure say the same.
func TestNoChangeRestsOnOneLook(t *testing.T) {
	t.Parallel()
	seen := 0
	sequences("pc?", 8, func(row string) {
		for _, c := range history.Changes(weekly(t, old, row)) {
			seen++
			looks := strings.ReplaceAll(row[weekOf(c.Since):weekOf(c.Confirmed)+1], "?", "")
			want := "p"
			if c.To != "" {
				want = "c"
			}
			if len(looks) < 2 || strings.Trim(looks, want) != "" {
				t.Errorf("%s: %s from %q", row, c.Kind, looks)
			}
		}
	})
	if seen == 0 {
		t.Error("no change was ever told")
	}
}

func weekOf(at time.Time) int { return int(at.Sub(start) / (7 * 24 * time.Hour)) }

// TestTheRulesAloneNeverMoveATown judges steady evidence with two editions that
// disagree, wherever the change falls, and however much was judged with both.
func TestTheRulesAloneNeverMoveATown(t *testing.T) {
	t.Parallel()
	const weeks = 8
	for last := range weeks {
		for first := range weeks {
			before := strings.Repeat("p", last+1)
			after := strings.Repeat(" ", first) + strings.Repeat("c", weeks-first)
			looks := append(weekly(t, old, before), weekly(t, fresh, after)...)
			for _, c := range history.Changes(looks) {
				if c.Kind.OfTown() {
					t.Errorf("old rules until %d, new from %d: %s", last, first, told([]history.Change{c}))
				}
			}
			to := []history.Recipient{{ID: group, All: true, Topics: []history.Topic{history.Critical, history.Fixed}}}
			if got := history.Alerts(run, []history.News{newsOf("Borgo", looks, 0)}, to, nil); len(got) > 0 {
				t.Errorf("old rules until %d, new from %d: %v", last, first, short(got))
			}
		}
	}
}
