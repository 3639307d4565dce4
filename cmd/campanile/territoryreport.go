package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/rules"
)

func (p *program) territoryReport() *cobra.Command {
	g, s := newGround(), defaults()
	s.formats = []string{"html"}
	cmd := &cobra.Command{
		Use:   "report [DOMAIN...]",
		Short: "The document of each municipality, with its checklist and its forms",
		Long: `Writes the document to leave behind for every municipality of the territory, or for
those that are named, from their newest scan: with what was ticked, asked and accepted,
and with the newest form of the Digital Maturity Assessment. Sends nothing.`,
		Example: `  campanile territory report --format pdf,docx --lang it --out documents/
  campanile territory report comune.borgo.example --format html --out borgo.html
  campanile territory report --where provincia=TO --format xlsx --out lists/`,
		RunE: func(cmd *cobra.Command, domains []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				return p.reportTowns(ctx, c, g, s, domains)
			})
		},
	}
	f := cmd.Flags()
	g.kept(f)
	g.chosen(f)
	f.Var(someOf(&s.langs, "it", "fr", "en"), "lang", "language: it, fr or en; it,fr puts both into one document; default: from the environment")
	f.Var(someOf(&s.formats, formatNames()...), "format", "one or several of: "+strings.Join(formatNames(), ", "))
	f.StringVar(&s.browser, "browser", "", "`PROGRAM` that prints the PDF: Chromium, Chrome or Edge; default: the one installed here")
	f.StringVar(&s.out, "out", "", "`FILE`, or DIR/ for one file for each municipality; default: standard output")
	g.configured(cmd)
	return cmd
}

func (p *program) reportTowns(ctx context.Context, c *chronicle.Chronicle, g *ground, s *settings, domains []string) error {
	bodies, err := g.bodies(ctx, c)
	if err != nil {
		return err
	}
	if bodies, err = chosenBodies(bodies, domains); err != nil {
		return err
	}
	targets := make([]evidence.Target, len(bodies))
	for i := range bodies {
		targets[i] = bodies[i].Target
	}
	out, err := p.output(s, targets)
	if err != nil {
		return err
	}
	var towns []town
	for i := range bodies {
		documents, err := c.Documents(ctx, bodies[i].ID, 0, languagesOf(s)...)
		if err != nil {
			return err
		}
		if len(documents) == 0 {
			p.say("%s was never looked at; no report", bodies[i].Domain)
			continue
		}
		if !out.folder {
			towns = append(towns, documents)
			continue
		}
		if err := out.writeTowns(ctx, []town{documents}); err != nil {
			return err
		}
	}
	if out.folder {
		return nil
	}
	if len(towns) == 0 {
		return exit.Usagef("none of these municipalities was looked at yet; \"campanile territory scan\" does")
	}
	return out.writeTowns(ctx, towns)
}

// chosenBodies keeps those that were named on the command line, or all.
func chosenBodies(bodies []store.Body, domains []string) ([]store.Body, error) {
	if len(domains) == 0 {
		return bodies, nil
	}
	var list []store.Body
	for _, text := range domains {
		domain, err := inventory.Domain(text)
		if err != nil {
			return nil, exit.Usagef("%w", err)
		}
		at := slices.IndexFunc(bodies, func(b store.Body) bool { return b.Domain == domain })
		if at < 0 {
			return nil, exit.Usagef("%s is no municipality of this territory; \"campanile territory list\" shows them", domain)
		}
		list = append(list, bodies[at])
	}
	return list, nil
}

func languagesOf(s *settings) []rules.Language {
	list := make([]rules.Language, len(s.langs))
	for i, l := range s.langs {
		list[i] = rules.Language(l)
	}
	return list
}
