package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/report"
	"campanile/report/paper"
	"campanile/report/sheet"
	"campanile/report/territory"
)

func (p *program) territorySuppliers() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:   "suppliers [SUPPLIER]",
		Short: "Who can put what right for how many municipalities, with a letter to each",
		Long: `Groups the findings of the territory by who can put them right: mail, DNS, web host,
the product behind the site. One change at a supplier often serves many municipalities
at once. With --format letters it writes one letter to each supplier, in the supplier's
language, with the municipalities and the evidence, as plain text, for a word processor,
and with the places as a table. Suppliers are recognised from outside, by signs that the
letter names; whom to write to is for you to confirm.`,
		Example: `  campanile territory suppliers --lang it
  campanile territory suppliers --where provincia=TO --format letters --out letters/ --sender "GAL Valli del Campanile"
  campanile territory suppliers campanile-hosting`,
		Args: func(_ *cobra.Command, names []string) error {
			if len(names) > 1 {
				return exit.Usagef("name one supplier, or none for all of them")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, names []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				return p.suppliers(ctx, c, g, strings.Join(names, ""))
			})
		},
	}
	f := cmd.Flags()
	g.kept(f)
	g.chosen(f)
	g.spoken(f)
	g.signed(f)
	g.written(f, "terminal", "csv", "json", "letters")
	g.configured(cmd)
	return cmd
}

func (p *program) suppliers(ctx context.Context, c *chronicle.Chronicle, g *ground, name string) error {
	f, err := g.filter(ctx, c)
	if err != nil {
		return err
	}
	in, err := c.Shared(ctx, f, g.language())
	if err != nil {
		return err
	}
	overview := territory.Suppliers(in)
	if name != "" {
		if overview.Suppliers, err = supplierNamed(overview.Suppliers, name); err != nil {
			return err
		}
	}
	switch g.format {
	case "letters":
		return p.supplierLetters(g, in, overview.Suppliers)
	case "json":
		return p.put(g, func(w io.Writer) error { return writeJSON(w, suppliersJSON(overview)) })
	case "csv":
		return p.put(g, func(w io.Writer) error { return sheet.WriteCSV(w, supplierList(g, overview)) })
	}
	return p.put(g, func(w io.Writer) error { return layShared(w, g, overview) })
}

// supplierNamed finds a supplier by its id or its name.
func supplierNamed(list []territory.Supplier, name string) ([]territory.Supplier, error) {
	var known []string
	for _, s := range list {
		for _, id := range append([]string{s.Name}, s.IDs...) {
			if strings.EqualFold(id, name) {
				return []territory.Supplier{s}, nil
			}
		}
		known = append(known, s.Name)
	}
	return nil, exit.Usagef("no supplier of these municipalities is called %q; those recognised are %s", name, strings.Join(known[:min(10, len(known))], ", "))
}

// mostSaid bounds what the terminal tells of one supplier; the letter tells all.
const mostSaid = 3

func layShared(w io.Writer, g *ground, o territory.Overview) error {
	words := report.WordsIn(g.language())
	listing := report.Listing{Title: words.Count("valley.suppliers.title", o.Towns)}
	if len(o.Suppliers) == 0 {
		listing.Lead = words.Say("valley.suppliers.none")
	}
	for _, s := range o.Suppliers {
		lines := []string{s.Name + ". " + s.Said + "."}
		for _, change := range s.Changes[:min(mostSaid, len(s.Changes))] {
			lines = append(lines, "- "+change.Said+" "+change.Title+".")
		}
		if rest := len(s.Changes) - mostSaid; rest > 0 {
			lines = append(lines, words.Count("valley.suppliers.more", rest))
		}
		listing.Notes = append(listing.Notes, strings.Join(lines, "\n"))
	}
	if len(o.Own) > 0 {
		listing.Notes = append(listing.Notes, words.Count("valley.suppliers.own", len(o.Own)))
	}
	return report.WriteListing(w, listing)
}

func supplierList(g *ground, o territory.Overview) report.List {
	words := report.WordsIn(g.language())
	list := report.List{Name: words.Say("valley.suppliers.sheet")}
	for _, id := range []string{"valley.suppliers.supplier", "valley.suppliers.change", "valley.suppliers.severity", "valley.suppliers.towns", "valley.suppliers.place", "valley.suppliers.which", "valley.suppliers.open"} {
		list.Columns = append(list.Columns, report.Column{Name: words.Say(id), Width: 24})
	}
	for _, s := range o.Suppliers {
		for _, change := range s.Changes {
			list.Rows = append(list.Rows, []string{
				s.Name, change.Title, severityWord(words, change.Severity), strconv.Itoa(len(change.Towns)), change.Place,
				strings.Join(namesOf(change.Towns), ", "), change.Left,
			})
		}
	}
	return list
}

func namesOf(towns []territory.Concerned) []string {
	names := make([]string, len(towns))
	for i, t := range towns {
		names[i] = t.Name
	}
	return names
}

// supplierJSON is a supplier with its changes, for programs.
type supplierJSON struct {
	Name      string       `json:"name"`
	IDs       []string     `json:"ids"`
	Roles     []string     `json:"roles"`
	Customers []string     `json:"customers"`
	Changes   []changeJSON `json:"changes"`
}

type changeJSON struct {
	Rule       string   `json:"rule"`
	Severity   string   `json:"severity"`
	Title      string   `json:"title"`
	Place      string   `json:"place,omitempty"`
	Once       bool     `json:"once,omitempty"`
	Towns      []string `json:"towns"` // domains
	Unmeasured []string `json:"not_measured,omitempty"`
}

func suppliersJSON(o territory.Overview) []supplierJSON {
	list := []supplierJSON{}
	for _, s := range o.Suppliers {
		one := supplierJSON{Name: s.Name, IDs: s.IDs, Roles: s.Roles, Customers: s.Customers, Changes: []changeJSON{}}
		for _, change := range s.Changes {
			domains := make([]string, len(change.Towns))
			for i, t := range change.Towns {
				domains[i] = t.Domain
			}
			one.Changes = append(one.Changes, changeJSON{
				Rule: change.Rule, Severity: string(change.Severity), Title: change.Title, Place: change.Place, Once: change.Once,
				Towns: domains, Unmeasured: change.Unmeasured,
			})
		}
		list = append(list, one)
	}
	return list
}

// supplierLetters writes each letter as plain text and for a word processor, with
// its places as a table.
func (p *program) supplierLetters(g *ground, in territory.Input, list []territory.Supplier) error {
	if g.out == "" {
		return exit.Usagef("letters are files and need a folder: --out letters/")
	}
	if err := os.MkdirAll(g.out, 0o750); err != nil {
		return exit.Usagef("the folder for the letters cannot be made: %w; name another with --out", err)
	}
	written := 0
	for i := range list {
		if len(list[i].Changes) == 0 {
			continue
		}
		document, letter := list[i].Letter(in)
		path := filepath.Join(g.out, fmt.Sprintf("%02d-%s", i+1, fileName(list[i])))
		for ending, lay := range map[string]func(io.Writer) error{
			".txt":  func(w io.Writer) error { return report.WriteLetter(w, document, letter) },
			".docx": func(w io.Writer) error { return paper.Letter(document, letter).DOCX(w) },
			".csv":  func(w io.Writer) error { return sheet.WriteCSV(w, list[i].Table()) },
		} {
			if err := putFile(path+ending, lay); err != nil {
				return err
			}
		}
		written++
	}
	p.say("%d letters in %s, each as text, for a word processor and with its places as a table", written, g.out)
	return nil
}

// fileName is the id of a supplier: small letters and hyphens.
func fileName(s territory.Supplier) string {
	if len(s.IDs) > 0 {
		return s.IDs[0]
	}
	return "supplier"
}
