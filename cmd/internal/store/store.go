// Package store keeps a territory: its bodies, scans, evidence, verdicts,
// checklists, assessments and mandates, in one SQLite file or in PostgreSQL.
// Lists are answered from columns and indexes; evidence is unpacked for one
// scan at a time. It judges nothing, reads no clock and reaches no network but
// that of its database.
package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// What callers tell apart.
var (
	// ErrUnknown means that nothing is kept under that number or name.
	ErrUnknown = errors.New("not in the store")
	// ErrDone means that the run has its one result for the body already.
	ErrDone = errors.New("the run already has a result for it")
	// ErrFull means that nothing could be written because no room is left.
	ErrFull = errors.New("no room is left for the store; make some and go on: what was kept before is safe")
	// ErrForeign means that the file is something else.
	ErrForeign = errors.New("the file is no territory; name another, or one that does not exist yet")
	// ErrDamaged means that what comes out is not what was kept.
	ErrDamaged = errors.New("the store is damaged; restore a backup")
)

// Store is an open store. It may be used by several goroutines, and by several
// processes at the same time.
type Store struct {
	engine engine
	write  *bun.DB
	read   *bun.DB // SQLite reads beside its one writer; elsewhere the same as write

	address string // for those who need connections of their own
}

// Open opens the store at an address, makes it where there is none, and brings
// it up to date. The address is postgres://… or the path of a SQLite file.
func Open(ctx context.Context, address string) (*Store, error) {
	e := engineOf(address)
	s, err := e.open(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("opening the store: %w", plainly(err))
	}
	s.address = address
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store: %w", plainly(err)), s.Close())
	}
	return s, nil
}

// Close ends the use of the store.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(s.read.Close(), err)
	}
	return err
}

// change runs a step that is kept as a whole or not at all.
func (s *Store) change(ctx context.Context, step func(ctx context.Context, tx bun.Tx) error) error {
	return plainly(s.write.RunInTx(ctx, nil, step))
}

// alter is a change of what is known of the bodies. It is counted last, so that
// nobody waits for the counter longer than it takes to be written. Of two that wait
// for one another, as both keep what looks the same, PostgreSQL ends one: it begins
// again.
func (s *Store) alter(ctx context.Context, step func(ctx context.Context, tx bun.Tx) error) error {
	var err error
	for range tries {
		err = s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
			if err := step(ctx, tx); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO counters (name, last) VALUES ('version', 1)
				ON CONFLICT (name) DO UPDATE SET last = counters.last + 1`)
			return err
		})
		if !deadlocked(err) {
			break
		}
	}
	return err
}

// tries bounds how often a step is begun again.
const tries = 5

// next gives a number that no other row of its kind has. It is taken apart from
// what it is for, so that workers do not wait for one another; a number that is
// then not used is no loss.
func (s *Store) next(ctx context.Context, kind string) (int64, error) {
	var last int64
	err := s.write.NewRaw(`INSERT INTO counters (name, last) VALUES (?, 1)
		ON CONFLICT (name) DO UPDATE SET last = counters.last + 1 RETURNING last`, kind).Scan(ctx, &last)
	return last, plainly(err)
}

// hold makes others that write for the same body wait until the step ends.
func hold(ctx context.Context, tx bun.Tx, body int64) error {
	result, err := tx.ExecContext(ctx, "UPDATE bodies SET changes = changes + 1 WHERE id = ?", body)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fmt.Errorf("body %d: %w", body, ErrUnknown), err)
	}
	return nil
}
