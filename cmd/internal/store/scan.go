package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"campanile/checks"
	"campanile/cmd/internal/store/parts"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// Verdict is a finding with the severity that the rules of its time gave it.
type Verdict struct {
	checks.Finding
	Severity rules.Severity `json:"severity"`
}

// Judgement is what one edition of the rules says of a scan.
type Judgement struct {
	Rules    string // their digest
	Verdicts []Verdict
	Summary  score.Summary
}

// Judged makes a Judgement of what score.Judge and score.Summarise gave.
func Judged(digest string, verdicts []score.Verdict, summary score.Summary) Judgement {
	j := Judgement{Rules: digest, Summary: summary, Verdicts: make([]Verdict, len(verdicts))}
	for i, v := range verdicts {
		j.Verdicts[i] = Verdict{v.Finding, v.Severity}
	}
	return j
}

// Scan is one look at one body, without its evidence.
type Scan struct {
	ID        int64
	Body      int64
	Run       int64 // 0: none
	Taken     time.Time
	Digest    string // of the evidence
	Tool      string // version that took it
	Profile   evidence.Profile
	Resolvers []string
	Sent      evidence.Sent // without the addresses
	Rules     string        // digest of those whose judgement counts
	Summary   score.Summary
}

// Save keeps a scan of a body with its judgement, whole or not at all, and
// gives its number. Evidence that is kept already keeps its number. A run of 0
// is none; a run that has a result for the body gives ErrDone, and nothing is
// kept.
func (s *Store) Save(ctx context.Context, body, run int64, b *evidence.Bundle, j Judgement) (int64, error) {
	row, split, err := rowOfScan(body, run, b, j)
	if err != nil {
		return 0, err
	}
	if row.ID, err = s.next(ctx, "scan"); err != nil {
		return 0, err
	}
	var number int64
	err = s.alter(ctx, func(ctx context.Context, tx bun.Tx) error {
		number, err = save(ctx, tx, row, split, b, j)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("keeping the scan of %s: %w", b.Target.Domain, err)
	}
	return number, nil
}

// rowOfScan is the row of a scan without its number, and the parts of its evidence.
func rowOfScan(body, run int64, b *evidence.Bundle, j Judgement) (*scanRow, []parts.Part, error) {
	line, err := evidence.Marshal(b)
	if err != nil {
		return nil, nil, err
	}
	if b.Taken.Unix() <= 0 {
		return nil, nil, fmt.Errorf("evidence of %s: taken in %d; set the clock", b.Target.Domain, b.Taken.Year())
	}
	row := scanOf(b, line)
	row.Body, row.Run = body, run
	row.weigh(j.Rules, j.Summary)
	split, times := parts.Split(line)
	row.Times = times
	return row, split, nil
}

func save(ctx context.Context, tx bun.Tx, row *scanRow, split []parts.Part, b *evidence.Bundle, j Judgement) (int64, error) {
	if err := hold(ctx, tx, row.Body); err != nil {
		return 0, err
	}
	newest, err := newestScan(ctx, tx, row.Body)
	if err != nil {
		return 0, err
	}
	kept, err := tx.NewInsert().Model(row).On("CONFLICT (body, digest) DO NOTHING").Exec(ctx)
	if err != nil {
		return 0, err
	}
	if n, err := kept.RowsAffected(); err != nil || n == 0 {
		return again(ctx, tx, row, err)
	}
	if err := keepParts(ctx, tx, row.ID, newest.ID, split); err != nil {
		return 0, err
	}
	if row.Taken >= newest.Taken {
		if err := lead(ctx, tx, row, b); err != nil {
			return 0, err
		}
	}
	if err := keepJudgement(ctx, tx, row.ID, newest, j); err != nil {
		return 0, err
	}
	if row.Taken > newest.Taken {
		err = goOn(ctx, tx, row, j.Verdicts)
	} else {
		err = rebuild(ctx, tx, row.Body)
	}
	if err != nil {
		return 0, err
	}
	return row.ID, finish(ctx, tx, row)
}

// again gives the number of evidence that is kept already: a worker that was
// stopped between keeping and telling does its work twice.
func again(ctx context.Context, tx bun.Tx, row *scanRow, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	var kept scanRow
	if err := tx.NewSelect().Model(&kept).Where("body = ? AND digest = ?", row.Body, row.Digest).Scan(ctx); err != nil {
		return 0, err
	}
	if kept.Run == row.Run {
		return kept.ID, nil
	}
	row.ID = kept.ID
	return kept.ID, finish(ctx, tx, row)
}

// lead makes a scan the newest of its body, and its suppliers those of today.
func lead(ctx context.Context, tx bun.Tx, row *scanRow, b *evidence.Bundle) error {
	if err := stand(ctx, tx, row); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM supplied WHERE body = ?", row.Body); err != nil {
		return err
	}
	rows := suppliedBy(row.Body, b)
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}
