package paper

import (
	"strings"

	"campanile/report"
	"campanile/report/office"
)

// schemes say how the sites stand on the scales of others.
func (p *part) schemes() {
	if p.Schemes == nil {
		return
	}
	p.head(1, p.Say("scheme.heading"))
	p.write(office.Normal, p.Say("scheme.intro"))
	for _, scale := range p.Schemes.Scales {
		p.head(2, scale.Name)
		for _, result := range scale.Results {
			p.result(scale, result)
		}
		p.figures(scale.Figures)
	}
	p.head(2, p.Say("scheme.read"))
	for _, scale := range p.Schemes.Scales {
		p.about(scale.Name, scale.Link, scale.About, scale.Note)
	}
}

func (p *part) result(scale report.Scale, r report.ScaleResult) {
	var standing []office.Run
	if len(r.Hosts) > 0 {
		standing = append(standing, office.Run{Text: join(r.Hosts) + p.Say("colon") + " "})
	}
	p.add(office.Paragraph{Text: append(standing, office.Run{Text: r.Verdict, Bold: true})})
	var reasons office.List
	for _, reason := range r.Reasons {
		reasons.Items = append(reasons.Items, office.Item{Text: p.reason(reason)})
	}
	p.list(reasons)
	if len(r.Groups) > 0 {
		p.write(office.Normal, p.Say("scheme.groups"))
		var groups office.List
		for _, group := range r.Groups {
			groups.Items = append(groups.Items, office.Item{Text: []office.Run{
				{Text: group.Words + " (" + group.ID + ")" + p.Say("colon") + " "}, {Text: group.Verdict, Bold: true},
			}})
		}
		p.list(groups)
	}
	p.criteria(scale, r)
}

// criteria are those of a scale, one by one.
func (p *part) criteria(scale report.Scale, r report.ScaleResult) {
	last := p.Say("column.reason")
	if r.Points {
		last = p.Say("column.points")
	}
	table := office.Table{Caption: p.caption(scale, r), Widths: []int{6, 3, 6}, Heads: true, Header: header(p.Say("column.criterion"), p.Say("column.kept"), last)}
	for _, row := range r.Rows {
		var reasons office.Cell
		if r.Points {
			reasons = office.Cell{{Text: p.points(row)}}
		} else {
			for _, reason := range row.Reasons {
				reasons = append(reasons, office.Paragraph{Text: p.reason(reason)})
			}
		}
		if len(reasons) == 0 {
			reasons = office.Words("–")
		}
		table.Rows = append(table.Rows, []office.Cell{cell(strings.TrimSpace(row.ID + " " + row.Words)), cell(row.Verdict), reasons})
	}
	p.table(table)
	if r.Points && len(r.Rows) > 0 {
		p.write(office.Note, p.Say("scheme.untried"))
	}
}

func (p *part) caption(scale report.Scale, r report.ScaleResult) string {
	if len(r.Hosts) == 0 {
		return scale.Name
	}
	return scale.Name + p.Say("colon") + " " + p.List(r.Hosts)
}

func (p *part) points(row report.ScaleRow) []office.Run {
	runs := []office.Run{{Text: row.Points}}
	for _, reason := range row.Reasons {
		runs = append(runs, office.Run{Text: " "}, office.Run{Text: reason.Text, Code: true})
	}
	return runs
}

// reason gives why, with the entry of the list that says more, or with the rules
// to which an answer is missing.
func (p *part) reason(r report.ScaleReason) []office.Run {
	if link := p.toRule(r.Rule); link != "" {
		return []office.Run{{Text: r.Text, Link: link}}
	}
	runs := []office.Run{{Text: r.Text}}
	for i, rule := range r.Asked {
		between := ", "
		if i == 0 {
			between = p.Say("colon") + " "
		}
		runs = append(runs, office.Run{Text: between}, office.Run{Text: rule, Code: true})
	}
	return runs
}

// figures are what the authors of a scale have published.
func (p *part) figures(f *report.FigureTable) {
	if f == nil {
		return
	}
	table := office.Table{Caption: f.Caption, Heads: true, Header: header(append([]string{p.Say("column.year"), p.Say("column.sites")}, f.Classes...)...)}
	for _, row := range f.Rows {
		cells := []office.Cell{{{Text: []office.Run{{Text: row.Year, Link: row.Link}}}}, cell(row.Sites)}
		for _, each := range row.Cells {
			cells = append(cells, cell(each.Text))
		}
		table.Rows = append(table.Rows, cells)
	}
	p.table(table)
}
