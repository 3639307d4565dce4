package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/queue"
)

// workerCommand works the queue of a territory.
func (p *program) workerCommand() *cobra.Command {
	g, s := newGround(), defaults()
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Work the queue of a territory, on as many machines as you like",
		Long: `Takes municipalities from the queue, looks at each and keeps what it found, until it is
told to stop (Ctrl-C, SIGTERM); then it finishes what it has begun. Any number of
workers share one PostgreSQL: each municipality gets exactly one result for a run, also
when a worker dies, and the pace at an address is that of all of them together.`,
		Example: `  campanile worker --store postgres://campanile@db.gal.example/valley
  campanile worker --store valley.db --concurrency 2`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s.patient(cmd.Flags())
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error { return p.work(ctx, c, g, s) })
		},
	}
	f := cmd.Flags()
	g.kept(f)
	s.looking(f)
	g.configured(cmd)
	return cmd
}

func (p *program) work(ctx context.Context, c *chronicle.Chronicle, g *ground, s *settings) error {
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
	watched, unwatch, err := looking.watched(ctx)
	if err != nil {
		return err
	}
	defer unwatch()
	if n, err := c.Rejudge(ctx); err != nil {
		return err
	} else if n > 0 {
		p.say("%d municipalities judged again with the rules of this program", n)
	}
	p.say("at work on %s as %q, %d municipalities at a time; Ctrl-C ends it in order", withoutPassword(g.store), workerName(), s.concurrency)
	w := looking.worker(s)
	w.Log = p.troubles()
	err = q.Work(watched, w)
	if why := forbidden(ctx, watched); why != nil {
		return why
	}
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		p.say("stopped; what was begun is finished or back in the queue")
		return nil
	}
	return err
}
