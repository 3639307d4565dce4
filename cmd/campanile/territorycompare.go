package main

import (
	"context"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/history"
	"campanile/report/sheet"
	"campanile/rules"
)

func (p *program) territoryCompare() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:   "compare DAY [DAY]",
		Short: "What has moved between two days; without the second, until today",
		Long: `Lays the territory at the end of two days side by side: the grades, what appeared,
came back, got worse, eased or was mended. Only what a second look confirmed counts,
and what could not be measured is never a change. Where our rules changed in between,
that is told apart: it says nothing of what a municipality did.`,
		Example: `  campanile territory compare 2026-01-31 --lang it
  campanile territory compare 2026-01-31 2026-06-30 --where union="Unione Valle Alta"
  campanile territory compare 2026-01-31 2026-06-30 --format csv --out half-year.csv`,
		Args: func(_ *cobra.Command, days []string) error {
			if len(days) < 1 || len(days) > 2 {
				return exit.Usagef("give one day or two, such as 2026-01-31 2026-06-30")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, days []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				return p.compareDays(ctx, c, g, days)
			})
		},
	}
	f := cmd.Flags()
	g.kept(f)
	g.chosen(f)
	g.spoken(f)
	g.written(f, "terminal", "csv", "json")
	g.configured(cmd)
	return cmd
}

func (p *program) compareDays(ctx context.Context, c *chronicle.Chronicle, g *ground, days []string) error {
	before, err := dayOf(days[0], "the first day")
	if err != nil {
		return err
	}
	after := p.now()
	if len(days) == 2 {
		if after, err = dayOf(days[1], "the second day"); err != nil {
			return err
		}
		after = endOfDay(after)
	}
	before = endOfDay(before)
	if !before.Before(after) {
		return exit.Usagef("%s is not before %s; give the earlier day first", before.Format(time.DateOnly), after.Format(time.DateOnly))
	}
	f, err := g.filter(ctx, c)
	if err != nil {
		return err
	}
	compared, err := c.Compare(ctx, f, before, after, store.Page{})
	if err != nil {
		return err
	}
	return p.put(g, func(w io.Writer) error {
		switch g.format {
		case "json":
			return writeJSON(w, comparedJSON(compared))
		case "csv":
			return sheet.WriteCSV(w, changeList(c.Rules, g.language(), compared))
		}
		return report.WriteListing(w, comparedListing(g.language(), compared))
	})
}

// endOfDay is the last second of a day in UTC, which evidence is dated in.
func endOfDay(day time.Time) time.Time { return day.Add(24*time.Hour - time.Second) }

// comparedListing is the comparison on a terminal: one line for each town that
// moved, then the sums.
func comparedListing(l rules.Language, c chronicle.Comparison) report.Listing {
	words := report.WordsIn(l)
	listing := report.Listing{
		Title: words.Say("valley.compare.title", "Before", c.Before.At.Format(time.DateOnly), "After", c.After.At.Format(time.DateOnly)),
		Lead:  words.Count("valley.compare.lead", c.After.Towns, "Before", strconv.Itoa(c.Before.Towns)),
		Table: report.List{Columns: []report.Column{
			{Name: words.Say("column.town")},
			{Name: words.Say("valley.compare.before")},
			{Name: words.Say("valley.compare.after")},
			{Name: words.Say("valley.compare.new")},
			{Name: words.Say("valley.compare.mended")},
		}},
	}
	still := 0
	for _, t := range c.Towns {
		worse, better := 0, 0
		for _, change := range t.Moved {
			switch change.Kind {
			case history.Appeared, history.Returned, history.Worsened:
				worse++
			case history.Eased, history.Mended:
				better++
			case history.Vanished, history.RulesChanged, history.Untold: // neither
			}
		}
		if worse+better == 0 && t.Before.Grade == t.After.Grade {
			still++
			continue
		}
		listing.Table.Rows = append(listing.Table.Rows, []string{
			c.Names[t.ID].Name, gradeOf(words, t.Before), gradeOf(words, t.After), strconv.Itoa(worse), strconv.Itoa(better),
		})
	}
	listing.Notes = append(listing.Notes, words.Count("valley.compare.still", still), words.Say("valley.compare.confirmed"))
	if n := c.Rejudged[history.RulesChanged] + c.Rejudged[history.Untold]; n > 0 {
		listing.Notes = append(listing.Notes, words.Count("valley.compare.rules", n))
	}
	return listing
}

// kindWords say in what way a point changed.
var kindWords = map[history.Kind]string{
	history.Appeared: "valley.kind.appeared", history.Returned: "valley.kind.returned", history.Worsened: "valley.kind.worsened",
	history.Eased: "valley.kind.eased", history.Mended: "valley.kind.mended", history.Vanished: "valley.kind.vanished",
	history.RulesChanged: "valley.kind.rules-changed", history.Untold: "valley.kind.untold",
}

func gradeOf(words report.Words, p history.Point) string {
	switch {
	case p.Taken.IsZero():
		return words.Say("valley.never")
	case p.Grade == "":
		return "?"
	}
	return p.Grade
}

// changeList has a row for each change, for a spreadsheet.
func changeList(set *rules.Set, l rules.Language, c chronicle.Comparison) report.List {
	words := report.WordsIn(l)
	list := report.List{Name: words.Say("valley.compare.sheet")}
	for _, id := range []string{"valley.change.town", "valley.change.domain", "valley.change.change", "valley.change.title", "valley.change.subject", "valley.change.from", "valley.change.to", "valley.change.since", "valley.change.confirmed"} {
		list.Columns = append(list.Columns, report.Column{Name: words.Say(id), Width: 20})
	}
	for _, t := range c.Towns {
		country := c.Names[t.ID].Country
		for _, change := range slices.Concat(t.Moved, t.Rejudged) {
			title := change.Rule
			if rule, ok := set.Rule(change.Rule); ok {
				title = rule.In(country, l).Title
			}
			list.Rows = append(list.Rows, []string{
				c.Names[t.ID].Name, c.Names[t.ID].Domain, words.Say(kindWords[change.Kind]), title, change.Subject,
				severityWord(words, change.From), severityWord(words, change.To), change.Since.Format(time.DateOnly), change.Confirmed.Format(time.DateOnly),
			})
		}
	}
	return list
}

func severityWord(words report.Words, s rules.Severity) string {
	if s == "" {
		return ""
	}
	return words.Say("severity." + string(s))
}

// sumJSON is the territory on one day, for programs.
type sumJSON struct {
	At     time.Time              `json:"at"`
	Towns  int                    `json:"municipalities"`
	Grades map[string]int         `json:"grades"`
	Fail   map[rules.Severity]int `json:"fail"`
}

type comparisonJSON struct {
	Before   sumJSON              `json:"before"`
	After    sumJSON              `json:"after"`
	Moves    map[history.Kind]int `json:"moves"`
	Rejudged map[history.Kind]int `json:"rules_changed"`
	Changes  []movedJSON          `json:"changes"`
}

type movedJSON struct {
	Domain    string         `json:"domain"`
	Rule      string         `json:"rule"`
	Subject   string         `json:"subject"`
	Change    history.Kind   `json:"change"`
	From      rules.Severity `json:"from,omitempty"`
	To        rules.Severity `json:"to,omitempty"`
	Since     time.Time      `json:"since"`
	Confirmed time.Time      `json:"confirmed"`
}

func comparedJSON(c chronicle.Comparison) comparisonJSON {
	sum := func(s history.Sum) sumJSON { return sumJSON{s.At, s.Towns, s.Grades, s.Fail} }
	list := comparisonJSON{Before: sum(c.Before), After: sum(c.After), Moves: c.Moves, Rejudged: c.Rejudged, Changes: []movedJSON{}}
	for _, t := range c.Towns {
		for _, m := range slices.Concat(t.Moved, t.Rejudged) {
			list.Changes = append(list.Changes, movedJSON{c.Names[t.ID].Domain, m.Rule, m.Subject, m.Kind, m.From, m.To, m.Since, m.Confirmed})
		}
	}
	return list
}
