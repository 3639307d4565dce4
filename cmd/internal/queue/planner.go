package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/store"
	"campanile/report/history"
)

// Planner begins the runs that are due, brings back what fell out of the queue,
// ends what is finished and sends for a second look. Several may work on one
// territory.
type Planner struct {
	Queue     *Queue
	Store     *store.Store
	Chronicle Chronicle
	Schedules []Schedule
	Now       func() time.Time
	Zone      *time.Location // in which the hours of the schedules are
	Log       *slog.Logger   // for steps that did not succeed; nil: nobody reads it
}

// Chronicle knows which bodies there are, and which of them await a second look.
type Chronicle interface {
	Bodies(ctx context.Context, f inventory.Filter) ([]store.Body, error)
	Pending(ctx context.Context) ([]int64, error)
}

// stepEvery is the pause between two steps of a planner.
const stepEvery = 30 * time.Second

// Run takes a step at once and then every half minute, until the context ends.
// One that fails is told of, and the next one tries again.
func (p Planner) Run(ctx context.Context) error {
	tick := time.NewTicker(stepEvery)
	defer tick.Stop()
	for {
		if _, err := p.Step(ctx); err != nil && ctx.Err() == nil && p.Log != nil {
			p.Log.WarnContext(ctx, "a step of the planner failed; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Step does what is to be done at this moment, and gives the runs that it began.
// What fails for one run does not keep the others.
func (p Planner) Step(ctx context.Context) ([]int64, error) {
	now := p.Now()
	began, err := p.due(ctx, now)
	err = errors.Join(err, p.tend(ctx, now))
	second, failed := p.second(ctx, now)
	if second != 0 {
		began = append(began, second)
	}
	return began, errors.Join(err, failed)
}

// due begins a run for each schedule whose hour came, however long ago: after
// weeks without a planner it is still one run.
func (p Planner) due(ctx context.Context, now time.Time) ([]int64, error) {
	open, err := p.Store.OpenRuns(ctx)
	if err != nil {
		return nil, err
	}
	var began []int64
	var wrong error
	for _, s := range p.Schedules {
		run, err := p.begin(ctx, s, now, open)
		if err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("the run %s: %w", s, err))
		}
		if run != 0 {
			began = append(began, run)
		}
	}
	return began, wrong
}

func (p Planner) begin(ctx context.Context, s Schedule, now time.Time, open []store.Run) (int64, error) {
	at := s.Last(now, p.Zone)
	known, err := p.knownSince(ctx, s, now)
	if err != nil || at.Before(known) {
		return 0, err
	}
	for _, run := range open {
		if strings.HasPrefix(run.Name, s.String()+when) {
			return 0, nil // the one before goes on
		}
	}
	run := s.String() + when + at.In(p.Zone).Format("2006-01-02 15:04")
	if _, err := p.Store.Named(ctx, run); !errors.Is(err, store.ErrUnknown) {
		return 0, err
	}
	bodies, err := p.Chronicle.Bodies(ctx, s.Filter)
	if err != nil {
		return 0, err
	}
	var numbers []int64
	for _, b := range bodies {
		if b.Domain != "" {
			numbers = append(numbers, b.ID)
		}
	}
	return p.start(ctx, run, now, numbers, Routine)
}

// when stands in the name of a run between its schedule and the moment at which
// it was due.
const when = ", due "

// start begins a run that there must be once, and fills the queue.
func (p Planner) start(ctx context.Context, name string, now time.Time, bodies []int64, priority Priority) (int64, error) {
	if len(bodies) == 0 {
		return 0, nil
	}
	run, mine, err := p.Store.BeginOnce(ctx, name, now, bodies)
	if err != nil || !mine {
		return 0, err
	}
	_, err = p.Queue.Enqueue(ctx, run, bodies, priority)
	return run, err // what could not be put in is brought back by a later step
}

// knownSince says when a schedule was first seen. What it asks for is due from
// then on, so that a new one does not begin in the middle of a working day.
func (p Planner) knownSince(ctx context.Context, s Schedule, now time.Time) (time.Time, error) {
	key := "schedule known since: " + s.String()
	text, err := p.Store.Setting(ctx, key)
	if err != nil {
		return now, err
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0), nil
	}
	return now, p.Store.Set(ctx, key, strconv.FormatInt(now.Unix(), 10))
}

// filling is how long after its begin a run may still be on its way into the
// queue: whoever began it is about to.
const filling = time.Minute

// tend brings the queue and the runs that go on together again, and ends those
// whose bodies are all done or given up.
func (p Planner) tend(ctx context.Context, now time.Time) error {
	open, err := p.Store.OpenRuns(ctx)
	if err != nil {
		return err
	}
	var wrong error
	for _, run := range open {
		wrong = errors.Join(wrong, p.tendRun(ctx, run, now))
	}
	return wrong
}

func (p Planner) tendRun(ctx context.Context, run store.Run, now time.Time) error {
	waiting, err := p.Store.Turns(ctx, run.ID, store.Waiting)
	if err != nil {
		return err
	}
	if len(waiting) == 0 {
		return p.Store.End(ctx, run.ID, now)
	}
	if now.Sub(run.Began) < filling {
		return nil
	}
	jobs, err := p.Queue.jobs(ctx, run.ID)
	if err != nil {
		return err
	}
	priority := Routine
	if strings.HasPrefix(run.Name, secondLook) {
		priority = Second
	}
	var lost []int64
	for _, turn := range waiting {
		job := jobs[turn.Body]
		switch {
		case job.alive:
		case job.discarded:
			// Its last worker died, or could not write that it gave up.
			why := fmt.Sprintf("given up after %d attempts, the last of which did not end", attempts)
			if err := p.Store.Fail(ctx, run.ID, turn.Body, now, why); err != nil {
				return err
			}
		default:
			lost = append(lost, turn.Body)
		}
		if job.priority != 0 {
			priority = job.priority
		}
	}
	_, err = p.Queue.Enqueue(ctx, run.ID, lost, priority)
	return err
}

// secondLook begins the name of a run that looks again at what changed.
const secondLook = "second look after run "

// Reason is why a planner began a run, as the name of the run has it; the zero
// Reason is that of a run which somebody else began.
type Reason struct {
	Schedule string // in the form of Schedule.String
	Due      string // day and hour in the zone of the planner: 2026-11-23 22:00
	After    int64  // the run whose changes are looked at a second time
}

// ReasonOf reads the name of a run.
func ReasonOf(name string) Reason {
	if number, ok := strings.CutPrefix(name, secondLook); ok {
		if after, err := strconv.ParseInt(number, 10, 64); err == nil {
			return Reason{After: after}
		}
	}
	if at := strings.LastIndex(name, when); at > 0 {
		return Reason{Schedule: name[:at], Due: name[at+len(when):]}
	}
	return Reason{}
}

// handled is the setting with the time at which the last run ended whose second look
// was decided on. Runs do not end in the order of their numbers: one that goes on for
// a day is overtaken by those that somebody asks for meanwhile.
const handled = "second look decided for runs that ended until"

// second begins, once after each run, a second look at the bodies with a change
// that awaits it. It is not before history.Apart has passed, when a look counts
// as another one for all of them. It gives 0 where none began.
func (p Planner) second(ctx context.Context, now time.Time) (int64, error) {
	run, err := p.ripe(ctx, now)
	if err != nil || run.ID == 0 {
		return 0, err
	}
	pending, err := p.Chronicle.Pending(ctx)
	if err != nil {
		return 0, fmt.Errorf("the second look: %w", err)
	}
	bodies, err := p.idle(ctx, pending)
	if err != nil {
		return 0, err
	}
	began, err := p.start(ctx, secondLook+strconv.FormatInt(run.ID, 10), now, bodies, Second)
	if err != nil {
		return began, err
	}
	return began, p.Store.Set(ctx, handled, strconv.FormatInt(run.Ended.Unix(), 10))
}

// ripe gives the run that ended last of those that are over long enough, if its second
// look is not decided on; the zero one: there is none. The bodies that await a look are
// those of all runs before it, too.
func (p Planner) ripe(ctx context.Context, now time.Time) (store.Run, error) {
	runs, err := p.Store.Runs(ctx, newestRuns)
	if err != nil {
		return store.Run{}, err
	}
	text, err := p.Store.Setting(ctx, handled)
	if err != nil {
		return store.Run{}, err
	}
	decided, _ := strconv.ParseInt(text, 10, 64) // none yet: 0
	var last store.Run
	for _, run := range runs {
		over := !run.Ended.IsZero() && now.Sub(run.Ended) >= history.Apart
		if over && run.Ended.Unix() > max(decided, last.Ended.Unix()) && !strings.HasPrefix(run.Name, secondLook) {
			last = run
		}
	}
	return last, nil
}

// idle leaves out the bodies that are about to be looked at anyway.
func (p Planner) idle(ctx context.Context, bodies []int64) ([]int64, error) {
	open, err := p.Store.OpenRuns(ctx)
	if err != nil {
		return nil, err
	}
	busy := map[int64]bool{}
	for _, run := range open {
		turns, err := p.Store.Turns(ctx, run.ID, store.Waiting)
		if err != nil {
			return nil, err
		}
		for _, t := range turns {
			busy[t.Body] = true
		}
	}
	var rest []int64
	for _, body := range bodies {
		if !busy[body] {
			rest = append(rest, body)
		}
	}
	return rest, nil
}
