package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	form "campanile/cmd/internal/answers"
	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/store"
)

func (p *program) territoryAssess() *cobra.Command {
	g, domain := newGround(), ""
	cmd := &cobra.Command{
		Use:   "assess FILE...",
		Short: "Keep filled forms of the Digital Maturity Assessment",
		Long: `Keeps filled forms ("campanile dma template") of municipalities of the territory: the
dashboard shows their scores by stage, and the documents get the annex. A form says in
itself whose it is, or --domain does. One of the same stage and day takes the place of
the one before.`,
		Example: `  campanile territory assess answers/*.xlsx
  campanile territory assess t1.yaml --domain comune.borgo.example`,
		Args: func(_ *cobra.Command, files []string) error {
			if len(files) == 0 {
				return exit.Usagef("no form to keep; give files that \"campanile dma template\" has begun")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, files []string) error {
			if domain != "" && len(files) > 1 {
				return exit.Usagef("--domain says whose one form is; give one file, or forms that name their municipality")
			}
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				return p.assess(ctx, c, domain, files)
			})
		},
	}
	g.kept(cmd.Flags())
	cmd.Flags().StringVar(&domain, "domain", "", "`DOMAIN` of the municipality whose form it is")
	g.configured(cmd)
	return cmd
}

// assess reads every form before any is kept.
func (p *program) assess(ctx context.Context, c *chronicle.Chronicle, domain string, files []string) error {
	var keep []func() error
	for _, path := range files {
		a, err := form.Read(path, c.Questions)
		if err != nil {
			return err
		}
		whose := a.Domain
		if domain != "" {
			if whose, err = inventory.Domain(domain); err != nil {
				return exit.Usagef("%w", err)
			}
		}
		if whose == "" {
			return exit.Usagef("%s names no municipality; say whose it is with --domain", path)
		}
		body, err := c.Store.ByDomain(ctx, whose)
		if errors.Is(err, store.ErrUnknown) {
			return exit.Usagef("%s is about %s, which is no municipality of this territory; nothing was kept", path, whose)
		}
		if err != nil {
			return err
		}
		keep = append(keep, func() error { return c.Store.Assess(ctx, body.ID, *a) })
	}
	for i, one := range keep {
		if err := one(); err != nil {
			return fmt.Errorf("keeping %s: %w", files[i], err)
		}
	}
	_, err := fmt.Fprintf(p.stdout, "%d forms kept\n", len(keep))
	return written(err)
}
