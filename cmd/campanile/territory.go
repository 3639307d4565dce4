package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/config"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/store"
	"campanile/report/score"
	"campanile/rules"
)

// defaultStore is the file of a territory that nobody named.
const defaultStore = "campanile.db"

// ground is what the commands of a territory share.
type ground struct {
	config string
	store  string
	sender string
	where  []string
	lang   string
	format string
	out    string
}

func newGround() *ground {
	return &ground{store: defaultStore, lang: systemLanguage(), format: "terminal"}
}

// kept adds the flags that say where the territory is.
func (g *ground) kept(f *pflag.FlagSet) {
	f.StringVar(&g.store, "store", g.store, "the territory: a SQLite `FILE`, or a database as postgres://USER@HOST/NAME")
}

// chosen adds the flag that narrows the territory down.
func (g *ground) chosen(f *pflag.FlagSet) {
	f.StringArrayVar(&g.where, "where", nil, "`CONDITION` such as provincia=TO, region=Occitanie, department=13, union=\"Unione Valle Alta\" or population<3000; several must all hold")
}

// spoken adds the flag of the language.
func (g *ground) spoken(f *pflag.FlagSet) {
	f.Var(oneOf(&g.lang, "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
}

// written adds the flags that say how a list is written.
func (g *ground) written(f *pflag.FlagSet, formats ...string) {
	f.Var(oneOf(&g.format, formats...), "format", strings.Join(formats, ", "))
	f.StringVar(&g.out, "out", "", "`FILE`; default: standard output")
}

// signed adds the flag that names whoever writes.
func (g *ground) signed(f *pflag.FlagSet) {
	f.StringVar(&g.sender, "sender", "", "`NAME` of the group or union that writes, for letters and messages")
}

// configured fills in what the command line left open.
func (g *ground) configured(cmd *cobra.Command) {
	cmd.Flags().StringVar(&g.config, "config", "", "configuration `FILE`; default: "+config.DefaultFile+" where it is there")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		return config.Apply(cmd.Flags(), g.config, settingNames())
	}
}

// settings adds all flags of a territory that a configuration file may hold.
func (g *ground) settings(f *pflag.FlagSet) {
	g.kept(f)
	g.chosen(f)
	g.signed(f)
}

func (g *ground) language() rules.Language { return rules.Language(g.lang) }

// territoryCommand is what a group does with its valley.
func (p *program) territoryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "territory",
		Short: "Many municipalities over years: import, scan, compare, suppliers, reports",
		Long: `Keeps a territory in one file, or in PostgreSQL where several machines share it: the
municipalities, every scan with its evidence, what was ticked and accepted, the filled
forms of the Digital Maturity Assessment.

A change is told only when a second look confirms it; what could not be measured enters
no comparison, and a change of our rules is never told as one of a municipality.`,
		Example: `  campanile territory import --from own valley.csv            who belongs to it
  campanile territory import --from ipa enti.csv --where provincia=TO
  campanile territory scan                                    look at all of them now
  campanile territory compare 2026-01-01 2026-06-30 --lang it what has moved
  campanile territory suppliers --format letters --out letters/
  campanile serve                                             the same as pages, every month`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.territoryImport(), p.territoryList(), p.territoryScan(), p.territoryStatus(), p.territoryCompare(),
		p.territorySuppliers(), p.territoryWorkshop(), p.territoryReport(), p.territoryJudge(), p.territoryTake(), p.territoryAssess(), p.territoryAlerts(), p.territoryExport(),
		p.territoryBackup(), p.territoryRestore(), p.territoryMap())
	return cmd
}

// open opens the territory that is there. make also makes one.
func (p *program) open(ctx context.Context, g *ground, make bool) (*chronicle.Chronicle, error) {
	server := strings.HasPrefix(g.store, "postgres://") || strings.HasPrefix(g.store, "postgresql://")
	if _, err := os.Stat(g.store); !server && !make && errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Usagef("there is no territory in %s; make one with \"campanile territory import\", or name another with --store", g.store)
	}
	set, err := score.Rules()
	if err != nil {
		return nil, err
	}
	questions, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		return nil, err
	}
	kept, err := store.Open(ctx, g.store)
	if err != nil {
		return nil, exit.Usagef("%w; check --store", err)
	}
	return &chronicle.Chronicle{Store: kept, Rules: set, Questions: questions, Tool: tool, Sender: g.sender, Now: p.now}, nil
}

// shut ends the use of a store, a queue or a file whose work was kept before.
func shut(c io.Closer) { _ = c.Close() }

// inTerritory runs a step with the territory open.
func (p *program) inTerritory(ctx context.Context, g *ground, step func(ctx context.Context, c *chronicle.Chronicle) error) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	c, err := p.open(ctx, g, false)
	if err != nil {
		return err
	}
	defer shut(c.Store)
	return step(ctx, c)
}

// withoutPassword is the address of a store as it may be shown.
func withoutPassword(address string) string {
	if place, err := url.Parse(address); err == nil && place.User != nil {
		return place.Redacted()
	}
	return address
}

// bodies gives those that --where chooses, and refuses a choice of nobody.
func (g *ground) bodies(ctx context.Context, c *chronicle.Chronicle) ([]store.Body, error) {
	filter, err := inventory.ParseFilter(g.where...)
	if err != nil {
		return nil, err
	}
	list, err := c.Bodies(ctx, filter)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0 && len(g.where) == 0:
		return nil, exit.Usagef("%s holds no municipality; bring some in with \"campanile territory import\"", g.store)
	case len(list) == 0:
		return nil, exit.Usagef("no municipality of %s fits %s; \"campanile territory list\" shows what is known of them", g.store, strings.Join(g.where, " and "))
	}
	return list, nil
}

// filter is --where as the store knows it; without conditions it lets all through.
func (g *ground) filter(ctx context.Context, c *chronicle.Chronicle) (store.Filter, error) {
	if len(g.where) == 0 {
		return store.Filter{}, nil
	}
	list, err := g.bodies(ctx, c)
	f := store.Filter{Bodies: make([]int64, len(list))}
	for i := range list {
		f.Bodies[i] = list[i].ID
	}
	return f, err
}

// put writes to --out, or to standard output.
func (p *program) put(g *ground, lay func(io.Writer) error) error {
	if g.out != "" {
		return putFile(g.out, lay)
	}
	return written(lay(p.stdout))
}
