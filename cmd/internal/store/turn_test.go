package store_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/store"
)

// Many planners find at the same moment that a run is due.
func TestARunIsBegunOnceUnderItsName(t *testing.T) {
	t.Parallel()
	for engine, fresh := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := open(t, fresh(t))
			bodies := put(t, s, town("montefinto", "c_x001"), town("valfinta", "c_x002"))
			if _, err := s.Named(t.Context(), "due on Monday"); !errors.Is(err, store.ErrUnknown) {
				t.Errorf("before it began: %v", err)
			}
			var began atomic.Int64
			var numbers [8]int64
			var group errgroup.Group
			for i := range numbers {
				group.Go(func() error {
					number, mine, err := s.BeginOnce(t.Context(), "due on Monday", week(1), bodies)
					numbers[i] = number
					if mine {
						began.Add(1)
					}
					return err
				})
			}
			if err := group.Wait(); err != nil {
				t.Fatal(err)
			}
			run, err := s.Named(t.Context(), "due on Monday")
			if err != nil || began.Load() != 1 || !run.Began.Equal(week(1)) {
				t.Errorf("%d began it: %+v, %v", began.Load(), run, err)
			}
			for _, number := range numbers {
				if number != run.ID {
					t.Errorf("somebody was told of run %d, and it is %d", number, run.ID)
				}
			}
			if open, err := s.OpenRuns(t.Context()); err != nil || len(open) != 1 || open[0] != run {
				t.Errorf("%+v, %v", open, err)
			}
		})
	}
}

func TestARunThatIsStoppedKeepsItsResults(t *testing.T) {
	t.Parallel()
	for engine, fresh := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := open(t, fresh(t))
			bodies := put(t, s, town("montefinto", "c_x001"), town("valfinta", "c_x002"))
			run, err := s.Begin(t.Context(), "a run", week(1), bodies)
			if err != nil {
				t.Fatal(err)
			}
			b := bundle(t, "comune.montefinto.example", week(1))
			if _, err := s.Save(t.Context(), bodies[0], run, b, says(b.Target.Domain, "C", nil)); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time there is nothing to stop
				if err := s.Stop(t.Context(), run, week(2), "the run was stopped"); err != nil {
					t.Fatal(err)
				}
			}
			first, err := s.Turn(t.Context(), run, bodies[0])
			if err != nil || first.State != store.Done || first.Scan == 0 {
				t.Errorf("%+v, %v", first, err)
			}
			second, err := s.Turn(t.Context(), run, bodies[1])
			if err != nil || second.State != store.Failed || second.Note != "the run was stopped" || !second.Changed.Equal(week(2)) {
				t.Errorf("%+v, %v", second, err)
			}
			if _, err := s.Turn(t.Context(), run, 99); !errors.Is(err, store.ErrUnknown) {
				t.Errorf("a body of no run: %v", err)
			}
			if open, err := s.OpenRuns(t.Context()); err != nil || len(open) != 0 {
				t.Errorf("%+v, %v", open, err)
			}
		})
	}
}
