package chronicle

import (
	"context"
	"fmt"
	"slices"

	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/store"
)

// Arrived is what an import changed.
type Arrived struct {
	New, Known int              // bodies that were not there, and that were
	Merged     int              // into others, whose history they stay part of
	Gone       []inventory.Body // that the list no longer has; they stay
	Notes      []inventory.Note
}

// Import keeps the bodies of a list and carries over what was known of them: a
// domain that was changed, a municipality that was merged into another. filter is
// the one that the list was read with: what it leaves out is not missed.
func (c *Chronicle) Import(ctx context.Context, list []inventory.Body, filter inventory.Filter) (Arrived, error) {
	kept, err := c.Store.Bodies(ctx, store.Filter{})
	if err != nil {
		return Arrived{}, err
	}
	numbers := map[string]int64{}
	var before []inventory.Body
	for i := range kept {
		before = append(before, fromStore(&kept[i]))
		numbers[key(before[i])] = kept[i].ID
	}
	succession := inventory.Succeed(before, list)
	bodies := make([]store.Body, len(succession.Bodies))
	for i := range succession.Bodies {
		bodies[i] = toStore(&succession.Bodies[i])
	}
	ids, err := c.Store.Put(ctx, bodies)
	if err != nil {
		return Arrived{}, fmt.Errorf("keeping the list: %w", err)
	}
	arrived := Arrived{Notes: succession.Notes}
	for i := range succession.Bodies {
		numbers[key(succession.Bodies[i])] = ids[i]
	}
	there := map[int64]bool{}
	for i := range kept {
		there[kept[i].ID] = true
	}
	for _, id := range ids {
		if there[id] {
			arrived.Known++
		} else {
			arrived.New++
		}
	}
	for _, m := range succession.Mergers {
		from, into := numbers[key(m.From)], numbers[key(m.Into)]
		if from == 0 || into == 0 || from == into {
			continue
		}
		if err := c.Store.Merge(ctx, from, into); err != nil {
			return Arrived{}, fmt.Errorf("merging %s into %s: %w", m.From.Name, m.Into.Name, err)
		}
		arrived.Merged++
	}
	arrived.Gone, err = missed(succession.Gone, list, filter)
	return arrived, err
}

// missed keeps of what is gone those that the list would have if they still were:
// of its own register, and wanted by its filter.
func missed(gone, list []inventory.Body, filter inventory.Filter) ([]inventory.Body, error) {
	gone, err := filter.Among(gone)
	return slices.DeleteFunc(gone, func(b inventory.Body) bool {
		return len(list) == 0 || b.Register != list[0].Register
	}), err
}

// Bodies lists the standing bodies that a filter of the inventory wants, by name.
func (c *Chronicle) Bodies(ctx context.Context, filter inventory.Filter) ([]store.Body, error) {
	kept, err := c.Store.Bodies(ctx, store.Filter{})
	if err != nil {
		return nil, err
	}
	byKey, list := map[string]store.Body{}, []inventory.Body{}
	for i := range kept {
		b := fromStore(&kept[i])
		list = append(list, b)
		byKey[key(b)] = kept[i]
	}
	list, err = filter.Among(list)
	wanted := make([]store.Body, len(list))
	for i := range list {
		wanted[i] = byKey[key(list[i])]
	}
	return wanted, err
}

// key names a body: by its code, or where none is known by its domain.
func key(b inventory.Body) string { return b.Country + " " + b.Code + " " + b.Domain }

func toStore(b *inventory.Body) store.Body {
	return store.Body{
		Target: b.Target, Register: string(b.Register), Place: b.Place, Cadastral: b.Cadastral, Municipality: b.Municipality,
		FormerCodes: b.FormerCodes, Category: b.Category, Region: b.Region, Province: b.Province, Department: b.Department,
		Union: b.Union, Population: b.Population,
	}
}

func fromStore(b *store.Body) inventory.Body {
	return inventory.Body{
		Target: b.Target, Register: inventory.Register(b.Register), Place: b.Place, Cadastral: b.Cadastral, Municipality: b.Municipality,
		FormerCodes: b.FormerCodes, Category: b.Category, Region: b.Region, Province: b.Province, Department: b.Department,
		Union: b.Union, Population: b.Population,
	}
}
