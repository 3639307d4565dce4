package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"campanile/collectors/evidence"
)

// Body is a municipality, or another public body, as the inventory has it.
type Body struct {
	ID              int64 `json:"-"` // given by the store
	evidence.Target       // its code is the one of the national register

	Register     string   `json:"register,omitempty"`     // that it was read from
	Place        string   `json:"place,omitempty"`        // the statistical code of the municipality (ISTAT, INSEE)
	Cadastral    string   `json:"cadastral,omitempty"`    // the Italian cadastral code
	Municipality bool     `json:"municipality,omitempty"` // and no union or consortium that has its seat there
	FormerCodes  []string `json:"former_codes,omitempty"`
	Category     string   `json:"category,omitempty"`
	Region       string   `json:"region,omitempty"`
	Province     string   `json:"province,omitempty"`
	Department   string   `json:"department,omitempty"`
	Union        string   `json:"union,omitempty"` // of municipalities
	Population   int      `json:"population,omitempty"`
	Successor    int64    `json:"-"` // the body that it was merged into; 0: it stands
}

// identity says which body two imports mean: the one with the code in the
// register of its country, or where it has none the one with the domain, or where
// none is known the one of the place.
func (b Body) identity() string {
	switch {
	case b.Code != "":
		return b.Country + ":" + strings.ToLower(b.Code)
	case b.Domain != "":
		return "domain:" + b.Domain
	}
	return b.placed()
}

func (b Body) placed() string { return "place:" + b.Country + ":" + cmp.Or(b.Place, "-") }

// bodyRow is a Body in its table.
type bodyRow struct {
	bun.BaseModel `bun:"table:bodies,alias:b"`

	ID          int64 `bun:",pk"`
	Identity    string
	Country     string
	Code        string
	Name        string
	Domain      string
	Search      string // what a search looks into; not every engine knows the small form of an È
	Category    string
	Region      string
	Province    string
	Department  string
	Association string
	Population  int64
	Successor   int64
	Document    string `bun:",scanonly"` // kept apart, so that lists are read quickly
	Latest      int64
	Changes     int64
}

// documentRow is all that is known of a body.
type documentRow struct {
	bun.BaseModel `bun:"table:documents"`

	Body     int64 `bun:",pk"`
	Document string
}

func rowOf(b Body) (bodyRow, error) {
	document, err := json.Marshal(b)
	if err != nil {
		return bodyRow{}, fmt.Errorf("keeping %s: %w", b.Domain, err)
	}
	return bodyRow{
		ID: b.ID, Identity: clean(b.identity()), Country: clean(b.Country), Code: clean(b.Code), Name: clean(b.Name), Domain: clean(b.Domain),
		Search: clean(strings.ToLower(b.Name + " " + b.Domain)), Category: clean(b.Category), Region: clean(b.Region), Province: clean(b.Province), Department: clean(b.Department), Association: clean(b.Union),
		Population: int64(b.Population), Successor: b.Successor, Document: clean(string(document)),
	}, nil
}

func (r bodyRow) body() (Body, error) {
	var b Body
	if err := json.Unmarshal([]byte(r.Document), &b); err != nil {
		return b, fmt.Errorf("body %d: %w (%w)", r.ID, ErrDamaged, err)
	}
	b.ID, b.Successor = r.ID, r.Successor
	return b, nil
}

// clean makes a text one that every engine can keep: PostgreSQL takes neither
// the character 0 nor what is no UTF-8.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// Put keeps bodies as an inventory has them now and gives their numbers, in the
// same order. A body that is there already keeps its number and its history,
// also under a new name or domain; one that was known by its domain alone gets
// its code.
func (s *Store) Put(ctx context.Context, bodies []Body) ([]int64, error) {
	numbers := make([]int64, len(bodies))
	err := s.alter(ctx, func(ctx context.Context, tx bun.Tx) error {
		for i, b := range bodies {
			if b.Domain == "" && b.Code == "" && b.Place == "" {
				return fmt.Errorf("body %d of %d (%s) has neither a domain nor a code; leave it out", i+1, len(bodies), b.Name)
			}
			number, err := put(ctx, tx, b)
			if err != nil {
				return fmt.Errorf("keeping %s: %w", cmp.Or(b.Domain, b.Code), err)
			}
			numbers[i] = number
		}
		return nil
	})
	return numbers, err
}

func put(ctx context.Context, tx bun.Tx, b Body) (int64, error) {
	known, err := find(ctx, tx, b)
	if err != nil {
		return 0, err
	}
	if b.Code == "" {
		b.Code = known.Code
	}
	row, err := rowOf(b)
	if err != nil {
		return 0, err
	}
	if row.ID = known.ID; known.ID == 0 {
		row.ID, err = insertBody(ctx, tx, row)
	} else {
		_, err = tx.NewUpdate().Model(&row).WherePK().ExcludeColumn("id", "latest", "successor", "changes").Exec(ctx)
	}
	if err != nil {
		return 0, err
	}
	document := documentRow{Body: row.ID, Document: row.Document}
	_, err = tx.NewInsert().Model(&document).On("CONFLICT (body) DO UPDATE").Set("document = EXCLUDED.document").Exec(ctx)
	return row.ID, err
}

// find gives the body that an import means, or the zero row: the one with its
// code, else one with its domain of which no code is known, or where the import
// knows none the standing one with its domain.
func find(ctx context.Context, tx bun.Tx, b Body) (bodyRow, error) {
	var rows []bodyRow
	query := tx.NewSelect().Model(&rows).Column("id", "code").Limit(1)
	if b.Code == "" && b.Domain != "" {
		query.Where("domain = ? OR identity = ?", clean(b.Domain), clean(b.placed())).Order("successor", "id")
	} else {
		identity := clean(b.identity())
		query.Where("identity IN (?, ?, ?)", identity, "domain:"+clean(cmp.Or(b.Domain, "-")), clean(b.placed())).
			OrderExpr("CASE WHEN identity = ? THEN 0 ELSE 1 END", identity)
	}
	if err := query.Scan(ctx); err != nil && !errors.Is(err, sql.ErrNoRows) || len(rows) == 0 {
		return bodyRow{}, err
	}
	return rows[0], nil
}

// insertBody takes its number within the step: lists are imported by one at a
// time, and thousands of numbers one by one would take their time.
func insertBody(ctx context.Context, tx bun.Tx, row bodyRow) (int64, error) {
	err := tx.NewRaw(`INSERT INTO counters (name, last) VALUES ('body', 1)
		ON CONFLICT (name) DO UPDATE SET last = counters.last + 1 RETURNING last`).Scan(ctx, &row.ID)
	if err != nil {
		return 0, err
	}
	_, err = tx.NewInsert().Model(&row).Exec(ctx)
	return row.ID, err
}

// Merge notes that a body was merged into another. Its own history stays.
func (s *Store) Merge(ctx context.Context, body, into int64) error {
	return s.alter(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := hold(ctx, tx, into); err != nil {
			return err
		}
		if err := hold(ctx, tx, body); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE bodies SET successor = ? WHERE id = ?", into, body)
		return err
	})
}

// Body gives what is known of a body.
func (s *Store) Body(ctx context.Context, id int64) (Body, error) {
	var row bodyRow
	err := whole(s.read.NewSelect().Model(&row)).Where("b.id = ?", id).Scan(ctx)
	if err != nil {
		return Body{}, missing(err, "body %d", id)
	}
	return row.body()
}

// ByDomain gives the body with a domain, the one that stands before those that
// were merged.
func (s *Store) ByDomain(ctx context.Context, domain string) (Body, error) {
	var row bodyRow
	err := whole(s.read.NewSelect().Model(&row)).Where("b.domain = ?", clean(domain)).Order("b.successor", "b.id").Limit(1).Scan(ctx)
	if err != nil {
		return Body{}, missing(err, "%s", domain)
	}
	return row.body()
}

// Bodies lists what is known of the bodies that a filter lets through, by name.
// Those without a domain can be listed and not looked at.
func (s *Store) Bodies(ctx context.Context, f Filter) ([]Body, error) {
	return s.bodies(ctx, f.narrow(s.read.NewSelect().Model((*bodyRow)(nil))).OrderExpr("b.name, b.id"))
}

// Merged lists the bodies that were merged into one.
func (s *Store) Merged(ctx context.Context, into int64) ([]Body, error) {
	return s.bodies(ctx, s.read.NewSelect().Model((*bodyRow)(nil)).Where("b.successor = ?", into).OrderExpr("b.name, b.id"))
}

// Overdue lists the standing bodies with a domain whose newest scan was taken
// before a time, or that have none, those that wait longest first.
func (s *Store) Overdue(ctx context.Context, before time.Time, limit int) ([]Body, error) {
	return s.bodies(ctx, s.read.NewSelect().Model((*bodyRow)(nil)).
		Where("b.successor = 0 AND b.domain <> '' AND b.taken < ?", seconds(before)).
		OrderExpr("b.taken, b.id").Limit(int64(limit)))
}

func (s *Store) bodies(ctx context.Context, query *bun.SelectQuery) ([]Body, error) {
	var rows []bodyRow
	if err := whole(query).Scan(ctx, &rows); err != nil {
		return nil, plainly(err)
	}
	list := make([]Body, len(rows))
	for i, row := range rows {
		var err error
		if list[i], err = row.body(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// whole adds what is kept apart from the rows of the bodies.
func whole(query *bun.SelectQuery) *bun.SelectQuery {
	return query.ColumnExpr("?TableColumns, d.document").Join("JOIN documents AS d ON d.body = b.id")
}

// missing says what was asked for where an engine says that there is no row.
func missing(err error, what string, values ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf(what+": %w", append(values, ErrUnknown)...)
	}
	return plainly(err)
}

// seconds is a time as the tables have it; moment is the inverse.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func moment(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
