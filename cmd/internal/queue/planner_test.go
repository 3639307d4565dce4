package queue_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	real "campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/report/history"
)

var _ queue.Chronicle = (*real.Chronicle)(nil)

// chronicle knows the bodies of a store, and is told which of them await a second
// look.
type chronicle struct {
	store   *store.Store
	pending []int64
	err     error
}

func (c *chronicle) Bodies(ctx context.Context, f inventory.Filter) ([]store.Body, error) {
	bodies, err := c.store.Bodies(ctx, store.Filter{})
	if len(f.Provinces) > 0 {
		bodies = bodies[:1]
	}
	return bodies, err
}

func (c *chronicle) Pending(context.Context) ([]int64, error) { return c.pending, c.err }

// calendar is a planner whose clock is set by hand.
type calendar struct {
	*territory

	now  time.Time
	told *chronicle
	plan queue.Planner
}

func plan(t *testing.T, address string, n int, schedules ...string) *calendar {
	t.Helper()
	v := open(t, address, n)
	c := &calendar{territory: v, told: &chronicle{store: v.store}, now: monday}
	c.plan = queue.Planner{Queue: v.queue, Store: v.store, Chronicle: c.told, Zone: time.UTC, Now: func() time.Time { return c.now }}
	for _, text := range schedules {
		s, err := queue.ParseSchedule(text)
		if err != nil {
			t.Fatal(err)
		}
		c.plan.Schedules = append(c.plan.Schedules, s)
	}
	return c
}

// monday is a Monday at noon.
var monday = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// at sets the clock and takes a step.
func (c *calendar) at(when time.Duration) []int64 {
	c.Helper()
	c.now = monday.Add(when)
	began, err := c.plan.Step(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return began
}

// finish lets a worker do all that is in the queue.
func (c *calendar) finish() {
	c.Helper()
	if err := c.work(c.worker(c.look), func() bool { s := c.state(); return s.Waiting+s.Running+s.Retrying == 0 }); err != nil {
		c.Fatal(err)
	}
}

const day = 24 * time.Hour

func TestARunBeginsWhenItIsDue(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		c := plan(t, address, 3, "weekly on Monday at 22:00", "daily at 03:00 where provincia=TO")
		if began := c.at(0); len(began) != 0 {
			t.Errorf("a schedule that is new begins with what is past: %v", began)
		}
		if began := c.at(10*time.Hour - time.Second); len(began) != 0 {
			t.Errorf("before its time: %v", began)
		}
		began := c.at(10 * time.Hour)
		if len(began) != 1 || c.progress(began[0]).Waiting != 3 || c.state().Waiting != 3 {
			t.Fatalf("at its time: %v", began)
		}
		if again := c.at(10*time.Hour + time.Minute); len(again) != 0 {
			t.Errorf("it began again: %v", again)
		}
		if night := c.at(15 * time.Hour); len(night) != 1 || c.progress(night[0]).Waiting != 1 {
			t.Errorf("the one of the province: %v", night)
		}
		c.finish()
		c.at(16 * time.Hour)
		runs, err := c.store.Runs(t.Context(), 10)
		if err != nil || len(runs) != 2 {
			t.Fatal(runs, err)
		}
		for i, want := range []string{"daily at 03:00 where provincia=TO, due 2026-11-24 03:00", "weekly on Monday at 22:00, due 2026-11-23 22:00"} {
			if runs[i].Name != want || !runs[i].Ended.Equal(monday.Add(16*time.Hour)) {
				t.Errorf("%+v, want %s", runs[i], want)
			}
			if reason := queue.ReasonOf(runs[i].Name); reason.Schedule+", due "+reason.Due != want {
				t.Errorf("%+v", reason)
			}
		}
	})
}

func TestAfterWeeksWithoutAPlannerItIsOneRun(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		c := plan(t, address, 2, "daily at 03:00")
		c.at(0)
		began := c.at(40 * day)
		if len(began) != 1 {
			t.Fatalf("%v", began)
		}
		if next := c.at(41 * day); len(next) != 0 {
			t.Errorf("one began while the one before goes on: %v", next)
		}
		c.finish()
		if next := c.at(41*day + time.Hour); len(next) != 0 {
			t.Errorf("the step that ends one begins another: %v", next) // of the runs that were open at its begin
		}
		if next := c.at(41*day + 2*time.Hour); len(next) != 1 {
			t.Errorf("what was due meanwhile: %v", next)
		}
	})
}

func TestTwoPlannersBeginOneRun(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		c := plan(t, address, 5, "weekly on Monday at 22:00")
		c.at(0)
		c.now = monday.Add(day)
		var group errgroup.Group
		for range 6 {
			group.Go(func() error {
				_, err := c.plan.Step(t.Context())
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		runs, err := c.store.Runs(t.Context(), 10)
		if err != nil || len(runs) != 1 || c.state().Waiting != 5 {
			t.Errorf("%+v, %+v, %v", runs, c.state(), err)
		}
	})
}

func TestWhatFellOutOfTheQueueIsBroughtBack(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		c := plan(t, address, 3)
		run, err := c.store.Begin(t.Context(), "a run", monday, c.bodies) // and the one who began it died
		if err != nil {
			t.Fatal(err)
		}
		c.at(30 * time.Second)
		if got := c.state().Waiting; got != 0 {
			t.Errorf("%d jobs are there before whoever began the run could put them in", got)
		}
		c.at(2 * time.Minute)
		c.at(3 * time.Minute)
		if got := c.state().Waiting; got != 3 {
			t.Errorf("%d jobs", got)
		}
		c.finish()
		c.at(time.Hour)
		if runs, err := c.store.OpenRuns(t.Context()); err != nil || len(runs) != 0 || c.progress(run).Done != 3 {
			t.Errorf("%v, %v", runs, err)
		}
	})
}

// A look that takes its worker with it is not tried for ever.
func TestWhatBringsWorkersDownIsGivenUp(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		c := plan(t, address, 1)
		c.now = time.Now()
		run := c.run(queue.Routine, c.bodies...)
		w := c.worker(func(context.Context, store.Body, int64) error { panic("out of order") })
		if err := c.work(w, func() bool { s := c.state(); return s.Waiting+s.Running+s.Retrying == 0 }); err != nil {
			t.Fatal(err)
		}
		c.now = time.Now().Add(time.Hour)
		if _, err := c.plan.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := c.note(run, c.bodies[0]); got != "failed: given up after 3 attempts, the last of which did not end" {
			t.Error(got)
		}
	})
}

func TestAChangeIsLookedAtASecondTimeOnce(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		c := plan(t, address, 4)
		c.told.err = errors.New("nobody asks before it is time")
		c.now = monday
		run := c.run(queue.Routine, c.bodies...)
		c.finish()
		c.at(0) // the run ends
		c.at(history.Apart - time.Second)
		c.told.err, c.told.pending = nil, []int64{c.bodies[1], c.bodies[3]}
		began := c.at(history.Apart)
		if len(began) != 1 {
			t.Fatalf("%v", began)
		}
		if second, err := c.store.OpenRuns(t.Context()); err != nil || (queue.ReasonOf(second[0].Name) != queue.Reason{After: run}) {
			t.Errorf("%+v, %v", second, err)
		}
		turns, err := c.store.Turns(t.Context(), began[0], store.Waiting)
		if err != nil || len(turns) != 2 || turns[0].Body != c.bodies[1] || turns[1].Body != c.bodies[3] {
			t.Errorf("%v, %v", turns, err)
		}
		if again := c.at(history.Apart + time.Minute); len(again) != 0 {
			t.Errorf("another began: %v", again)
		}
		c.finish()
		for later := range 5 { // a town that never answers is not asked for ever
			if again := c.at(history.Apart + time.Duration(later)*day); len(again) != 0 {
				t.Errorf("another began: %v", again)
			}
		}
		next := c.run(queue.Routine, c.bodies[0])
		c.finish()
		c.at(6 * day)
		c.told.pending = nil
		if again := c.at(7 * day); len(again) != 0 {
			t.Errorf("nothing changed in run %d after %d, and %v began", next, run, again)
		}
		c.told.pending = []int64{c.bodies[0]}
		if again := c.at(8 * day); len(again) != 0 {
			t.Errorf("it was decided on, and %v began", again)
		}
	})
}

// A run through the territory takes its time, and somebody looks at a town again
// meanwhile: that run has the larger number and is over first.
func TestARunThatIsOvertakenHasItsSecondLookToo(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		c := plan(t, address, 3)
		c.now = monday
		long := c.run(queue.Routine, c.bodies[:2]...)
		short := c.run(queue.Urgent, c.bodies[2])
		end := func(run int64, when time.Duration) {
			if err := c.store.End(t.Context(), run, monday.Add(when)); err != nil {
				t.Fatal(err)
			}
		}
		c.finish()
		end(short, time.Hour)
		end(long, 3*time.Hour)
		if began := c.at(time.Hour + history.Apart); len(began) != 0 {
			t.Fatalf("nothing is pending, and %v began", began)
		}
		c.told.pending = c.bodies[:1]
		began := c.at(3*time.Hour + history.Apart)
		if len(began) != 1 {
			t.Fatalf("the changes of run %d await their second look: %v", long, began)
		}
		if second, err := c.store.OpenRuns(t.Context()); err != nil || (queue.ReasonOf(second[0].Name) != queue.Reason{After: long}) {
			t.Errorf("%+v, %v", second, err)
		}
	})
}

func TestASecondLookLeavesOutWhatIsLookedAtAnyway(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		c := plan(t, address, 3)
		c.now = monday
		c.run(queue.Routine, c.bodies...)
		c.finish()
		c.at(0)
		c.run(queue.Urgent, c.bodies[0])
		c.told.pending = slices.Clone(c.bodies[:2])
		began := c.at(day)
		if len(began) != 1 || c.progress(began[0]).Waiting != 1 {
			t.Errorf("%v", began)
		}
	})
}

func TestAPlannerThatCannotDoOneThingDoesTheRest(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		c := plan(t, address, 2, "daily at 03:00")
		c.at(0)
		c.now = monday
		c.run(queue.Routine, c.bodies...)
		c.finish()
		c.at(time.Minute)
		c.told.err = errors.New("the chronicle is away")
		c.now = monday.Add(day)
		began, err := c.plan.Step(t.Context())
		if !errors.Is(err, c.told.err) || len(began) != 1 {
			t.Errorf("%v, %v", began, err)
		}
	})
}
