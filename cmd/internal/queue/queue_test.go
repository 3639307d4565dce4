package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/collectors/evidence"
)

func TestMain(m *testing.M) {
	workIfAsked()
	goleak.VerifyTestMain(m)
}

// territory is a store with its queue and some municipalities.
type territory struct {
	*testing.T

	store  *store.Store
	queue  *queue.Queue
	bodies []int64
}

func open(t *testing.T, address string, n int) *territory {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	q, err := queue.Open(t.Context(), address, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close(context.Background()) })
	list := make([]store.Body, n)
	for i := range list {
		list[i].Target = evidence.Target{Name: fmt.Sprintf("Borgo %d", i+1), Domain: fmt.Sprintf("comune.borgo-%d.example", i+1), Country: "it", Code: fmt.Sprintf("c_x%d", i+1)}
	}
	bodies, err := s.Put(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	return &territory{t, s, q, bodies}
}

// run begins a run through bodies whose jobs are in the queue.
func (t *territory) run(p queue.Priority, bodies ...int64) int64 {
	t.Helper()
	run, err := t.store.Begin(t.Context(), "a test", time.Now(), bodies)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := t.queue.Enqueue(t.Context(), run, bodies, p); err != nil || n != len(bodies) {
		t.Fatalf("%d of %d are in the queue: %v", n, len(bodies), err)
	}
	return run
}

// look keeps a scan as the result of the run, as a worker does.
func (t *territory) look(ctx context.Context, b store.Body, run int64) error {
	bundle := evidence.Bundle{Schema: evidence.Schema, Profile: evidence.Standard, Target: b.Target, Taken: time.Now().UTC().Truncate(time.Second)}
	bundle.Suppliers = []evidence.Supplier{{ID: "casa", Name: "Casa", Role: "web"}, {ID: "casa", Name: "Casa", Role: "dns"}}
	bundle.Platforms = []evidence.Platform{{ID: "prodotto", Name: "Prodotto", Use: evidence.ForSite}}
	_, err := t.store.Save(ctx, b.ID, run, &bundle, store.Judgement{Rules: "rules"})
	return err
}

// worker is one whose patience is short.
func (t *territory) worker(look func(context.Context, store.Body, int64) error) queue.Worker {
	return queue.Worker{Look: look, AtOnce: 4, Timeout: 20 * time.Second, Grace: 20 * time.Second, Retry: time.Millisecond, Name: "test", Now: time.Now}
}

// work lets a worker go on until something is so, and gives what it ended with.
func (t *territory) work(w queue.Worker, until func() bool) error {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- t.queue.Work(ctx, w) }()
	t.await(until)
	stop()
	return <-ended
}

// await looks every few moments whether something is so; what is never so ends the
// test.
func (t *territory) await(so func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(time.Minute)
	for !so() {
		select {
		case <-late:
			t.Fatal("what the test waits for does not happen")
		case <-tick.C:
		}
	}
}

func (t *territory) progress(run int64) store.Progress {
	t.Helper()
	p, err := t.store.Progress(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// over tells when nothing of a run is waiting.
func (t *territory) over(run int64) func() bool {
	return func() bool { return t.progress(run).Waiting == 0 }
}

func (t *territory) state() queue.State {
	t.Helper()
	s, err := t.queue.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (t *territory) note(run, body int64) string {
	t.Helper()
	turn, err := t.store.Turn(t.Context(), run, body)
	if err != nil {
		t.Fatal(err)
	}
	return turn.State + ": " + turn.Note
}

func TestEachMunicipalityIsLookedAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 25)
		run := v.run(queue.Routine, v.bodies...)
		var mu sync.Mutex
		looks := map[int64]int{}
		err := v.work(v.worker(func(ctx context.Context, b store.Body, run int64) error {
			mu.Lock()
			looks[b.ID]++
			mu.Unlock()
			return v.look(ctx, b, run)
		}), v.over(run))
		if err != nil {
			t.Fatal(err)
		}
		if p := v.progress(run); p.Done != 25 {
			t.Errorf("%+v", p)
		}
		for _, body := range v.bodies {
			if looks[body] != 1 {
				t.Errorf("body %d was looked at %d times", body, looks[body])
			}
		}
		if s := v.state(); s.Waiting+s.Running+s.Retrying+s.Failed+len(s.Workers) != 0 {
			t.Errorf("at the end: %+v", s)
		}
	})
}

func TestAJobIsInTheQueueOnce(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 3)
		run := v.run(queue.Routine, v.bodies...)
		if n, err := v.queue.Enqueue(t.Context(), run, v.bodies, queue.Urgent); err != nil || n != 0 {
			t.Errorf("%d more were put in, %v", n, err)
		}
		v.run(queue.Routine, v.bodies[0]) // another run is another job
		if got := v.state().Waiting; got != 4 {
			t.Errorf("%d are waiting, want 4", got)
		}
	})
}

func TestWhoWaitsComesFirst(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 4)
		v.run(queue.Routine, v.bodies[0], v.bodies[1])
		v.run(queue.Second, v.bodies[2])
		v.run(queue.Urgent, v.bodies[3])
		var order []int64
		w := v.worker(func(ctx context.Context, b store.Body, run int64) error {
			order = append(order, b.ID)
			return v.look(ctx, b, run)
		})
		w.AtOnce = 1
		if err := v.work(w, func() bool { return v.state().Waiting+v.state().Running == 0 }); err != nil {
			t.Fatal(err)
		}
		if want := []int64{v.bodies[3], v.bodies[2], v.bodies[0], v.bodies[1]}; !slices.Equal(order, want) {
			t.Errorf("looked at %v, want %v", order, want)
		}
	})
}

func TestAFailureIsTriedAgainAndThenGivenUp(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 2)
		run := v.run(queue.Routine, v.bodies...)
		var mu sync.Mutex
		tries := map[int64]int{}
		err := v.work(v.worker(func(ctx context.Context, b store.Body, run int64) error {
			mu.Lock()
			tries[b.ID]++
			try := tries[b.ID]
			mu.Unlock()
			if b.ID == v.bodies[1] || try < 3 {
				return errors.New("the database was away")
			}
			return v.look(ctx, b, run)
		}), v.over(run))
		if err != nil {
			t.Fatal(err)
		}
		if got := v.note(run, v.bodies[0]); got != "done: " {
			t.Error(got)
		}
		if got := v.note(run, v.bodies[1]); got != "failed: given up after 3 attempts: the database was away" {
			t.Error(got)
		}
		if tries[v.bodies[0]] != 3 || tries[v.bodies[1]] != 3 {
			t.Errorf("tried %v times", tries)
		}
		if got := v.state().Failed; got != 1 {
			t.Errorf("%d failed in the state", got)
		}
	})
}

func TestALookThatTakesTooLongIsAnAttempt(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 1)
		run := v.run(queue.Routine, v.bodies...)
		w := v.worker(func(ctx context.Context, _ store.Body, _ int64) error {
			<-ctx.Done()
			return ctx.Err()
		})
		w.Timeout = 50 * time.Millisecond
		if err := v.work(w, v.over(run)); err != nil {
			t.Fatal(err)
		}
		if got := v.note(run, v.bodies[0]); !strings.HasPrefix(got, "failed: given up after 3 attempts: context deadline exceeded") {
			t.Error(got)
		}
	})
}

func TestWhatIsDoneIsNotLookedAt(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 2)
		run := v.run(queue.Routine, v.bodies...)
		first, err := v.store.Body(t.Context(), v.bodies[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := v.look(t.Context(), first, run); err != nil {
			t.Fatal(err)
		}
		err = v.work(v.worker(func(ctx context.Context, b store.Body, run int64) error {
			if b.ID == v.bodies[0] {
				t.Error("it was looked at again")
			}
			if err := v.look(ctx, b, run); err != nil {
				return err
			}
			return store.ErrDone // another worker was faster
		}), func() bool { s := v.state(); return s.Waiting+s.Running+s.Retrying == 0 })
		if err != nil || v.progress(run).Done != 2 {
			t.Errorf("%+v, %v", v.progress(run), err)
		}
	})
}

func TestWhatCannotBeLookedAtIsFailedWithItsReason(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 3)
		bare, err := v.store.Put(t.Context(), []store.Body{{Target: evidence.Target{Name: "Borgo Muto", Country: "it", Code: "c_x99"}}})
		if err != nil {
			t.Fatal(err)
		}
		run := v.run(queue.Routine, append(bare, v.bodies...)...)
		if err := v.store.Merge(t.Context(), v.bodies[0], v.bodies[1]); err != nil {
			t.Fatal(err)
		}
		if err := v.work(v.worker(v.look), v.over(run)); err != nil {
			t.Fatal(err)
		}
		for body, want := range map[int64]string{
			bare[0]:     "failed: it is not looked at: no domain of it is known",
			v.bodies[0]: "failed: it is not looked at: it was merged into Borgo 2",
			v.bodies[1]: "done: ",
			v.bodies[2]: "done: ",
		} {
			if got := v.note(run, body); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
	})
}

func TestAFullStoreStopsTheWorkerAndTheJobsStay(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 3)
		run := v.run(queue.Routine, v.bodies...)
		w := v.worker(func(context.Context, store.Body, int64) error { return fmt.Errorf("keeping it: %w", store.ErrFull) })
		w.AtOnce = 1
		if err := v.queue.Work(t.Context(), w); !errors.Is(err, store.ErrFull) {
			t.Fatalf("the worker ended with %v", err)
		}
		if s := v.state(); s.Waiting != 3 || s.Running != 0 {
			t.Errorf("%+v", s)
		}
		if err := v.work(v.worker(v.look), v.over(run)); err != nil || v.progress(run).Done != 3 {
			t.Errorf("after room was made: %+v, %v", v.progress(run), err)
		}
	})
}

// The file may grow no further, as on a disk without room.
func TestAQueueThatIsFullSaysSo(t *testing.T) {
	t.Parallel()
	v := open(t, storetest.SQLite(t), 200)
	run := v.run(queue.Routine, v.bodies[0])
	db := queue.Database(v.queue)
	var pages int
	if err := db.NewRaw("PRAGMA page_count").Scan(t.Context(), &pages); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
		t.Fatal(err)
	}
	if n, err := v.queue.Enqueue(t.Context(), run, v.bodies, queue.Routine); !errors.Is(err, store.ErrFull) || n != 0 {
		t.Errorf("%d were put in, %v", n, err)
	}
	if got := v.state().Waiting; got != 1 {
		t.Errorf("%d are in the queue", got)
	}
}

func TestAWorkerThatIsToldToStopFinishesWhatItHolds(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 2)
		run := v.run(queue.Routine, v.bodies...)
		begun, goOn := make(chan struct{}), make(chan struct{})
		w := v.worker(func(ctx context.Context, b store.Body, run int64) error {
			close(begun)
			<-goOn
			return v.look(ctx, b, run)
		})
		w.AtOnce = 1
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- v.queue.Work(ctx, w) }()
		<-begun
		stop()
		close(goOn)
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if p := v.progress(run); p.Done != 1 || p.Waiting != 1 {
			t.Errorf("%+v", p)
		}
		if s := v.state(); s.Waiting != 1 || s.Running != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestWhatIsNotFinishedInTheTimeOfGraceGoesBack(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 1)
		run := v.run(queue.Routine, v.bodies...)
		for range 4 { // more often than a failure is tried again
			begun := make(chan struct{}, 9)
			w := v.worker(func(ctx context.Context, _ store.Body, _ int64) error {
				begun <- struct{}{}
				<-ctx.Done()
				return fmt.Errorf("half a look: %w", context.Cause(ctx))
			})
			w.Grace = 0
			if err := v.work(w, func() bool { return len(begun) > 0 }); err != nil {
				t.Fatal(err)
			}
			if s := v.state(); s.Waiting != 1 || s.Running != 0 {
				t.Fatalf("%+v", s)
			}
		}
		if err := v.work(v.worker(v.look), v.over(run)); err != nil || v.progress(run).Done != 1 {
			t.Errorf("%+v, %v", v.progress(run), err)
		}
	})
}

func TestARunThatIsStoppedEndsWithWhatWasUnderWay(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 5)
		run := v.run(queue.Routine, v.bodies...)
		w := v.worker(func(ctx context.Context, b store.Body, run int64) error {
			if err := v.queue.Stop(ctx, run, time.Now()); err != nil {
				return err
			}
			return v.look(ctx, b, run)
		})
		w.AtOnce = 1
		if err := v.work(w, func() bool { s := v.state(); return s.Waiting+s.Running == 0 }); err != nil {
			t.Fatal(err)
		}
		if p := v.progress(run); p.Done != 1 || p.Failed != 4 {
			t.Errorf("%+v", p)
		}
		if got := v.note(run, v.bodies[4]); got != "failed: the run was stopped" {
			t.Error(got)
		}
	})
}
