package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
)

func (p *program) territoryTake() *cobra.Command {
	g, s := newGround(), defaults()
	cmd := &cobra.Command{
		Use:   "take FILE...",
		Short: "Take over evidence that scans have kept in files",
		Long: `Reads evidence that "campanile scan" has kept (JSON Lines, .zst too) into the territory,
as if the scans had been made from there: each municipality with its history, judged
with the rules of this program. Evidence that is there already is not kept twice, and
a municipality that the territory does not know is added. Nothing is sent.`,
		Example: `  campanile territory take 2025-*.jsonl.zst`,
		Args: func(_ *cobra.Command, files []string) error {
			if len(files) == 0 {
				return exit.Usagef("no evidence to take; give files that \"campanile scan --evidence FILE\" has written")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, files []string) error { return p.take(cmd.Context(), g, s, files) },
	}
	g.kept(cmd.Flags())
	cmd.Flags().BoolVar(&s.skipInvalid, "skip-invalid", false, "leave out lines of evidence that cannot be read")
	g.configured(cmd)
	return cmd
}

func (p *program) take(ctx context.Context, g *ground, s *settings, files []string) error {
	bundles, err := p.kept(s, files)
	if err != nil {
		return err
	}
	if err := named(targetsOf(bundles)); err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	c, err := p.open(ctx, g, true)
	if err != nil {
		return err
	}
	defer shut(c.Store)
	slices.SortStableFunc(bundles, func(a, b *evidence.Bundle) int { return a.Taken.Compare(b.Taken) })
	byDomain := map[string][]*evidence.Bundle{}
	for _, b := range bundles {
		byDomain[b.Target.Domain] = append(byDomain[b.Target.Domain], b)
	}
	added := 0
	for _, domain := range slices.Sorted(maps.Keys(byDomain)) {
		list := byDomain[domain]
		body, err := c.Store.ByDomain(ctx, domain)
		if errors.Is(err, store.ErrUnknown) {
			body = store.Body{Target: list[len(list)-1].Target}
			var ids []int64
			if ids, err = c.Store.Put(ctx, []store.Body{body}); err == nil {
				body.ID = ids[0]
				added++
			}
		}
		if err != nil {
			return err
		}
		if err := c.RecordAll(ctx, body.ID, list); err != nil {
			return fmt.Errorf("taking %s: %w", domain, err)
		}
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d looks at %d municipalities taken over, %d of them new to the territory\n", printable(withoutPassword(g.store)), len(bundles), len(byDomain), added)
	return written(err)
}
