package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"campanile/rules"
)

// counted are the severities that a grade counts.
var counted = []rules.Severity{rules.Critical, rules.High, rules.Medium, rules.Low}

// territory writes one line for each municipality, then what they have in
// common.
func (s *sheet) territory(docs []Document, quiet bool) error {
	w := s.words
	head := []string{w.say("column.town"), w.say("column.grade")}
	for _, severity := range counted {
		head = append(head, w.say("column."+string(severity)))
	}
	head = append(head, w.say("column.unmeasured"))
	town := s.width
	for _, column := range head[1:] {
		town -= twwidth.Width(column) + len(gutter)
	}
	rows := make([][]string, len(docs))
	for i, d := range docs {
		rows[i] = s.overview(d, town-len(gutter))
	}
	if err := s.table(head, rows, 2); err != nil {
		return err
	}
	s.common(docs)
	if !quiet {
		s.text.WriteString("\n")
		s.lines(0, bold, w.say("terminal.next"))
		s.command(w.say("terminal.detail"), neediest(docs).Method.Page)
	}
	return nil
}

// neediest is the town to look at first: the one with most of the gravest.
func neediest(docs []Document) Document {
	return slices.MaxFunc(docs, func(a, b Document) int {
		for _, severity := range counted {
			if c := cmp.Compare(a.Summary.Fail[severity], b.Summary.Fail[severity]); c != 0 {
				return c
			}
		}
		return 0
	})
}

func (s *sheet) overview(d Document, width int) []string {
	row := []string{s.cell(width, "", d.Name), s.paint(cmp.Or(d.Summary.Grade, "?"), bold)}
	for _, severity := range counted {
		count, color := d.Summary.Fail[severity], ""
		if count > 0 {
			color = paintOf(severity)
		}
		row = append(row, s.paint(s.words.number(int64(count)), color))
	}
	return append(row, s.words.number(int64(d.Summary.Inconclusive)))
}

// common lists the three problems that most municipalities share.
func (s *sheet) common(docs []Document) {
	byRule := map[string][]*Item{}
	for _, d := range docs {
		for _, item := range sorted(d) {
			if item.Severity != rules.Info {
				byRule[item.Rule] = append(byRule[item.Rule], item)
			}
		}
	}
	if len(byRule) == 0 {
		return
	}
	names := slices.SortedFunc(maps.Keys(byRule), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(byRule[b]), len(byRule[a])), mostUrgent(byRule[a][0], byRule[b][0]), strings.Compare(a, b))
	})
	s.text.WriteString("\n")
	s.lines(0, bold, s.words.say("terminal.common"))
	for _, name := range names[:min(3, len(names))] {
		towns := s.words.count("terminal.towns", len(byRule[name]), "Total", s.words.number(int64(len(docs))))
		s.lines(2, "", byRule[name][0].Title)
		s.lines(4, dim, towns+", "+name)
	}
}
