package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/scan"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// looking is a worker's part of a territory: how it looks, and who asked to be
// left alone.
type looking struct {
	program   *program
	chronicle *chronicle.Chronicle
	scanner   scan.Scanner
	optOut    *mandate.OptOut
	stopFile  string
	share     *store.Share
	bound     func(context.Context) (context.Context, func()) // ends a look when somebody asked to stop

	mu     sync.Mutex
	run    int64
	during scan.Scanner // of the run
}

// looker prepares what every look needs. Nothing is sent yet.
func (p *program) looker(s *settings, c *chronicle.Chronicle) (*looking, error) {
	if s.profile == string(evidence.Full) {
		return nil, exit.Usagef("a territory is looked at with --profile passive or standard; for services, scan one municipality with its mandate")
	}
	if s.rate > defaults().rate && !s.allowReserved {
		return nil, exit.Usagef("--rate %d is more than the %d connections a second to an address that the pages of a territory promise", s.rate, defaults().rate)
	}
	if err := s.permitted(); err != nil {
		return nil, err
	}
	suppliers, err := knownSuppliers()
	if err != nil {
		return nil, err
	}
	l := &looking{program: p, chronicle: c, stopFile: s.stopFile}
	if s.optOut != "" {
		if l.optOut, err = mandate.ReadOptOut(s.optOut); err != nil {
			return nil, err
		}
	}
	if l.scanner, err = s.scanner(p.now, suppliers); err != nil {
		return nil, err
	}
	l.scanner.LeftAlone = l.optOut.Name
	l.share = c.Store.Share(workerName())
	l.scanner.Network.Permit.LeftAlone, l.scanner.Network.Share = l.optOut.Address, l.share
	return l, nil
}

// workerName tells workers apart, for people.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "somewhere"
	}
	return fmt.Sprintf("%s %d", host, os.Getpid())
}

// errLeftAlone is why a municipality that asked for it is not looked at.
var errLeftAlone = errors.New("it asked to be left alone (--opt-out)")

// look looks at one municipality for a run, and writes down what was found.
func (l *looking) look(ctx context.Context, body store.Body, run int64) error {
	if l.optOut.Name(body.Domain) {
		return fmt.Errorf("%w: %w", queue.ErrLeftOut, errLeftAlone)
	}
	looked, over := l.bound(ctx)
	defer over()
	b, err := l.round(run).Look(looked, body.Target)
	if looked.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", queue.ErrPutBack, context.Cause(looked))
	}
	if err != nil {
		return err
	}
	_, err = l.chronicle.Record(ctx, body.ID, run, b)
	return err
}

// round is the scanner of a run: its municipalities share what was learnt of the
// servers that they have in common.
func (l *looking) round(run int64) scan.Scanner {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.run != run || l.during.Network == nil {
		l.run, l.during = run, l.scanner.Round()
	}
	return l.during
}

// perSupplier is how many municipalities of one supplier are looked at at a time,
// by all workers together.
const perSupplier = 4

// grace is how long a worker that is told to stop may finish what it has begun.
const grace = 20 * time.Second

func (l *looking) worker(s *settings) queue.Worker {
	return queue.Worker{
		Look: l.look, AtOnce: s.concurrency, Timeout: s.timeout, Grace: grace, Share: l.share, PerSupplier: perSupplier,
		Name: workerName(), Now: l.program.now,
	}
}

// watched ends the context when the stop file appears or the list of those who asked
// to be left alone cannot be read any more. What is under way ends in the same moment:
// the time of grace is for a worker that is told to stop, not for one that may not go on.
func (l *looking) watched(ctx context.Context) (context.Context, func(), error) {
	watched, unwatch, err := mandate.Guard{StopFile: l.stopFile, OptOut: l.optOut}.Watch(ctx)
	if err != nil {
		return nil, nil, err
	}
	l.bound = func(look context.Context) (context.Context, func()) {
		look, end := context.WithCancelCause(look)
		unbind := context.AfterFunc(watched, func() {
			if why := forbidden(ctx, watched); why != nil {
				end(why)
			}
		})
		return look, func() {
			unbind()
			end(nil)
		}
	}
	return watched, unwatch, nil
}

// forbidden says why the watch has ended the work; nil where it goes on, or where
// whoever began it has ended it.
func forbidden(ctx, watched context.Context) error {
	if ctx.Err() == nil && watched.Err() != nil {
		return context.Cause(watched)
	}
	return nil
}

// troubles is a log of what goes wrong while nobody watches: what goes well is told
// by the pages and by "campanile territory status".
func (p *program) troubles() *slog.Logger {
	return slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

var _ network.Share = (*store.Share)(nil)
