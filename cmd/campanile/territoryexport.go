package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/report/opendata"
	"campanile/rules"
)

// exporting is one call of "territory export".
type exporting struct {
	*ground
	name, address string
	publisher     opendata.Publisher
	months        int
}

// mostMonths bounds the history that is published.
const mostMonths = 120

func (p *program) territoryExport() *cobra.Command {
	e := exporting{ground: newGround(), months: 12}
	cmd := &cobra.Command{
		Use:   "export --out DIR --publisher NAME",
		Short: "Aggregated results as open data, with a dictionary and DCAT-AP metadata",
		Long: `Writes figures that may be published: how many municipalities stand how, by month, by
province or department and by size, as CSV and JSON, with a data dictionary in three
languages and the description that open data catalogues take (DCAT-AP).

No municipality and no host is named. Every figure, and every difference of figures, is
about at least five municipalities. What would tell an attacker where to go is left out
before anything is counted, and the dictionary says what that is.`,
		Example: `  campanile territory export --out open-data/ --publisher "GAL Valli del Campanile" --name "Valli del Campanile" --lang it
  campanile territory export --out open-data/ --publisher "GAL Valli del Campanile" --address https://dati.gal.example/campanile/ --months 24`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case e.out == "":
				return exit.Usagef("open data are several files and need a folder: --out open-data/")
			case strings.TrimSpace(e.publisher.Name) == "":
				return exit.Usagef("open data need somebody who answers for them: --publisher \"GAL Valli del Campanile\"")
			case e.months < 1 || e.months > mostMonths:
				return exit.Usagef("--months %d is not between 1 and %d", e.months, mostMonths)
			}
			return p.inTerritory(cmd.Context(), e.ground, func(ctx context.Context, c *chronicle.Chronicle) error { return p.export(ctx, c, e) })
		},
	}
	f := cmd.Flags()
	e.kept(f)
	e.chosen(f)
	e.spoken(f)
	f.StringVar(&e.out, "out", "", "`DIR` for the files")
	f.StringVar(&e.name, "name", "", "`NAME` of the territory; default: that of the publisher")
	f.StringVar(&e.publisher.Name, "publisher", "", "`NAME` of whoever answers for the data")
	f.StringVar(&e.publisher.Identifier, "publisher-id", "", "its `CODE` in a register of public bodies")
	f.StringVar(&e.publisher.Homepage, "publisher-site", "", "its `URL`")
	f.StringVar(&e.publisher.Mail, "publisher-mail", "", "its `ADDRESS` for questions about the data")
	f.StringVar(&e.address, "address", "", "`URL` of the folder where the files will lie")
	f.IntVar(&e.months, "months", e.months, "how many months back")
	e.configured(cmd)
	return cmd
}

func (p *program) export(ctx context.Context, c *chronicle.Chronicle, e exporting) error {
	f, err := e.filter(ctx, c)
	if err != nil {
		return err
	}
	themes, err := rules.EmbeddedThemes(c.Rules)
	if err != nil {
		return err
	}
	in, err := c.OpenData(ctx, f, themes, e.months)
	if err != nil {
		return err
	}
	in.Territory, in.Language, in.Publisher, in.Address = e.name, e.language(), e.publisher, e.address
	if in.Territory == "" {
		in.Territory = e.publisher.Name
	}
	files, err := opendata.Export(in)
	if err != nil {
		return exit.Usagef("%w", err)
	}
	if err := os.MkdirAll(e.out, 0o750); err != nil {
		return exit.Usagef("the folder for the data cannot be made: %w; name another with --out", err)
	}
	for _, file := range files {
		put := func(w io.Writer) error {
			_, err := w.Write(file.Content)
			return err
		}
		if err := putFile(filepath.Join(e.out, file.Name), put); err != nil {
			return err
		}
	}
	p.say("%d files in %s; read them once before you publish them", len(files), e.out)
	return nil
}
