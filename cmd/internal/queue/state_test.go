package queue_test

import (
	"context"
	"testing"
	"time"

	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
)

func TestTheStateTellsWhoWorksOnWhat(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 12)
		run := v.run(queue.Routine, v.bodies...)
		goOn := make(chan struct{})
		w := v.worker(func(ctx context.Context, b store.Body, run int64) error {
			if b.ID > v.bodies[7] {
				<-goOn
			}
			return v.look(ctx, b, run)
		})
		w.AtOnce = 2
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- v.queue.Work(ctx, w) }()
		v.await(func() bool {
			s := v.state()
			return s.Runs[0].Done == 8 && len(s.Workers) == 1 && s.Running == 2 && s.Waiting == 2
		})
		s := v.state()
		if s.Waiting != 2 || s.Workers[0].Name != "test" || s.Workers[0].Seen.Before(s.Workers[0].Since) || s.Runs[0].ID != run || s.Runs[0].Waiting != 4 {
			t.Errorf("%+v", s)
		}
		close(goOn)
		v.await(v.over(run))
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if s := v.state(); len(s.Workers) != 0 || s.Runs[0].Left != 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestTheTimeLeftIsToldFromThePaceSoFar(t *testing.T) {
	t.Parallel()
	every := func(pause time.Duration, n int) []time.Time {
		var list []time.Time
		for i := range n {
			list = append(list, monday.Add(time.Duration(i)*pause))
		}
		return list
	}
	for situation, c := range map[string]struct {
		waiting  int
		finished []time.Time
		now      time.Time
		want     time.Duration
	}{
		"nothing is known yet":          {100, nil, monday, 0},
		"four are too few":              {100, every(time.Second, 4), monday.Add(3 * time.Second), 0},
		"one a second":                  {100, every(time.Second, 11), monday.Add(10 * time.Second), 100 * time.Second},
		"standing still":                {100, every(time.Second, 11), monday.Add(time.Hour), 10 * time.Hour},
		"an old pause does not count":   {10, append(every(0, 50), every(time.Second, 1000)[500:]...), monday.Add(999 * time.Second), 10 * time.Second},
		"all were there at one instant": {100, every(0, 9), monday, 0},
	} {
		if got := queue.Remaining(c.waiting, c.finished, c.now); got != c.want {
			t.Errorf("%s: %s, want %s", situation, got, c.want)
		}
	}
}
