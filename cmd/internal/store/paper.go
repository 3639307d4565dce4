package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"campanile/report/score/dma"
)

type assessmentRow struct {
	bun.BaseModel `bun:"table:assessments"`

	Body     int64  `bun:",pk"`
	Form     string `bun:",pk"`
	Stage    string `bun:",pk"`
	Day      int64  `bun:",pk"`
	Source   string
	Document string
}

// Assess keeps a filled form of a body. One of the same edition, stage and day
// takes the place of the one before.
func (s *Store) Assess(ctx context.Context, body int64, a dma.Assessment) error {
	document, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("keeping the assessment of body %d: %w", body, err)
	}
	row := assessmentRow{Body: body, Form: clean(a.Form), Stage: clean(a.Stage), Day: seconds(a.Date), Source: clean(a.Source), Document: clean(string(document))}
	return s.alter(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := hold(ctx, tx, body); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (body, form, stage, day) DO UPDATE").
			Set("source = EXCLUDED.source").Set("document = EXCLUDED.document").Exec(ctx)
		return err
	})
}

// Assessments lists the filled forms of a body, the oldest first.
func (s *Store) Assessments(ctx context.Context, body int64) ([]dma.Assessment, error) {
	var rows []assessmentRow
	if err := s.read.NewSelect().Model(&rows).Where("body = ?", body).Order("day", "form", "stage").Scan(ctx); err != nil {
		return nil, plainly(err)
	}
	list := make([]dma.Assessment, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal([]byte(row.Document), &list[i]); err != nil {
			return nil, fmt.Errorf("an assessment of body %d: %w (%w)", body, ErrDamaged, err)
		}
	}
	return list, nil
}

type mandateRow struct {
	bun.BaseModel `bun:"table:mandates"`

	Digest string `bun:",pk"`
	Body   int64
	Starts int64
	Ends   int64
	File   []byte
}

// Mandate is a permission as the file that was signed. What it covers is read
// from the file each time, by package mandate.
type Mandate struct {
	Digest      string // of the file
	From, Until time.Time
	File        []byte
}

// Authorise keeps the mandate of a body.
func (s *Store) Authorise(ctx context.Context, body int64, m Mandate) error {
	row := mandateRow{Digest: clean(m.Digest), Body: body, Starts: seconds(m.From), Ends: seconds(m.Until), File: m.File}
	return s.alter(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := hold(ctx, tx, body); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (digest) DO NOTHING").Exec(ctx)
		return err
	})
}

// Mandates lists the mandates of a body whose last day is not before a day,
// those that end last first. A zero day means all.
func (s *Store) Mandates(ctx context.Context, body int64, on time.Time) ([]Mandate, error) {
	var rows []mandateRow
	if err := s.read.NewSelect().Model(&rows).Where("body = ? AND ends >= ?", body, seconds(on)).Order("ends DESC", "digest").Scan(ctx); err != nil {
		return nil, plainly(err)
	}
	list := make([]Mandate, len(rows))
	for i, row := range rows {
		list[i] = Mandate{row.Digest, moment(row.Starts), moment(row.Ends), row.File}
	}
	return list, nil
}
