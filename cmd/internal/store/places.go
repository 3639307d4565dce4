package store

import "context"

// Places are the names by which bodies can be filtered.
type Places struct{ Regions, Provinces, Departments, Unions []string }

// maxPlaces bounds how many of a kind are listed: Italy has 107 provinces, France
// 101 departments, and the unions of a nation are too many to choose from anyway.
const maxPlaces = 1500

// Places lists the places of the bodies that a filter lets through, by name.
func (s *Store) Places(ctx context.Context, f Filter) (Places, error) {
	var p Places
	for _, each := range []struct {
		column string
		into   *[]string
	}{{"region", &p.Regions}, {"province", &p.Provinces}, {"department", &p.Departments}, {"association", &p.Unions}} {
		query := f.narrow(s.read.NewSelect().TableExpr("bodies AS b").Distinct().ColumnExpr("b." + each.column)).
			Where("b." + each.column + " <> ''").OrderExpr("b." + each.column).Limit(maxPlaces)
		if err := query.Scan(ctx, each.into); err != nil {
			return Places{}, plainly(err)
		}
	}
	return p, nil
}
