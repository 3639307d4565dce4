package store

import (
	"context"
	"time"

	"campanile/rules"
)

// Overview is the territory in figures. What could not be measured is counted
// apart and in no grade.
type Overview struct {
	Bodies, Scanned int
	Grades          map[string]int // bodies by grade; "" are those without one
	Oldest, Newest  time.Time      // of the newest scans
}

// Overview counts the bodies that a filter lets through by their newest scan.
func (s *Store) Overview(ctx context.Context, f Filter) (Overview, error) {
	var rows []struct {
		Grade           string
		Bodies, Scanned int
		Oldest, Newest  int64
	}
	query := f.narrow(s.read.NewSelect().TableExpr("bodies AS b").Join("LEFT JOIN scans AS s ON s.id = b.latest")).
		ColumnExpr("COALESCE(s.grade, '') AS grade, COUNT(*) AS bodies, COUNT(s.id) AS scanned, COALESCE(MIN(s.taken), 0) AS oldest, COALESCE(MAX(s.taken), 0) AS newest").
		GroupExpr("COALESCE(s.grade, '')")
	if err := query.Scan(ctx, &rows); err != nil {
		return Overview{}, plainly(err)
	}
	o := Overview{Grades: map[string]int{}}
	for _, r := range rows {
		o.Bodies, o.Scanned = o.Bodies+r.Bodies, o.Scanned+r.Scanned
		if r.Scanned > 0 {
			o.Grades[r.Grade] = r.Scanned
			o.Oldest, o.Newest = earlier(o.Oldest, moment(r.Oldest)), later(o.Newest, moment(r.Newest))
		}
	}
	return o, nil
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
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
	var rows []RuleCount
	query := s.read.NewSelect().TableExpr("spans AS f").
		ColumnExpr("f.rule, f.severity, COUNT(DISTINCT f.body) AS bodies, COUNT(*) AS subjects").
		Where("f.closed = 0 AND f.outcome = 'fail'").
		GroupExpr("f.rule, f.severity").OrderExpr("bodies DESC, f.rule, f.severity")
	s.within(query, "f.body", f)
	err := query.Scan(ctx, &rows)
	return rows, plainly(err)
}
