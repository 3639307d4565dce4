package chronicle

import (
	"context"
	"fmt"
	"strings"

	"campanile/cmd/internal/store"
	"campanile/report/territory"
	"campanile/rules"
)

// Suppliers says who can put right what at the bodies that a filter lets through.
func (c *Chronicle) Suppliers(ctx context.Context, f store.Filter, l rules.Language) (territory.Overview, error) {
	return once(ctx, c, question{"suppliers", f, l, false}, func() (territory.Overview, error) {
		towns, err := c.towns(ctx, f, "")
		if err != nil {
			return territory.Overview{}, err
		}
		return territory.Suppliers(c.territory(towns, l)), nil
	})
}

// Supplier gives one supplier of the bodies that a filter lets through, for its page
// and its letter. The id is that of territory.Supplier.ID, or one of its IDs where no
// other company has it.
func (c *Chronicle) Supplier(ctx context.Context, f store.Filter, id string, l rules.Language) (*territory.Supplier, territory.Input, error) {
	in := c.territory(nil, l)
	towns, err := c.towns(ctx, f, strings.ToLower(id))
	if err != nil {
		return nil, in, err
	}
	if len(towns) == 0 {
		known, err := c.Store.CompaniesKnownAs(ctx, f, id)
		if err != nil {
			return nil, in, err
		}
		if len(known) != 1 {
			return nil, in, fmt.Errorf("supplier %q: %w", id, store.ErrUnknown)
		}
		id = known[0]
		if towns, err = c.towns(ctx, f, id); err != nil {
			return nil, in, err
		}
	}
	total, err := c.Store.Looked(ctx, f)
	if err != nil {
		return nil, in, err
	}
	in.Towns = towns
	supplier, ok := territory.One(in, id, total)
	if !ok || id == "" {
		return nil, in, fmt.Errorf("supplier %q: %w", id, store.ErrUnknown)
	}
	return supplier, in, nil
}

// Workshop lays out what the bodies that a filter lets through have in common.
func (c *Chronicle) Workshop(ctx context.Context, f store.Filter, l rules.Language, anonymous bool) (territory.Handout, error) {
	return once(ctx, c, question{"workshop", f, l, anonymous}, func() (territory.Handout, error) {
		themes, err := rules.EmbeddedThemes(c.Rules)
		if err != nil {
			return territory.Handout{}, err
		}
		towns, err := c.towns(ctx, f, "")
		if err != nil {
			return territory.Handout{}, err
		}
		return territory.Workshop(c.territory(towns, l), themes, anonymous), nil
	})
}
