package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/report"
	"campanile/report/territory"
)

func (p *program) territoryWorkshop() *cobra.Command {
	g, anonymous := newGround(), false
	cmd := &cobra.Command{
		Use:   "workshop",
		Short: "What the municipalities share, by theme, as a handout for a meeting",
		Long: `Lays the shared problems of the territory out by the four themes of a workshop: digital
transformation, cybersecurity, accessibility and communication, open data. Each theme
has a sheet of its own: what is in order, what is shared by how many, questions to
talk about, and lines to write on. --anonymous names no municipality, and leaves out
what concerns so few that people would guess.`,
		Example: `  campanile territory workshop --anonymous --format docx --out workshop.docx --lang it
  campanile territory workshop --where union="Unione Valle Alta"`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				return p.workshop(ctx, c, g, anonymous)
			})
		},
	}
	f := cmd.Flags()
	g.kept(f)
	g.chosen(f)
	g.spoken(f)
	g.written(f, "terminal", "docx", "odt")
	f.BoolVar(&anonymous, "anonymous", false, "name no municipality")
	g.configured(cmd)
	return cmd
}

func (p *program) workshop(ctx context.Context, c *chronicle.Chronicle, g *ground, anonymous bool) error {
	if g.format != "terminal" && g.out == "" {
		return exit.Usagef("%s needs a file: give --out workshop.%s", g.format, g.format)
	}
	f, err := g.filter(ctx, c)
	if err != nil {
		return err
	}
	handout, err := c.Workshop(ctx, f, g.language(), anonymous)
	if err != nil {
		return err
	}
	return p.put(g, func(w io.Writer) error {
		switch g.format {
		case "docx":
			return handout.Paper().DOCX(w)
		case "odt":
			return handout.Paper().ODT(w)
		}
		return layHandout(w, handout)
	})
}

func layHandout(w io.Writer, h territory.Handout) error {
	var text strings.Builder
	colon := report.WordsIn(h.Language).Say("colon")
	fmt.Fprintf(&text, "%s\n%s\n", h.Title, h.Lead)
	for _, s := range h.Themes {
		fmt.Fprintf(&text, "\n%s\n", s.Name)
		for _, problem := range s.Problems {
			fmt.Fprintf(&text, "- %s%s %s\n", problem.Title, colon, problem.Share)
		}
		if len(s.Problems) == 0 {
			fmt.Fprintln(&text, s.None)
		}
	}
	_, err := io.WriteString(w, printable(text.String()))
	return err
}
