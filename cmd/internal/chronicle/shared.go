package chronicle

import (
	"context"

	"campanile/cmd/internal/store"
	"campanile/report/territory"
	"campanile/rules"
)

// Shared gives the bodies that a filter lets through, and that were looked at, to
// package report/territory, which makes the letters of all suppliers from them.
func (c *Chronicle) Shared(ctx context.Context, f store.Filter, l rules.Language) (territory.Input, error) {
	towns, err := c.towns(ctx, f, "")
	return c.territory(towns, l), err
}
