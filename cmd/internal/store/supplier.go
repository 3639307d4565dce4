package store

import (
	"context"

	"github.com/uptrace/bun"

	"campanile/collectors/evidence"
)

// PlatformRole stands before the use of a platform where its product is listed
// among the suppliers: "platform-site".
const PlatformRole = "platform-"

// Supplied is a supplier of a body, as its newest scan recognised it.
type Supplied struct {
	Body    int64
	Role    string // of evidence.Supplier, or PlatformRole and the use of the platform
	ID      string // of rules/suppliers or rules/platforms
	Name    string
	Because string // what it was recognised by
}

type suppliedRow struct {
	bun.BaseModel `bun:"table:supplied"`

	Body     int64  `bun:",pk"`
	Role     string `bun:",pk"`
	Supplier string `bun:",pk"`
	Name     string
	Because  string
}

func suppliedBy(body int64, b *evidence.Bundle) []suppliedRow {
	rows := make([]suppliedRow, 0, len(b.Suppliers)+len(b.Platforms))
	for _, s := range b.Suppliers {
		rows = append(rows, suppliedRow{Body: body, Role: clean(s.Role), Supplier: clean(s.ID), Name: clean(s.Name), Because: clean(s.Evidence)})
	}
	for _, p := range b.Platforms {
		rows = append(rows, suppliedRow{Body: body, Role: PlatformRole + clean(p.Use), Supplier: clean(p.ID), Name: clean(p.Name), Because: clean(p.Evidence)})
	}
	return rows
}

// SupplierCount says how many bodies a supplier serves in a role.
type SupplierCount struct {
	Role   string
	ID     string
	Name   string
	Bodies int
}

// Suppliers lists the suppliers of the bodies that a filter lets through, those
// with most bodies first.
func (s *Store) Suppliers(ctx context.Context, f Filter) ([]SupplierCount, error) {
	var rows []struct {
		Role, Supplier, Name string
		Bodies               int
	}
	query := s.read.NewSelect().TableExpr("supplied AS p").
		ColumnExpr("p.role, p.supplier, MIN(p.name) AS name, COUNT(*) AS bodies").
		GroupExpr("p.role, p.supplier").OrderExpr("bodies DESC, p.role, p.supplier")
	if err := s.within(query, f).Scan(ctx, &rows); err != nil {
		return nil, plainly(err)
	}
	list := make([]SupplierCount, len(rows))
	for i, r := range rows {
		list[i] = SupplierCount{r.Role, r.Supplier, r.Name, r.Bodies}
	}
	return list, nil
}

// SuppliersOf lists the suppliers of one body.
func (s *Store) SuppliersOf(ctx context.Context, body int64) ([]Supplied, error) {
	var rows []suppliedRow
	if err := s.read.NewSelect().Model(&rows).Where("body = ?", body).Order("role", "supplier").Scan(ctx); err != nil {
		return nil, plainly(err)
	}
	list := make([]Supplied, len(rows))
	for i, r := range rows {
		list[i] = Supplied{r.Body, r.Role, r.Supplier, r.Name, r.Because}
	}
	return list, nil
}
