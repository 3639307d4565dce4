package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// The states of a body within a run.
const (
	Waiting = "waiting"
	Done    = "done"
	Failed  = "failed" // given up, with a note that says why
)

// Run is one round through the territory.
type Run struct {
	ID    int64
	Name  string
	Began time.Time
	Ended time.Time // zero while it goes on
}

// Progress is how far a run is: bodies by state.
type Progress struct{ Waiting, Done, Failed int }

// Turn is the place of one body within a run.
type Turn struct {
	Run, Body int64
	State     string
	Scan      int64 // 0: none
	Changed   time.Time
	Note      string
}

type runRow struct {
	bun.BaseModel `bun:"table:runs"`

	ID    int64 `bun:",pk"`
	Name  string
	Began int64
	Ended int64
}

func (r runRow) run() Run {
	return Run{ID: r.ID, Name: r.Name, Began: moment(r.Began), Ended: moment(r.Ended)}
}

type turnRow struct {
	bun.BaseModel `bun:"table:run_bodies"`

	Run     int64 `bun:",pk"`
	Body    int64 `bun:",pk"`
	State   string
	Scan    int64
	Changed int64
	Note    string
}

// Begin plans a run through the bodies and gives its number.
func (s *Store) Begin(ctx context.Context, name string, at time.Time, bodies []int64) (int64, error) {
	number, err := s.next(ctx, "run")
	if err != nil {
		return 0, err
	}
	return number, s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		return insertRun(ctx, tx, runRow{ID: number, Name: clean(name), Began: seconds(at)}, bodies)
	})
}

// End notes when a run was over.
func (s *Store) End(ctx context.Context, run int64, at time.Time) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE runs SET ended = ? WHERE id = ?", seconds(at), run)
		return err
	})
}

// Fail notes that a body was given up in a run, and why. A result stays what it
// is.
func (s *Store) Fail(ctx context.Context, run, body int64, at time.Time, why string) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE run_bodies SET state = ?, changed = ?, note = ? WHERE run = ? AND body = ? AND state <> ?",
			Failed, seconds(at), clean(why), run, body, Done)
		return err
	})
}

// finish gives a run its one result for a body, also after it was given up.
func finish(ctx context.Context, tx bun.Tx, scan *scanRow) error {
	if scan.Run == 0 {
		return nil
	}
	result, err := tx.ExecContext(ctx, "UPDATE run_bodies SET state = ?, scan = ?, changed = ?, note = '' WHERE run = ? AND body = ? AND state <> ?",
		Done, scan.ID, scan.Taken, scan.Run, scan.Body, Done)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	turns, err := tx.NewSelect().Model((*turnRow)(nil)).Where("run = ? AND body = ?", scan.Run, scan.Body).Count(ctx)
	if err == nil && turns == 0 {
		return fmt.Errorf("body %d in run %d: %w", scan.Body, scan.Run, ErrUnknown)
	}
	return errors.Join(err, ErrDone)
}

// Progress counts the bodies of a run by state.
func (s *Store) Progress(ctx context.Context, run int64) (Progress, error) {
	var rows []struct {
		State string
		N     int
	}
	err := s.read.NewRaw("SELECT state, COUNT(*) AS n FROM run_bodies WHERE run = ? GROUP BY state", run).Scan(ctx, &rows)
	var p Progress
	for _, row := range rows {
		switch row.State {
		case Waiting:
			p.Waiting = row.N
		case Done:
			p.Done = row.N
		case Failed:
			p.Failed = row.N
		}
	}
	return p, plainly(err)
}

// Turns lists the bodies of a run in a state, in the order of their numbers.
func (s *Store) Turns(ctx context.Context, run int64, state string) ([]Turn, error) {
	var rows []turnRow
	if err := s.read.NewSelect().Model(&rows).Where("run = ? AND state = ?", run, state).Order("body").Scan(ctx); err != nil {
		return nil, plainly(err)
	}
	list := make([]Turn, len(rows))
	for i, r := range rows {
		list[i] = Turn{Run: r.Run, Body: r.Body, State: r.State, Scan: r.Scan, Changed: moment(r.Changed), Note: r.Note}
	}
	return list, nil
}

// Runs lists the newest runs first.
func (s *Store) Runs(ctx context.Context, limit int) ([]Run, error) {
	var rows []runRow
	if err := s.read.NewSelect().Model(&rows).Order("began DESC", "id DESC").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, plainly(err)
	}
	list := make([]Run, len(rows))
	for i, row := range rows {
		list[i] = row.run()
	}
	return list, nil
}
