package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"campanile/checks"
	"campanile/rules"
)

// stand writes into the row of a body what its newest scan counted: lists are made
// of these rows alone.
func stand(ctx context.Context, tx bun.Tx, r *scanRow) error {
	_, err := tx.ExecContext(ctx, `UPDATE bodies SET latest = ?, taken = ?, rules = ?, grade = ?, critical = ?, high = ?, medium = ?, low = ?,
		passed = ?, inconclusive = ?, not_applicable = ? WHERE id = ?`,
		r.ID, r.Taken, r.Rules, r.Grade, r.Critical, r.High, r.Medium, r.Low, r.Passed, r.Inconclusive, r.NotApplicable, r.Body)
	return err
}

// failingRow is what the newest scan of a body fails, in one row: to count it over a
// nation, hundreds of thousands of spans would have to be gone through.
type failingRow struct {
	bun.BaseModel `bun:"table:failing"`

	Body int64 `bun:",pk"`
	List string
}

// fails writes down what of the open spans of a body is a failure.
func fails(ctx context.Context, tx bun.Tx, body int64, open map[place]spanRow) error {
	count := map[[2]string]int{}
	for at, row := range open {
		if row.Outcome == string(checks.Fail) {
			count[[2]string{at.rule, row.Severity}]++
		}
	}
	lines := make([]string, 0, len(count))
	for of, n := range count {
		lines = append(lines, fmt.Sprintf("%s\t%s\t%d", of[0], of[1], n))
	}
	slices.Sort(lines)
	row := failingRow{Body: body, List: strings.Join(lines, "\n")}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (body) DO UPDATE").Set("list = EXCLUDED.list").Exec(ctx)
	return err
}

// RuleCount says how many bodies a rule finds something at now.
type RuleCount struct {
	Rule     string
	Severity rules.Severity
	Bodies   int
	Subjects int
}

// Failing lists the rules that the bodies of a filter fail now, those with most
// bodies first. A rule stands there once for each severity that it has.
func (s *Store) Failing(ctx context.Context, f Filter) ([]RuleCount, error) {
	count := map[string]*RuleCount{} // by the line without its number
	query := s.within(s.read.NewSelect().Model((*failingRow)(nil)).Column("body", "list"), f)
	err := each(ctx, query, func(body int64, list []byte) error {
		for len(list) > 0 {
			line, rest, _ := bytes.Cut(list, []byte{'\n'})
			if err := countLine(count, line); err != nil {
				return fmt.Errorf("what body %d fails: %w (%w)", body, ErrDamaged, err)
			}
			list = rest
		}
		return nil
	})
	rows := make([]RuleCount, 0, len(count))
	for _, row := range count {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b RuleCount) int {
		return cmp.Or(cmp.Compare(b.Bodies, a.Bodies), strings.Compare(a.Rule, b.Rule), strings.Compare(string(a.Severity), string(b.Severity)))
	})
	return rows, plainly(err)
}

func countLine(count map[string]*RuleCount, line []byte) error {
	end := max(bytes.LastIndexByte(line, '\t'), 0)
	row := count[string(line[:end])]
	if row == nil {
		rule, severity, _ := strings.Cut(string(line[:end]), "\t")
		row = &RuleCount{Rule: rule, Severity: rules.Severity(severity)}
		count[string(line[:end])] = row
	}
	n, err := strconv.Atoi(string(bytes.TrimPrefix(line[end:], []byte{'\t'})))
	row.Bodies, row.Subjects = row.Bodies+1, row.Subjects+n
	return err
}

// each goes through the rows of a query for a body and what is kept of it.
func each(ctx context.Context, query *bun.SelectQuery, do func(body int64, value []byte) error) error {
	rows, err := query.Rows(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // what was wrong with them is in rows.Err
	var body int64
	var value sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&body, &value); err != nil {
			return err
		}
		if err := do(body, value); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Trends goes through the packed trends of the bodies that a filter lets through, in
// no order. What is given is to be read at once, and not kept.
func (s *Store) Trends(ctx context.Context, f Filter, do func(body int64, trend []byte) error) error {
	query := s.within(s.read.NewSelect().Model((*trendRow)(nil)).Column("body", "packed"), f)
	return plainly(each(ctx, query, do))
}

// trendRow is how a body went over time, in the form that the chronicle packs it in.
type trendRow struct {
	bun.BaseModel `bun:"table:trends"`

	Body   int64 `bun:",pk"`
	Packed []byte
}
