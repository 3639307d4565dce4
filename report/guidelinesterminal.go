package report

import (
	"fmt"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// guidelines draws one line for each site, or for several with equal results.
func (s *sheet) guidelines(d Document) error {
	if d.Guidelines == nil {
		return nil
	}
	w := s.words
	head := []string{w.say("column.where")}
	for _, row := range d.Guidelines.Sites[0].Rows {
		head = append(head, row.Column)
	}
	widths := make([]int, len(head))
	for i, title := range head {
		widths[i] = twwidth.Width(title)
	}
	var rows [][]string
	open := false
	for _, site := range d.Guidelines.Sites {
		cells := []string{""}
		for i, row := range site.Rows {
			widths[i+1] = max(widths[i+1], twwidth.Width(row.Short))
			cells = append(cells, row.Short)
			open = open || row.Short == "?"
		}
		rows = append(rows, cells)
	}
	room := s.width - (len(head)-1)*len(gutter)
	for _, width := range widths[1:] {
		room -= width
	}
	for i, site := range d.Guidelines.Sites {
		rows[i][0] = fitted(site.Hosts, room)
	}
	s.text.WriteString("\n")
	s.lines(0, bold, w.say("guideline.heading"))
	if err := s.table(head, rows, len(head)); err != nil {
		return err
	}
	if open {
		s.lines(0, dim, w.say("guideline.legend"))
	}
	return nil
}

// fitted names the first host and how many more there are, on one line.
func fitted(hosts []string, room int) string {
	more := ""
	if len(hosts) > 1 {
		more = fmt.Sprintf(" (+%d)", len(hosts)-1)
	}
	name := []rune(hosts[0])
	for len(name) > 0 && twwidth.Width(string(name)+"…"+more) > room {
		name = name[:len(name)-1]
	}
	if twwidth.Width(hosts[0]+more) <= room {
		return hosts[0] + more
	}
	return string(name) + "…" + more
}
