package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"campanile/report/score"
	"campanile/rules"
)

// Town is one line of a list: a body and what its scan counted.
type Town struct {
	ID                           int64
	Name, Domain, Country        string
	Region, Province, Department string
	Union                        string
	Population                   int
	Scan                         int64 // 0: none so far
	Taken                        time.Time
	Rules                        string
	Summary                      score.Summary
}

// The columns of a Town, in the order in which they are read.
const (
	nameColumns = `b.id AS body_id, b.name AS body_name, b.domain AS body_domain, b.country, b.region, b.province, b.department, b.association, b.population`
	nowColumns  = `b.latest AS scan_id, b.taken, b.rules, b.grade, b.critical, b.high, b.medium, b.low, b.passed, b.inconclusive, b.not_applicable`
	thenColumns = `COALESCE(s.id, 0) AS scan_id, COALESCE(s.taken, 0) AS taken, COALESCE(s.rules, '') AS rules, COALESCE(s.grade, '') AS grade,
	COALESCE(s.critical, 0) AS critical, COALESCE(s.high, 0) AS high, COALESCE(s.medium, 0) AS medium, COALESCE(s.low, 0) AS low,
	COALESCE(s.passed, 0) AS passed, COALESCE(s.inconclusive, 0) AS inconclusive, COALESCE(s.not_applicable, 0) AS not_applicable`
)

// Order is how a list is sorted.
type Order string

// The orders.
const (
	ByName  Order = "name"
	ByGrade Order = "grade" // the worst first, those without a grade last
	ByAge   Order = "age"   // those that were looked at longest ago first
)

// columns are those of each order as they are called in the list; the number
// settles what is equal.
func (o Order) columns() string {
	switch o {
	case ByGrade:
		return "grade DESC, critical DESC, high DESC, medium DESC, b.name, b.id"
	case ByAge:
		return "taken, b.name, b.id"
	case ByName:
	}
	return "b.name, b.id"
}

// Page is the piece of a list that is shown.
type Page struct {
	Order  Order
	Offset int
	Limit  int // 0: all
}

// Towns lists the bodies that a filter lets through with their scan at a time:
// the newest that was taken then or before; zero: now. It also says how many
// there are on all pages.
func (s *Store) Towns(ctx context.Context, f Filter, at time.Time, p Page) ([]Town, int, error) {
	query := f.narrow(s.read.NewSelect().TableExpr("bodies AS b").ColumnExpr(nameColumns)).OrderExpr(p.Order.columns())
	if at.IsZero() {
		query.ColumnExpr(nowColumns)
	} else {
		query.ColumnExpr(thenColumns).Join("LEFT JOIN scans AS s ON s.id = (SELECT t.id FROM scans AS t WHERE t.body = b.id AND t.taken <= ? ORDER BY t.taken DESC, t.id DESC LIMIT 1)", at.Unix())
	}
	if p.Limit > 0 {
		query.Limit(int64(p.Limit)).Offset(int64(p.Offset))
	}
	list, err := townsOf(ctx, query)
	if err != nil {
		return nil, 0, plainly(err)
	}
	total, err := f.narrow(s.read.NewSelect().TableExpr("bodies AS b")).Count(ctx)
	return list, int(total), plainly(err)
}

// townsOf reads the lines column by column: a map shows all towns of a nation.
func townsOf(ctx context.Context, query *bun.SelectQuery) ([]Town, error) {
	rows, err := query.Rows(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // what was wrong with them is in rows.Err
	list := []Town{}
	for rows.Next() {
		var t Town
		var taken int64
		var critical, high, medium, low int
		if err := rows.Scan(&t.ID, &t.Name, &t.Domain, &t.Country, &t.Region, &t.Province, &t.Department, &t.Union, &t.Population,
			&t.Scan, &taken, &t.Rules, &t.Summary.Grade, &critical, &high, &medium, &low, &t.Summary.Pass, &t.Summary.Inconclusive, &t.Summary.NotApplicable); err != nil {
			return nil, err
		}
		t.Taken = moment(taken)
		t.Summary.Fail = map[rules.Severity]int{rules.Critical: critical, rules.High: high, rules.Medium: medium, rules.Low: low}
		list = append(list, t)
	}
	return list, rows.Err()
}
