package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/riverqueue/river/rivertype"

	"campanile/cmd/internal/store"
)

// State is what the queue is doing.
type State struct {
	Waiting, Running, Retrying int // municipalities
	Failed                     int // given up, in the runs that go on
	Workers                    []WorkerState
	Runs                       []RunState // the newest first
}

// WorkerState is a worker that gave a sign of life not long ago.
type WorkerState struct {
	Name        string
	Since, Seen time.Time
	Running     int // municipalities that it looks at
}

// RunState is a run, and how far it is.
type RunState struct {
	store.Run
	store.Progress
	// Left is how long the rest takes at the pace of what was finished last; 0:
	// too little was, or nobody works, or nothing is left.
	Left time.Duration
}

// Signs of life.
const (
	signEvery = 10 * time.Second
	signLasts = 40 * time.Second // a worker whose last sign is older is taken for dead
	signKept  = 24 * time.Hour
)

// newestRuns is how many runs State tells of.
const newestRuns = 20

// State tells what the queue is doing.
func (q *Queue) State(ctx context.Context) (State, error) {
	var s State
	if err := q.countJobs(ctx, &s); err != nil {
		return s, plainly(err)
	}
	var seconds int64
	if err := q.db.NewRaw("SELECT ?", q.clock).Scan(ctx, &seconds); err != nil {
		return s, plainly(err)
	}
	now := time.Unix(seconds, 0)
	var err error
	if s.Workers, err = q.workers(ctx, now); err != nil {
		return s, plainly(err)
	}
	runs, err := q.store.Runs(ctx, newestRuns)
	if err != nil {
		return s, err
	}
	for _, run := range runs {
		r := RunState{Run: run}
		if r.Progress, err = q.store.Progress(ctx, run.ID); err != nil {
			return s, err
		}
		if run.Ended.IsZero() {
			s.Failed += r.Failed
			if r.Left, err = q.left(ctx, r, now, len(s.Workers) > 0); err != nil {
				return s, err
			}
		}
		s.Runs = append(s.Runs, r)
	}
	return s, nil
}

func (q *Queue) countJobs(ctx context.Context, s *State) error {
	var counts []struct {
		State string
		N     int
	}
	if err := q.db.NewRaw("SELECT CAST(state AS TEXT) AS state, COUNT(*) AS n FROM river_job WHERE kind = ? GROUP BY state", kind).Scan(ctx, &counts); err != nil {
		return err
	}
	for _, c := range counts {
		switch rivertype.JobState(c.State) {
		case rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateScheduled:
			s.Waiting += c.N
		case rivertype.JobStateRunning:
			s.Running += c.N
		case rivertype.JobStateRetryable:
			s.Retrying += c.N
		default: // over
		}
	}
	return nil
}

// left is an estimate for a run, from when its bodies were finished.
func (q *Queue) left(ctx context.Context, r RunState, now time.Time, worked bool) (time.Duration, error) {
	if r.Waiting == 0 || !worked {
		return 0, nil
	}
	done, err := q.store.Turns(ctx, r.ID, store.Done)
	if err != nil {
		return 0, err
	}
	failed, err := q.store.Turns(ctx, r.ID, store.Failed)
	if err != nil {
		return 0, err
	}
	var finished []time.Time
	for _, t := range slices.Concat(done, failed) {
		finished = append(finished, t.Changed)
	}
	return remaining(r.Waiting, finished, now), nil
}

const (
	fewest  = 5   // below this nothing is said of the pace
	counted = 200 // of those finished last the pace is taken
)

// remaining says how long a number of bodies takes at the pace of those that
// were finished last. The time since the last one counts, so that a run that
// stands still does not promise to be over soon.
func remaining(waiting int, finished []time.Time, now time.Time) time.Duration {
	slices.SortFunc(finished, time.Time.Compare)
	finished = finished[max(0, len(finished)-counted-1):]
	if len(finished) < fewest {
		return 0
	}
	span := now.Sub(finished[0])
	return (span / time.Duration(len(finished)-1) * time.Duration(waiting)).Round(time.Second)
}

// name is how a worker is told from the others, and what people call it.
type name struct{ id, people string }

func newName(people string) name {
	if people == "" {
		people = "worker"
	}
	// River takes at most 127 characters.
	return name{id: people[:min(len(people), 60)] + " " + rand.Text(), people: people}
}

type workerRow struct {
	ID      string
	Name    string
	Since   int64
	Seen    int64
	Running int64
}

func (q *Queue) workers(ctx context.Context, now time.Time) ([]WorkerState, error) {
	var rows []workerRow
	err := q.db.NewRaw("SELECT id, name, since, seen, running FROM queue_workers WHERE seen > ? ORDER BY name, since, id", now.Add(-signLasts).Unix()).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	list := make([]WorkerState, len(rows))
	for i, r := range rows {
		list[i] = WorkerState{Name: r.Name, Since: time.Unix(r.Since, 0).UTC(), Seen: time.Unix(r.Seen, 0).UTC(), Running: int(r.Running)}
	}
	return list, nil
}

// showSigns tells the others that a worker lives, until it is over. Where not even
// this can be written, no job comes or goes either, and the worker ends.
func (q *Queue) showSigns(ctx context.Context, n name, l *looker, over <-chan struct{}) {
	tick := time.NewTicker(signEvery)
	defer tick.Stop()
	for {
		if err := plainly(q.sign(ctx, n, l.running.Load())); errors.Is(err, store.ErrFull) {
			l.stop(err)
		} else if err != nil {
			l.worker.log().WarnContext(ctx, "no sign of life could be given", "worker", n.people, "error", err)
		}
		select {
		case <-over:
			if _, err := q.db.ExecContext(ctx, "DELETE FROM queue_workers WHERE id = ?", n.id); err != nil {
				l.worker.log().WarnContext(ctx, "the worker is still listed", "worker", n.people, "error", err)
			}
			return
		case <-tick.C:
		}
	}
}

func (q *Queue) sign(ctx context.Context, n name, running int64) error {
	_, err := q.db.ExecContext(ctx, `INSERT INTO queue_workers (id, name, since, seen, running) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, running = excluded.running`, n.id, n.people, q.clock, q.clock, running)
	if err != nil {
		return err
	}
	_, err = q.db.ExecContext(ctx, "DELETE FROM queue_workers WHERE seen < ? - ?", q.clock, int64(signKept.Seconds()))
	return err
}
