package guard

import (
	"context"
	"errors"
	"net/http/httptrace"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

const fifth = time.Second / 5

// The machine sleeps for a second while somebody waits: the one after that one
// waits its time all the same.
func TestATurnCountsFromWhenItIsTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var slept atomic.Int64
		g := guarded()
		g.now = func() time.Time { return time.Now().Add(time.Duration(slept.Load())) }
		address := netip.MustParseAddr("198.51.100.7")
		for i := range 3 {
			if i == 1 {
				time.AfterFunc(fifth/2, func() { slept.Store(int64(time.Second)) })
			}
			begun := time.Now()
			if err := g.turn(t.Context(), address, new(dial)); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begun); i == 2 && took < fifth {
				t.Errorf("the turn after the late one came %v after it, want %v", took, fifth)
			}
		}
	})
}

// Connections whose packets leave late, each in its own way, to a server that
// answers after 20 ms: no six of them are within a second. What is on time costs
// nothing, and what has no answer says nothing.
func TestPacketsThatLeaveLate(t *testing.T) {
	t.Parallel()
	const trip, count = 20 * time.Millisecond, 25
	for name, tt := range map[string]struct {
		late   map[int]time.Duration
		answer error
		took   time.Duration // until the last one left
	}{
		"none":                    {took: (count - 1) * fifth},
		"one-by-less-than-a-turn": {late: map[int]time.Duration{7: 150 * time.Millisecond}, took: (count-1)*fifth + 150*time.Millisecond},
		"refused":                 {late: map[int]time.Duration{7: 150 * time.Millisecond}, answer: syscall.ECONNREFUSED, took: (count-1)*fifth + 150*time.Millisecond},
		"one-by-more-than-a-turn": {late: map[int]time.Duration{7: 210 * time.Millisecond}},
		"one-by-more-than-two":    {late: map[int]time.Duration{7: 410 * time.Millisecond}},
		"one-by-more-than-three":  {late: map[int]time.Duration{7: 690 * time.Millisecond}},
		"many":                    {late: map[int]time.Duration{3: 90 * time.Millisecond, 4: 230 * time.Millisecond, 5: 20 * time.Millisecond, 11: 600 * time.Millisecond, 12: 390 * time.Millisecond}},
		"no-answer-says-nothing":  {late: map[int]time.Duration{7: 150 * time.Millisecond}, answer: os.ErrDeadlineExceeded, took: (count - 1) * fifth},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g, begun := guarded(), time.Now()
				var answers sync.WaitGroup
				left := make([]time.Time, count)
				for i := range count {
					ctx := g.Counting(t.Context())
					if err := g.Socket(ctx, "tcp", "198.51.100.7:443", nil); err != nil {
						t.Fatal(err)
					}
					// The turn of the next one does not wait for this one's answer.
					answers.Go(func() {
						time.Sleep(tt.late[i])
						left[i] = time.Now()
						time.Sleep(trip)
						httptrace.ContextClientTrace(ctx).ConnectDone("tcp", "198.51.100.7:443", tt.answer)
					})
				}
				answers.Wait()
				silent := errors.Is(tt.answer, os.ErrDeadlineExceeded)
				slices.SortFunc(left, time.Time.Compare)
				for i, at := range left[5:] {
					if got := at.Sub(left[i]); got < time.Second && !silent {
						t.Errorf("six within %v, from %v on", got, left[i].Sub(begun))
					}
				}
				if got := left[count-1].Sub(begun); tt.took != 0 && got != tt.took {
					t.Errorf("it took %v, want %v", got, tt.took)
				}
			})
		})
	}
}

// A template that only listens dials several times with one context.
func TestEachDialOfAContextHasATurnOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, begun := guarded(), time.Now()
		ctx := g.Counting(t.Context())
		done := httptrace.ContextClientTrace(ctx).ConnectDone
		for range 3 {
			if err := g.Socket(ctx, "tcp", "198.51.100.7:443", nil); err != nil {
				t.Fatal(err)
			}
			done("tcp", "198.51.100.7:443", nil)
			done("tcp", "198.51.100.7:80", context.Canceled) // it was refused a socket
		}
		if got := time.Since(begun); got != 2*fifth {
			t.Errorf("three dials took %v, want %v", got, 2*fifth)
		}
	})
}
