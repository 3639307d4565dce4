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

	mu     sync.Mutex
	run    int64
	during scan.Scanner // of the run
}

// looker prepares what every look needs. Nothing is sent yet.
func (p *program) looker(s *settings, c *chronicle.Chronicle) (*looking, error) {
	if s.profile == string(evidence.Full) {
		return nil, exit.Usagef("a territory is looked at with --profile passive or standard; for services, scan one municipality with its mandate")
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
	b, err := l.round(run).Look(ctx, body.Target)
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

// watched ends the context when the stop file appears.
func (l *looking) watched(ctx context.Context) (context.Context, func(), error) {
	return mandate.Guard{StopFile: l.stopFile, OptOut: l.optOut}.Watch(ctx)
}

// troubles is a log of what goes wrong while nobody watches: what goes well is told
// by the pages and by "campanile territory status".
func (p *program) troubles() *slog.Logger {
	return slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

var _ network.Share = (*store.Share)(nil)
