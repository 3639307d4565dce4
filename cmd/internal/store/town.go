package store

import (
	"context"
	"time"

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

// townRow is a Town as a query gives it.
type townRow struct {
	BodyID                              int64
	BodyName, BodyDomain                string
	Country, Region, Province           string
	Department, Association             string
	Population                          int
	ScanID, Taken                       int64
	Rules, Grade                        string
	Critical, High, Medium, Low         int
	Passed, Inconclusive, NotApplicable int
}

const (
	nameColumns = `b.id AS body_id, b.name AS body_name, b.domain AS body_domain, b.country, b.region, b.province, b.department, b.association, b.population`
	nowColumns  = `b.latest AS scan_id, b.taken, b.rules, b.grade, b.critical, b.high, b.medium, b.low, b.passed, b.inconclusive, b.not_applicable`
	thenColumns = `COALESCE(s.id, 0) AS scan_id, COALESCE(s.taken, 0) AS taken, COALESCE(s.rules, '') AS rules, COALESCE(s.grade, '') AS grade,
	COALESCE(s.critical, 0) AS critical, COALESCE(s.high, 0) AS high, COALESCE(s.medium, 0) AS medium, COALESCE(s.low, 0) AS low,
	COALESCE(s.passed, 0) AS passed, COALESCE(s.inconclusive, 0) AS inconclusive, COALESCE(s.not_applicable, 0) AS not_applicable`
)

func (r townRow) town() Town {
	return Town{
		ID: r.BodyID, Name: r.BodyName, Domain: r.BodyDomain, Country: r.Country, Region: r.Region, Province: r.Province,
		Department: r.Department, Union: r.Association, Population: r.Population, Scan: r.ScanID, Taken: moment(r.Taken), Rules: r.Rules,
		Summary: score.Summary{
			Grade: r.Grade, Pass: r.Passed, Inconclusive: r.Inconclusive, NotApplicable: r.NotApplicable,
			Fail: map[rules.Severity]int{rules.Critical: r.Critical, rules.High: r.High, rules.Medium: r.Medium, rules.Low: r.Low},
		},
	}
}

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
	var rows []townRow
	if err := query.Scan(ctx, &rows); err != nil {
		return nil, 0, plainly(err)
	}
	total, err := f.narrow(s.read.NewSelect().TableExpr("bodies AS b")).Count(ctx)
	list := make([]Town, len(rows))
	for i, r := range rows {
		list[i] = r.town()
	}
	return list, int(total), plainly(err)
}
