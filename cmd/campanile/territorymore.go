package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/dashboard/geo"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/store"
)

func (p *program) territoryJudge() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:   "judge",
		Short: "Judge the kept evidence with the rules of this program; sends nothing",
		Long: `After an update of the program the newest evidence of every municipality is judged
with the new rules too, so that what our rules changed can be told from what a
municipality did. "campanile serve" and "campanile worker" do it by themselves.`,
		Example: `  campanile territory judge`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				n, err := c.Rejudge(ctx)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.stdout, "%d municipalities judged with the rules of this program; the others were already\n", n)
				return written(err)
			})
		},
	}
	g.kept(cmd.Flags())
	g.configured(cmd)
	return cmd
}

func (p *program) territoryBackup() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the whole territory into one file, while others work on it",
		Long: `Writes the territory as it is at one moment into a new SQLite file, from PostgreSQL
too. The file is a territory itself: --store FILE opens it, and "campanile territory
restore" writes it back.`,
		Example: `  campanile territory backup valley-2026-11.db
  campanile territory backup --store postgres://campanile@db.gal.example/valley nightly.db`,
		Args: oneFile("backup", "valley-2026-11.db"),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				if _, err := os.Lstat(files[0]); err == nil {
					return exit.Usagef("%s is there already; name a file that is not", files[0])
				}
				if err := c.Store.Backup(ctx, files[0]); err != nil {
					return exit.Usagef("%w", err)
				}
				p.say("%s holds the territory as it was just now", files[0])
				return nil
			})
		},
	}
	g.kept(cmd.Flags())
	g.configured(cmd)
	return cmd
}

func (p *program) territoryRestore() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Write a backup into an empty territory, of either kind",
		Long: `Writes everything that a backup holds into the territory named by --store, which must
be empty: a new SQLite file, or a PostgreSQL database. So a valley that has outgrown
one machine moves to several.`,
		Example: `  campanile territory restore valley-2026-11.db --store postgres://campanile@db.gal.example/valley`,
		Args:    oneFile("restore", "valley-2026-11.db"),
		RunE: func(cmd *cobra.Command, files []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			source := *g
			source.store = files[0]
			from, err := p.open(ctx, &source, false)
			if err != nil {
				return err
			}
			defer shut(from.Store)
			to, err := p.open(ctx, g, true)
			if err != nil {
				return err
			}
			defer shut(to.Store)
			if err := store.Copy(ctx, from.Store, to.Store); err != nil {
				return exit.Usagef("%w", err)
			}
			p.say("%s holds what %s did", g.store, files[0])
			return nil
		},
	}
	g.kept(cmd.Flags())
	g.configured(cmd)
	return cmd
}

func oneFile(verb, example string) cobra.PositionalArgs {
	return func(_ *cobra.Command, files []string) error {
		if len(files) != 1 {
			return exit.Usagef("name one file to %s, such as %s", verb, example)
		}
		return nil
	}
}

// maxMap bounds a file with the outlines of municipalities, in bytes.
const maxMap = geo.MaxBytes

func (p *program) territoryMap() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:   "map FILE",
		Short: "Give the dashboard the outlines of the municipalities (GeoJSON)",
		Long: `Keeps a GeoJSON file with the outline or the place of each municipality. A feature is
matched by its property code, istat, insee, domain or name. The national statistical
institutes publish such files; take the generalised outlines of your own area.`,
		Example: `  campanile territory map valley.geojson`,
		Args:    oneFile("keep as the map", "valley.geojson"),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error { return p.keepMap(ctx, c, files[0]) })
		},
	}
	g.kept(cmd.Flags())
	g.configured(cmd)
	return cmd
}

func (p *program) keepMap(ctx context.Context, c *chronicle.Chronicle, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return exit.Usagef("the map cannot be opened: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxMap+1))
	if err != nil {
		return exit.Usagef("%s: %w", path, err)
	}
	if len(text) > maxMap {
		return exit.Usagef("%s is larger than %d MB; take more generalised outlines", path, maxMap>>20)
	}
	drawn, err := geo.Read(text)
	if err != nil {
		return exit.Usagef("%s: %w", path, err)
	}
	if err := c.Store.Set(ctx, "geojson", string(text)); err != nil {
		return err
	}
	p.say("the map has %d outlines; \"campanile serve\" shows those that belong to a municipality of the territory", len(drawn.Shapes))
	return nil
}
