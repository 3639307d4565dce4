package store

import (
	"reflect"
	"strings"

	"github.com/uptrace/bun"
)

// Filter says which standing bodies a page is about. Empty fields ask nothing.
type Filter struct {
	Bodies                               []int64 // none but these: what a municipality may see
	Country, Region, Province            string
	Department, Union, Category          string
	MinPopulation, MaxPopulation         int
	Name                                 string // part of the name or the domain
	Grade                                string // of the newest scan
	Rule                                 string // fails it now
	SupplierRole, Supplier, SupplierName string // served by it; the name is for any role
}

// within keeps the rows whose body is one of those that the filter lets
// through. A filter that asks nothing leaves out those that were merged: they
// are few, and the others need not be looked up one by one.
func (s *Store) within(q *bun.SelectQuery, f Filter) *bun.SelectQuery {
	if reflect.ValueOf(f).IsZero() {
		return q.Where("body NOT IN (SELECT id FROM bodies WHERE successor <> 0)")
	}
	return q.Where("body IN (?)", f.narrow(s.read.NewSelect().TableExpr("bodies AS b").Column("b.id")))
}

// escapeLike makes a text one that LIKE takes as it stands.
func escapeLike(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(clean(text))
}

// narrow adds the conditions to a query in which the bodies are called b.
func (f Filter) narrow(q *bun.SelectQuery) *bun.SelectQuery {
	q.Where("b.successor = 0")
	if f.Bodies != nil {
		q.Where("b.id IN (?)", bun.List(f.Bodies))
	}
	for _, c := range []struct{ column, value string }{
		{"b.country", f.Country},
		{"b.region", f.Region},
		{"b.province", f.Province},
		{"b.department", f.Department},
		{"b.association", f.Union},
		{"b.category", f.Category},
	} {
		if c.value != "" {
			q.Where("? = ?", bun.Safe(c.column), clean(c.value))
		}
	}
	if f.MinPopulation > 0 {
		q.Where("b.population >= ?", f.MinPopulation)
	}
	if f.MaxPopulation > 0 {
		q.Where("b.population <= ?", f.MaxPopulation)
	}
	if f.Name != "" {
		q.Where("b.search LIKE ? ESCAPE '!'", "%"+escapeLike(strings.ToLower(f.Name))+"%")
	}
	return f.narrowFound(q)
}

// narrowFound adds the conditions on what the newest scan found.
func (f Filter) narrowFound(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Grade != "" {
		q.Where("b.grade = ?", clean(f.Grade))
	}
	if f.Rule != "" {
		q.Where("b.id IN (SELECT body FROM spans WHERE rule = ? AND outcome = 'fail' AND closed = 0)", clean(f.Rule))
	}
	if f.Supplier != "" {
		q.Where("b.id IN (SELECT body FROM supplied WHERE role = ? AND supplier = ?)", clean(f.SupplierRole), clean(f.Supplier))
	}
	if f.SupplierName != "" {
		q.Where("b.id IN (SELECT body FROM supplied WHERE name = ?)", clean(f.SupplierName))
	}
	return q
}
