package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"campanile/cmd/internal/store"
	"campanile/collectors/network"
)

var (
	// errBusy means that a supplier of a municipality has enough visitors.
	errBusy = errors.New("its supplier has enough visitors")
	// ErrLeftOut means that there is nothing to look at, now or later: the municipality
	// is given up with the reason, and not tried again.
	ErrLeftOut = errors.New("it is not looked at")
	// ErrPutBack means that the look was broken off because of no fault of the
	// municipality: it goes back into the queue, and no attempt is counted.
	ErrPutBack = errors.New("the look was broken off")
)

// Work does one job, and says to River what comes of it.
func (l *looker) Work(ctx context.Context, job *river.Job[look]) error {
	l.running.Add(1)
	defer l.running.Add(-1)
	err := l.turn(ctx, job.Args)
	switch {
	case err == nil, errors.Is(err, store.ErrDone):
		return nil
	case errors.Is(err, errBusy):
		return river.JobSnooze(snooze())
	case put(ctx), errors.Is(err, ErrPutBack):
		return river.JobSnooze(0)
	case errors.Is(err, store.ErrFull):
		l.stop(err)
		return river.JobSnooze(0)
	case errors.Is(err, ErrLeftOut):
		return river.JobCancel(errors.Join(err, l.giveUp(ctx, job.Args, err.Error())))
	case job.Attempt >= job.MaxAttempts:
		return errors.Join(err, l.giveUp(ctx, job.Args, fmt.Sprintf("given up after %d attempts: %v", job.Attempt, err)))
	}
	return err
}

// put tells that the worker stops, and what it held goes back. A municipality
// that took too long is another matter.
func put(ctx context.Context) bool {
	return ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded)
}

// snooze is how long a municipality waits for a place at its supplier. Not all
// come back at the same moment.
func snooze() time.Duration {
	return 2*time.Second + rand.N(3*time.Second) //nolint:gosec // nobody gains by guessing it
}

// keepTime bounds the writing of a note, which is done also when the time of the
// look is over.
const keepTime = 30 * time.Second

func (l *looker) giveUp(ctx context.Context, j look, why string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
	defer cancel()
	return l.queue.store.Fail(ctx, j.Run, j.Body, l.worker.Now(), why)
}

// turn looks at a municipality whose turn in the run is still to come.
func (l *looker) turn(ctx context.Context, j look) error {
	turn, err := l.queue.store.Turn(ctx, j.Run, j.Body)
	switch {
	case errors.Is(err, store.ErrUnknown):
		return fmt.Errorf("%w: %w", ErrLeftOut, err)
	case err != nil:
		return err
	case turn.State != store.Waiting:
		return store.ErrDone
	}
	body, err := l.queue.store.Body(ctx, j.Body)
	switch {
	case errors.Is(err, store.ErrUnknown):
		return fmt.Errorf("%w: %w", ErrLeftOut, err)
	case err != nil:
		return err
	case body.Successor != 0:
		return l.merged(ctx, body)
	case body.Domain == "":
		return fmt.Errorf("%w: no domain of it is known", ErrLeftOut)
	}
	leave, err := l.enter(ctx, body.ID)
	if err != nil {
		return err
	}
	defer leave()
	return l.worker.Look(ctx, body, j.Run)
}

func (l *looker) merged(ctx context.Context, body store.Body) error {
	into, err := l.queue.store.Body(ctx, body.Successor)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: it was merged into %s", ErrLeftOut, into.Name)
}

// moment is how long a municipality waits for its suppliers before it makes room
// for another.
const moment = 300 * time.Millisecond

// enter takes a place at each supplier of a municipality, or none.
func (l *looker) enter(ctx context.Context, body int64) (leave func(), err error) {
	var places []func()
	leave = func() {
		for _, l := range places {
			l()
		}
	}
	if l.worker.Share == nil || l.worker.PerSupplier <= 0 {
		return leave, nil
	}
	suppliers, err := l.suppliers(ctx, body)
	if err != nil {
		return nil, err
	}
	short, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	for _, id := range suppliers {
		place, err := l.worker.Share.Enter(short, "supplier "+id, network.Pace{AtOnce: l.worker.PerSupplier})
		if err == nil {
			places = append(places, place)
			continue
		}
		leave()
		if ctx.Err() == nil && short.Err() != nil {
			return nil, errBusy
		}
		return nil, fmt.Errorf("a place at supplier %s: %w", id, err)
	}
	return leave, nil
}

// suppliers lists who serves a municipality, in one order for all. A product
// such as WordPress has no servers that could be spared, and is no supplier here.
func (l *looker) suppliers(ctx context.Context, body int64) ([]string, error) {
	known, err := l.queue.store.SuppliersOf(ctx, body)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, s := range known {
		if !strings.HasPrefix(s.Role, store.PlatformRole) {
			ids = append(ids, s.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
