package territory

import (
	"slices"
	"strings"
	"time"

	"campanile/report"
	"campanile/report/score"
	"campanile/rules"
)

// Letter writes to the supplier about all its municipalities, in its language,
// for report.WriteLetter and paper.Letter. Municipalities of two countries have
// points of their own: what the law asks of them differs.
func (s *Supplier) Letter(in Input) (report.Document, report.Letter) {
	shared := report.Shared{
		Language: s.Language, Rules: in.Rules, Tool: in.Tool, Sender: in.Sender, Supplier: s.Name, Signs: signsOf(s.key, s.asked()),
	}
	for _, c := range s.Changes {
		for _, country := range c.countries() {
			point := report.SharedPoint{Place: c.Place, Once: c.Once}
			for _, concerned := range c.Towns {
				if concerned.town.Target.Country == country {
					point.Towns = append(point.Towns, concerned.town.input(concerned.verdicts))
				}
			}
			shared.Points = append(shared.Points, point)
		}
	}
	return report.NewSharedLetter(shared)
}

// asked are the municipalities for which something is asked, each once: a letter
// tells of no others.
func (s *Supplier) asked() []*town {
	var list []*town
	for _, c := range s.Changes {
		for _, concerned := range c.Towns {
			if !slices.Contains(list, concerned.town) {
				list = append(list, concerned.town)
			}
		}
	}
	return list
}

// countries are those of the municipalities of a change, in order.
func (c *Change) countries() []string {
	var list []string
	for _, concerned := range c.Towns {
		list = append(list, concerned.town.Target.Country)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Table gives what a letter asks as a table to send with it: one row for each
// place, in the language of the letter. It names nothing that the letter does
// not.
func (s *Supplier) Table() report.List {
	w := report.WordsIn(s.Language)
	table := report.List{Name: w.Say("territory.table.name"), Columns: []report.Column{
		{Name: w.Say("territory.table.town"), Width: 28},
		{Name: w.Say("territory.table.domain"), Width: 28},
		{Name: w.Say("territory.table.code"), Width: 12},
		{Name: w.Say("territory.table.what"), Width: 50},
		{Name: w.Say("territory.table.rule"), Width: 26},
		{Name: w.Say("territory.table.where"), Width: 30},
		{Name: w.Say("territory.table.observed"), Width: 50},
		{Name: w.Say("territory.table.date"), Width: 12},
	}}
	for _, c := range s.Changes {
		for _, concerned := range c.Towns {
			for _, v := range concerned.verdicts {
				table.Rows = append(table.Rows, row(concerned, v, s.Language))
			}
		}
	}
	return table
}

func row(c Concerned, v score.Verdict, language rules.Language) []string {
	target := c.town.Target
	title := report.Sketched(v.Rule, v.Facts, target.Country, language).Title
	return []string{
		c.Name, report.Plain(target.Domain), report.Plain(target.Code), title, v.Rule.ID,
		report.Plain(v.Subject), observed(v), c.town.Taken.UTC().Format(time.DateOnly),
	}
}

// observed lists the facts of a verdict by name, in one line.
func observed(v score.Verdict) string {
	var list []string
	for name, value := range v.Facts {
		if value != "" && value != v.Subject {
			list = append(list, report.Plain(name+": "+value))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}
