package store

import (
	"context"
	"time"
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
	query := f.narrow(s.read.NewSelect().TableExpr("bodies AS b")).
		ColumnExpr("b.grade, COUNT(*) AS bodies, COUNT(NULLIF(b.latest, 0)) AS scanned, COALESCE(MIN(NULLIF(b.taken, 0)), 0) AS oldest, MAX(b.taken) AS newest").
		GroupExpr("b.grade")
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
