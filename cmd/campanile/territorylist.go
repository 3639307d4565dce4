package main

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/sheet"
	"campanile/rules"
)

func (p *program) territoryList() *cobra.Command {
	g, order := newGround(), string(store.ByName)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "The municipalities with how they stand",
		Long: `Lists the municipalities of the territory with the grade of their newest scan, what
was found by severity, what could not be measured, and when they were looked at. What
could not be measured counts neither as a failure nor as a pass.`,
		Example: `  campanile territory list --order grade --lang it
  campanile territory list --where population<1000 --format csv --out small.csv`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				return p.listTowns(ctx, c, g, store.Order(order))
			})
		},
	}
	f := cmd.Flags()
	g.kept(f)
	g.chosen(f)
	g.spoken(f)
	g.written(f, "terminal", "csv", "json")
	f.Var(oneOf(&order, string(store.ByName), string(store.ByGrade), string(store.ByAge)), "order", "name, grade (the worst first) or age (those looked at longest ago first)")
	g.configured(cmd)
	return cmd
}

func (p *program) listTowns(ctx context.Context, c *chronicle.Chronicle, g *ground, order store.Order) error {
	f, err := g.filter(ctx, c)
	if err != nil {
		return err
	}
	towns, _, err := c.Store.Towns(ctx, f, time.Time{}, store.Page{Order: order})
	if err != nil {
		return err
	}
	return p.put(g, func(w io.Writer) error {
		switch g.format {
		case "json":
			return writeTownsJSON(w, towns)
		case "csv":
			return sheet.WriteCSV(w, townList(g.language(), towns, true))
		}
		words := report.WordsIn(g.language())
		return report.WriteListing(w, report.Listing{
			Title: words.Count("valley.towns", len(towns)), Table: townList(g.language(), towns, false),
			Notes: []string{words.Say("valley.unmeasured")},
		})
	})
}

// townList is the list as a table; wide also has what belongs to a spreadsheet.
func townList(l rules.Language, towns []store.Town, wide bool) report.List {
	words := report.WordsIn(l)
	list := report.List{Name: words.Say("valley.list-name"), Columns: []report.Column{{Name: words.Say("column.town"), Width: 30}}}
	if wide {
		for _, id := range []string{"valley.column.domain", "valley.column.country", "valley.column.province", "valley.column.region", "valley.column.union", "valley.column.population"} {
			list.Columns = append(list.Columns, report.Column{Name: words.Say(id), Width: 20})
		}
	}
	list.Columns = append(list.Columns, report.Column{Name: words.Say("column.grade"), Width: 8})
	for _, s := range countedSeverities {
		list.Columns = append(list.Columns, report.Column{Name: words.Say("column." + string(s)), Width: 10})
	}
	list.Columns = append(list.Columns, report.Column{Name: words.Say("column.unmeasured"), Width: 10}, report.Column{Name: words.Say("valley.column.taken"), Width: 12})
	for _, t := range towns {
		row := []string{t.Name}
		if wide {
			row = append(row, t.Domain, t.Country, t.Province+t.Department, t.Region, t.Union, number(t.Population))
		}
		list.Rows = append(list.Rows, append(row, standing(words, t)...))
	}
	return list
}

// countedSeverities are those that a grade counts.
var countedSeverities = []rules.Severity{rules.Critical, rules.High, rules.Medium, rules.Low}

// standing is how a town stands, in cells; of one that was never looked at nothing
// is said but that.
func standing(words report.Words, t store.Town) []string {
	if t.Scan == 0 {
		return []string{"", "", "", "", "", "", words.Say("valley.never")}
	}
	grade := t.Summary.Grade
	if grade == "" {
		grade = "?"
	}
	cells := []string{grade}
	for _, s := range countedSeverities {
		cells = append(cells, strconv.Itoa(t.Summary.Fail[s]))
	}
	return append(cells, strconv.Itoa(t.Summary.Inconclusive), t.Taken.Format(time.DateOnly))
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// townJSON is a line of the list for programs.
type townJSON struct {
	Domain     string         `json:"domain"`
	Name       string         `json:"name,omitempty"`
	Country    string         `json:"country,omitempty"`
	Region     string         `json:"region,omitempty"`
	Province   string         `json:"province,omitempty"`
	Department string         `json:"department,omitempty"`
	Union      string         `json:"union,omitempty"`
	Population int            `json:"population,omitempty"`
	Taken      *time.Time     `json:"taken,omitempty"`
	Rules      string         `json:"rules,omitempty"`
	Grade      string         `json:"grade,omitempty"`
	Fail       map[string]int `json:"fail,omitempty"`
	Pass       *int           `json:"pass,omitempty"`
	Unknown    *int           `json:"inconclusive,omitempty"`
}

func writeTownsJSON(w io.Writer, towns []store.Town) error {
	list := make([]townJSON, len(towns))
	for i, t := range towns {
		list[i] = townJSON{
			Domain: t.Domain, Name: t.Name, Country: t.Country, Region: t.Region, Province: t.Province,
			Department: t.Department, Union: t.Union, Population: t.Population,
		}
		if t.Scan == 0 {
			continue
		}
		list[i].Taken, list[i].Rules, list[i].Grade, list[i].Fail = &t.Taken, t.Rules, t.Summary.Grade, map[string]int{}
		list[i].Pass, list[i].Unknown = &t.Summary.Pass, &t.Summary.Inconclusive
		for _, s := range countedSeverities {
			list[i].Fail[string(s)] = t.Summary.Fail[s]
		}
	}
	return writeJSON(w, list)
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// dayOf reads a day as people write it in a command: 2026-06-30.
func dayOf(text, what string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, exit.Usagef("%s %q is no day; write it like 2026-06-30", what, text)
	}
	return day, nil
}
