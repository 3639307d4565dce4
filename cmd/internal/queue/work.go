package queue

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"campanile/cmd/internal/store"
	"campanile/collectors/network"
)

// Worker looks at municipalities, as many at once as it is told. Look, AtOnce,
// Timeout and Now are needed.
type Worker struct {
	// Look collects what a municipality shows and records it as the result of the
	// run. It ends when its context does, and says so by an error.
	Look    func(ctx context.Context, body store.Body, run int64) error
	AtOnce  int
	Timeout time.Duration // of one municipality; recording it may take half as long besides
	Grace   time.Duration // for what is under way when the worker is told to stop
	Retry   time.Duration // after the first failure, and twice as long after the second; 0: a minute

	Share       network.Share // holds the places at suppliers together with the other workers; nil: nobody counts them
	PerSupplier int           // municipalities of one supplier that are looked at at once, by all workers; 0: any number

	Name string // for people; several workers may have the same
	Now  func() time.Time
	Log  *slog.Logger // for what goes wrong with the database; nil: nobody reads it
}

// patience is how long a municipality may be worked on: its look, and the
// writing down of it.
func (w Worker) patience() time.Duration { return w.Timeout + w.Timeout/2 }

// rescue is how long after its begin a job is taken from a worker that is
// believed dead. It is longer than any look, or a town would be visited twice.
func (w Worker) rescue() time.Duration { return w.patience() + min(w.patience(), time.Minute) }

// Work takes municipalities from the queue until the context ends. Then it takes
// no more, gives those under way their time of grace, and puts back what is not
// finished. It ends with an error where nothing more can be kept (store.ErrFull):
// the jobs stay.
func (q *Queue) Work(ctx context.Context, w Worker) error {
	ctx, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	l := &looker{queue: q, worker: w, halt: halt}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, l); err != nil {
		return fmt.Errorf("beginning to work: %w", err)
	}
	name := newName(w.Name)
	c, err := q.worker(&river.Config{
		ID:                   name.id,
		JobTimeout:           w.patience(),
		RescueStuckJobsAfter: w.rescue(),
		MaxAttempts:          attempts,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: max(w.AtOnce, 1)}},
		SoftStopTimeout:      max(w.Grace, time.Millisecond), // none at all would mean for ever
		Workers:              workers,
		Logger:               w.log(),
	})
	if err != nil {
		return fmt.Errorf("beginning to work: %w", err)
	}
	if err := c.Start(ctx); err != nil {
		return fmt.Errorf("beginning to work: %w", plainly(err))
	}
	var signs sync.WaitGroup
	over := make(chan struct{})
	signs.Go(func() { q.showSigns(context.WithoutCancel(ctx), name, l, over) })
	<-c.Stopped()
	close(over)
	signs.Wait()
	return l.failed()
}

func (w Worker) log() *slog.Logger {
	if w.Log == nil {
		return silent()
	}
	return w.Log
}

// looker does the jobs of one worker.
type looker struct {
	river.WorkerDefaults[look]

	queue   *Queue
	worker  Worker
	running atomic.Int64
	halt    context.CancelCauseFunc

	mu  sync.Mutex
	why error // the worker stopped by itself
}

// NextRetry says when a municipality is tried again.
func (l *looker) NextRetry(job *river.Job[look]) time.Time {
	wait := l.worker.Retry
	if wait == 0 {
		wait = time.Minute
	}
	return l.worker.Now().Add(wait << max(job.Attempt-1, 0))
}

func (l *looker) stop(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil {
		l.why = why
	}
	l.halt(why)
}

func (l *looker) failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}
