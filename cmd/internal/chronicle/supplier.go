package chronicle

import (
	"context"

	"campanile/cmd/internal/store"
	"campanile/report/territory"
	"campanile/rules"
)

// Shared gives the bodies that a filter lets through, and that were looked at, to
// package report/territory: "territory suppliers" writes the letters of all
// suppliers from it at once. (The lead's command uses it.)
func (c *Chronicle) Shared(ctx context.Context, f store.Filter, l rules.Language) (territory.Input, error) {
	return territory.Input{}, errLater
}

// Suppliers says who can put right what at the bodies that a filter lets through.
func (c *Chronicle) Suppliers(ctx context.Context, f store.Filter, l rules.Language) (territory.Overview, error) {
	return territory.Overview{}, errLater
}

// Supplier gives one supplier of the bodies that a filter lets through, for its page
// and its letter. The id is that of territory.Supplier.ID, or one of its IDs where no
// other company has it.
func (c *Chronicle) Supplier(ctx context.Context, f store.Filter, id string, l rules.Language) (*territory.Supplier, territory.Input, error) {
	return nil, territory.Input{}, errLater
}

// Workshop lays out what the bodies that a filter lets through have in common.
func (c *Chronicle) Workshop(ctx context.Context, f store.Filter, l rules.Language, anonymous bool) (territory.Handout, error) {
	return territory.Handout{}, errLater
}
