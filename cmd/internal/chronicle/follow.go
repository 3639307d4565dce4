package chronicle

import (
	"context"

	"campanile/report/checklist"
	"campanile/rules"
)

// follow notes in the checklist of a body what its newest scan says of each entry:
// mended, still there, back again. Where nobody has begun a list there is none to
// follow. No entry is ticked by it.
func (c *Chronicle) follow(ctx context.Context, body, scan int64) error {
	list, err := c.Store.Checklist(ctx, body)
	if err != nil || len(list.Entries) == 0 {
		return err
	}
	kept, err := c.Store.Body(ctx, body)
	if err != nil {
		return err
	}
	language := rules.English
	if l := rules.Language(kept.Country); l == rules.Italian || l == rules.French {
		language = l
	}
	documents, err := c.Documents(ctx, body, scan, language)
	if err != nil {
		return err
	}
	seen := documents[0].Scan()
	return c.Store.Tick(ctx, body, func(now *checklist.Checklist) (*checklist.Checklist, error) {
		after, _ := checklist.Update(now, seen)
		return after, nil
	})
}
