// Package queue brings each municipality of a run to a worker, whichever of
// them on whichever machine, and each once: River keeps the jobs in the same
// database as the store. The planner begins the runs when they are due.
//
// It looks at no municipality itself and judges nothing; what a look is, the
// caller says.
package queue

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/uptrace/bun"

	"campanile/cmd/internal/store"
)

// Priority says which municipalities are looked at first.
type Priority int

// The priorities.
const (
	Urgent  Priority = 1 // a person waits
	Second  Priority = 2 // a second look, to confirm a change
	Routine Priority = 3 // a run through the territory
)

// Queue is the open queue of a territory. It may be used by several goroutines,
// and by several processes at the same time.
type Queue struct {
	store  *store.Store
	db     *bun.DB  // for what River is not asked
	clock  bun.Safe // seconds since 1970, by the one clock that all workers share
	client client   // puts jobs in
	worker func(*river.Config) (client, error)
	close  func() error
}

// client is River on either engine.
type client interface {
	InsertMany(ctx context.Context, jobs []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
	Start(ctx context.Context) error
	Stopped() <-chan struct{}
}

// Open opens the queue beside a store, at the same address, and makes its tables
// where there are none.
func Open(ctx context.Context, address string, s *store.Store) (*Queue, error) {
	open := openSQLite
	if isPostgres(address) {
		open = openPostgres
	}
	q, err := open(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("opening the queue: %w", plainly(err))
	}
	q.store = s
	return q, nil
}

// Close ends the use of the queue. Its workers must have ended before.
func (q *Queue) Close(context.Context) error { return q.close() }

// look is a job: one municipality in one run.
type look struct {
	Run  int64 `json:"run"`
	Body int64 `json:"body"`
}

// Kind names the job in River's tables.
func (look) Kind() string { return kind }

const kind = "look"

// attempts is how often a municipality is tried before it is given up.
const attempts = 3

// batch bounds how many jobs one step of the database puts in: others write
// meanwhile.
const batch = 500

// Enqueue puts bodies of a run into the queue and gives how many were not in it.
// Each has one job for the run, however often it is put in.
func (q *Queue) Enqueue(ctx context.Context, run int64, bodies []int64, p Priority) (int, error) {
	added := 0
	for len(bodies) > 0 {
		some := bodies[:min(batch, len(bodies))]
		bodies = bodies[len(some):]
		jobs := make([]river.InsertManyParams, len(some))
		for i, body := range some {
			jobs[i] = river.InsertManyParams{Args: look{run, body}, InsertOpts: &river.InsertOpts{
				MaxAttempts: attempts, Priority: int(p), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: underWay()},
			}}
		}
		results, err := q.client.InsertMany(ctx, jobs)
		if err != nil {
			return added, fmt.Errorf("putting %d municipalities of run %d into the queue: %w", len(some), run, plainly(err))
		}
		for _, r := range results {
			if !r.UniqueSkippedAsDuplicate {
				added++
			}
		}
	}
	return added, nil
}

// underWay lists the states of a job that is still to be done or being done.
// One that is over stands in nobody's way: a worker asks the store whether
// anything is left to do.
func underWay() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}
}

// stopped is the note of the bodies of a run that a person stopped.
const stopped = "the run was stopped"

// Stop ends a run before its time. What is being looked at is finished; the rest
// is given up.
func (q *Queue) Stop(ctx context.Context, run int64, at time.Time) error {
	return q.store.Stop(ctx, run, at, stopped)
}
