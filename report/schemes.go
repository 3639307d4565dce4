package report

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"campanile/report/scheme"
	"campanile/rules"
)

// SchemePage is what the reader is told about published scales.
type SchemePage struct {
	Scales []Scale
}

// Scale is one published scale with the results on it.
type Scale struct {
	ID          string
	Name, Short string
	Link, Note  string
	About       string // edition, and how well we know it
	Results     []ScaleResult
	Figures     *FigureTable // what its authors published
}

// ScaleResult is the result of sites that stand alike, or of the body.
type ScaleResult struct {
	Hosts   []string // none for the body
	Verdict string
	Reasons []ScaleReason
	Rows    []ScaleRow
	Points  bool // the rows have points
	Groups  []ScaleGroup
}

// ScaleRow is one criterion.
type ScaleRow struct {
	ID      string // as the scale numbers it; empty where its name says nothing to people
	Words   string
	Verdict string
	Points  string
	Reasons []ScaleReason
}

// ScaleReason is why a criterion is broken or open.
type ScaleReason struct {
	Text  string
	Rule  string   // the entry of the checklist that says more; empty where there is none
	Asked []string // the rules to which an answer is missing
}

// ScaleGroup is the verdict on a group of criteria.
type ScaleGroup struct{ ID, Words, Verdict string }

// FigureTable is what the authors of a scale published.
type FigureTable struct {
	Caption string
	Classes []string
	Rows    []FigureRow
}

// FigureRow is one round of measurement.
type FigureRow struct {
	Year, Link string
	Sites      string // how many were measured
	Cells      []FigureCell
}

// FigureCell is how many sites were in one class; empty where it is not told.
type FigureCell struct{ Class, Text string }

// graded holds the municipality against the scales of its country.
func graded(in Input) []scheme.Assessment {
	list := []scheme.Assessment{}
	for _, s := range in.Rules.Schemes {
		if s.AppliesIn(in.Bundle.Target.Country) {
			list = append(list, scheme.Of(s, in.Bundle, in.Verdicts)...)
		}
	}
	return list
}

// lowers reports whether a grade stands there that a test not made could lower.
func (s Scale) lowers() bool {
	return slices.ContainsFunc(s.Results, func(r ScaleResult) bool { return r.Points && len(r.Rows) > 0 })
}

func schemePage(w words, in Input, assessments []scheme.Assessment) *SchemePage {
	page := &SchemePage{}
	for _, s := range in.Rules.Schemes {
		own := slices.DeleteFunc(slices.Clone(assessments), func(a scheme.Assessment) bool { return a.Scheme != s })
		// Where nothing was measured, a scale would only be named.
		if !slices.ContainsFunc(own, telling) {
			continue
		}
		scale := Scale{
			ID: s.ID, Name: s.Name[w.language], Short: s.Short[w.language],
			Link: s.Link, Note: w.spaced(s.Note[w.language]), About: aboutScheme(w, s), Figures: figures(w, s),
		}
		for _, a := range own {
			scale.add(scales{w, in}.result(a))
		}
		page.Scales = append(page.Scales, scale)
	}
	if len(page.Scales) == 0 {
		return nil
	}
	return page
}

func aboutScheme(w words, s *rules.Scheme) string {
	var parts []string
	if s.Edition != "" {
		parts = append(parts, s.Edition)
	}
	if s.Source == "secondary" {
		parts = append(parts, w.say("law.secondary"))
	}
	return strings.Join(append(parts, w.say("law.read", "Date", w.date(s.Read.Time))), w.say("semicolon")+" ")
}

// telling reports whether an assessment says more than that little is known.
func telling(a scheme.Assessment) bool {
	known, broken := 0, false
	for _, c := range a.Criteria {
		if c.Verdict == scheme.Met || c.Verdict == scheme.NotMet {
			known++
		}
		broken = broken || c.Verdict == scheme.NotMet
	}
	return a.Verdict != scheme.Unknown || broken || known > 0 && known*3 >= len(a.Criteria)
}

// add joins a site to the one that stands alike.
func (s *Scale) add(result ScaleResult) {
	for i, other := range s.Results {
		hosts := other.Hosts
		other.Hosts = result.Hosts
		if reflect.DeepEqual(other, result) {
			s.Results[i].Hosts = slices.Concat(hosts, result.Hosts)
			return
		}
	}
	s.Results = append(s.Results, result)
}

func figures(w words, s *rules.Scheme) *FigureTable {
	if s.Figures == nil {
		return nil
	}
	table := &FigureTable{Caption: w.spaced(s.Figures.Caption[w.language])}
	for _, class := range s.Classes {
		table.Classes = append(table.Classes, class.Words[w.language])
	}
	for _, f := range s.Figures.Rows {
		row := FigureRow{Year: strconv.Itoa(f.Year), Link: f.Link, Sites: "–"}
		if f.Sites > 0 {
			row.Sites = w.number(int64(f.Sites))
		}
		for _, class := range s.Classes {
			cell := FigureCell{Class: class.Words[w.language], Text: "–"}
			if share, ok := f.Share[class.ID]; ok {
				cell.Text = w.say("scheme.share", "Share", strconv.Itoa(share))
			}
			if n, ok := f.Number[class.ID]; ok {
				cell.Text = w.say("scheme.share-of", "Share", cell.Text, "Number", w.number(int64(n)))
			}
			row.Cells = append(row.Cells, cell)
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}
