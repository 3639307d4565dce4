package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/queue"
)

func (p *program) territoryScan() *cobra.Command {
	g, s := newGround(), defaults()
	later := false
	cmd := &cobra.Command{
		Use:   "scan",
		Short: "Look at the municipalities of the territory now",
		Long: `Begins a run through the territory, or through those that --where chooses, and works
it until every municipality has its result. Other workers on the same store help. What
is finished is kept at once; after Ctrl-C, "campanile worker" goes on with the rest.

To one address go at most five connections a second on average and two at a time, from
all workers together; of one supplier, four municipalities are looked at at a time.`,
		Example: `  campanile territory scan
  campanile territory scan --where union="Unione Valle Alta" --concurrency 8
  campanile territory scan --queue        only put them in the queue, for workers`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s.patient(cmd.Flags())
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				return p.scanTerritory(ctx, c, g, s, later)
			})
		},
	}
	f := cmd.Flags()
	g.kept(f)
	g.chosen(f)
	f.BoolVar(&later, "queue", false, "only put the municipalities in the queue; workers look at them")
	s.looking(f)
	g.configured(cmd)
	return cmd
}

func (p *program) scanTerritory(ctx context.Context, c *chronicle.Chronicle, g *ground, s *settings, later bool) error {
	list, err := g.bodies(ctx, c)
	if err != nil {
		return err
	}
	var numbers []int64
	for i := range list {
		if list[i].Domain != "" {
			numbers = append(numbers, list[i].ID)
		}
	}
	if left := len(list) - len(numbers); left > 0 {
		p.say("%d municipalities have no domain and are left out; \"campanile territory import\" can bring one", left)
	}
	if len(numbers) == 0 {
		return exit.Usagef("none of these municipalities has a domain; nothing was sent")
	}
	looking, err := p.looker(s, c)
	if err != nil {
		return err
	}
	defer shut(looking.share)
	q, err := queue.Open(ctx, g.store, c.Store)
	if err != nil {
		return exit.Usagef("%w", err)
	}
	defer leave(ctx, q)
	run, err := c.Store.Begin(ctx, "by hand", p.now(), numbers)
	if err != nil {
		return err
	}
	if _, err := q.Enqueue(ctx, run, numbers, queue.Urgent); err != nil {
		return err
	}
	if later {
		_, err := fmt.Fprintf(p.stdout, "run %d waits with %d of the municipalities; \"campanile worker\" or \"campanile serve\" looks at them\n", run, len(numbers))
		return written(err)
	}
	return p.workRun(ctx, c, q, looking, s, run, len(numbers))
}

// workRun works the queue until the run has all its results.
func (p *program) workRun(ctx context.Context, c *chronicle.Chronicle, q *queue.Queue, l *looking, s *settings, run int64, total int) error {
	if _, err := c.Rejudge(ctx); err != nil {
		return err
	}
	watched, unwatch, err := l.watched(ctx)
	if err != nil {
		return err
	}
	defer unwatch()
	working, over := context.WithCancelCause(watched)
	defer over(nil)
	progress := p.progress(total)
	ended := make(chan error, 1)
	go func() { ended <- p.follow(working, c, run, progress, over) }()
	err = q.Work(working, l.worker(s))
	over(nil)
	err = errors.Join(err, <-ended)
	progress.end()
	counts, countErr := c.Store.Progress(context.WithoutCancel(ctx), run)
	if err = errors.Join(err, countErr); err != nil {
		return err
	}
	switch {
	case forbidden(ctx, watched) != nil:
		return forbidden(ctx, watched)
	case ctx.Err() != nil:
		p.say("stopped; %d of %d finished and kept, \"campanile worker\" goes on with the others", counts.Done, total)
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("")}
	}
	if err := c.Store.End(ctx, run, p.now()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "run %d: %d municipalities looked at, %d given up\n", run, counts.Done, counts.Failed)
	return written(err)
}

// lookAgain is how often a run is asked how far it is.
const lookAgain = 500 * time.Millisecond

// follow shows how far a run is, and ends the work when it is over.
func (p *program) follow(ctx context.Context, c *chronicle.Chronicle, run int64, g *progress, over context.CancelCauseFunc) error {
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	for {
		counts, err := c.Store.Progress(ctx, run)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			over(err)
			return err
		}
		g.reached(counts.Done + counts.Failed)
		if counts.Waiting == 0 {
			over(nil)
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// leave ends the use of a queue, also where the work was interrupted.
func leave(ctx context.Context, q *queue.Queue) { _ = q.Close(context.WithoutCancel(ctx)) }
