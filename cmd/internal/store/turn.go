package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// BeginOnce is Begin for a run that there must be once under its name, also when
// several planners find at the same moment that it is due. It gives the number
// of the run, and whether this call began it.
func (s *Store) BeginOnce(ctx context.Context, name string, at time.Time, bodies []int64) (int64, bool, error) {
	var number int64
	var began bool
	err := s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		// The row of the counter is held to the end of the step: whoever comes second
		// waits here, and then finds the run.
		err := tx.NewRaw(`INSERT INTO counters (name, last) VALUES ('planned', 1)
			ON CONFLICT (name) DO UPDATE SET last = counters.last + 1 RETURNING last`).Scan(ctx, new(int64))
		if err != nil {
			return err
		}
		var known []int64
		if err := tx.NewSelect().Model((*runRow)(nil)).Column("id").Where("name = ?", clean(name)).Limit(1).Scan(ctx, &known); err != nil || len(known) > 0 {
			number = append(known, 0)[0]
			return err
		}
		err = tx.NewRaw(`INSERT INTO counters (name, last) VALUES ('run', 1)
			ON CONFLICT (name) DO UPDATE SET last = counters.last + 1 RETURNING last`).Scan(ctx, &number)
		if err != nil {
			return err
		}
		began = true
		return insertRun(ctx, tx, runRow{ID: number, Name: clean(name), Began: seconds(at)}, bodies)
	})
	return number, began, err
}

func insertRun(ctx context.Context, tx bun.Tx, run runRow, bodies []int64) error {
	if _, err := tx.NewInsert().Model(&run).Exec(ctx); err != nil || len(bodies) == 0 {
		return err
	}
	turns := make([]turnRow, len(bodies))
	for i, body := range bodies {
		turns[i] = turnRow{Run: run.ID, Body: body, State: Waiting, Changed: run.Began}
	}
	_, err := tx.NewInsert().Model(&turns).Exec(ctx)
	return err
}

// Named gives the run with a name, or ErrUnknown.
func (s *Store) Named(ctx context.Context, name string) (Run, error) {
	var row runRow
	err := s.read.NewSelect().Model(&row).Where("name = ?", clean(name)).Order("id DESC").Limit(1).Scan(ctx)
	if err != nil {
		return Run{}, missing(err, "run %q", name)
	}
	return row.run(), nil
}

// OpenRuns lists the runs that go on, the oldest first.
func (s *Store) OpenRuns(ctx context.Context) ([]Run, error) {
	var rows []runRow
	if err := s.read.NewSelect().Model(&rows).Where("ended = 0").Order("id").Scan(ctx); err != nil {
		return nil, plainly(err)
	}
	list := make([]Run, len(rows))
	for i, row := range rows {
		list[i] = row.run()
	}
	return list, nil
}

// Turn gives the place of one body within a run, or ErrUnknown.
func (s *Store) Turn(ctx context.Context, run, body int64) (Turn, error) {
	var r turnRow
	err := s.read.NewSelect().Model(&r).Where("run = ? AND body = ?", run, body).Scan(ctx)
	if err != nil {
		return Turn{}, missing(err, "body %d in run %d", body, run)
	}
	return Turn{Run: r.Run, Body: r.Body, State: r.State, Scan: r.Scan, Changed: moment(r.Changed), Note: r.Note}, nil
}

// Stop ends a run before its time: the bodies that still wait are given up, with
// a note that says why. A run that is over stays as it is.
func (s *Store) Stop(ctx context.Context, run int64, at time.Time, why string) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE runs SET ended = ? WHERE id = ? AND ended = 0", seconds(at), run)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE run_bodies SET state = ?, changed = ?, note = ? WHERE run = ? AND state = ?",
			Failed, seconds(at), clean(why), run, Waiting)
		return err
	})
}
