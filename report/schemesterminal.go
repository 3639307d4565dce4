package report

import (
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// schemes draws one line for each published scale, or for each group of sites that
// stand alike on it.
func (s *sheet) schemes(d Document) error {
	if d.Schemes == nil {
		return nil
	}
	w := s.words
	head := []string{w.say("column.scale"), w.say("column.kept"), w.say("column.where")}
	first, second := twwidth.Width(head[0]), twwidth.Width(head[1])
	for _, scale := range d.Schemes.Scales {
		first = max(first, twwidth.Width(scale.Short))
		for _, result := range scale.Results {
			second = max(second, twwidth.Width(result.Verdict))
		}
	}
	// A third of the line is enough to know a host by.
	second = min(second, s.width*2/3-first)
	room := s.width - first - second - 2*len(gutter)
	var rows [][]string
	for _, scale := range d.Schemes.Scales {
		name := scale.Short
		for _, result := range scale.Results {
			where := ""
			if len(result.Hosts) > 0 {
				where = fitted(result.Hosts, room)
			}
			rows = append(rows, []string{name, s.cell(second, "", result.Verdict), where})
			name = strings.Repeat(" ", twwidth.Width(name))
		}
	}
	s.text.WriteString("\n")
	s.lines(0, bold, w.say("scheme.heading"))
	if err := s.table(head, rows, len(head)); err != nil {
		return err
	}
	if slices.ContainsFunc(d.Schemes.Scales, Scale.lowers) {
		s.lines(0, dim, w.say("scheme.legend"))
	}
	return nil
}
