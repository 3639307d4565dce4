package paper

import (
	"strconv"

	"campanile/report"
	"campanile/report/office"
)

// sent is what the look has sent to the municipality, counted.
func (p *part) sent() {
	p.head(1, p.Say("sent.heading"))
	p.write(office.Normal, p.Say("sent.intro"))
	sent := p.Method.Sent
	queries := p.Count("method.queries", sent.DNSQueries)
	if sent.NameQueries > 0 {
		queries += " (" + p.Count("method.name-queries", sent.NameQueries) + ")"
	}
	lines := []report.Line{{Name: p.Say("sent.total"), Text: join([]string{
		queries, p.Count("method.connections", sent.Connections), p.Count("method.requests", sent.Requests), p.Count("method.bytes", int(sent.Bytes)),
	})}}
	if p.Exposure != nil {
		lines = append(lines, p.Exposure.Looked...)
	}
	p.pairs(lines)
	table := office.Table{
		Caption: p.Say("method.by-address"), Widths: []int{4, 2, 2, 2, 2}, Heads: true,
		Header: header(p.Say("column.address"), p.Say("column.queries"), p.Say("column.connections"), p.Say("column.requests"), p.Say("column.bytes")),
	}
	for _, to := range p.Method.Address {
		row := []office.Cell{{{Text: []office.Run{{Text: to.Address, Code: true}}}}}
		for _, n := range []int64{int64(to.DNSQueries), int64(to.Connections), int64(to.Requests), to.Bytes} {
			row = append(row, cell(p.Number(n)))
		}
		table.Rows = append(table.Rows, row)
	}
	p.table(table)
}

// method is how it all came about, so that anybody can do it again.
func (p *part) method() {
	m := p.Method
	p.head(1, p.Say("method.heading"))
	p.write(office.Normal, p.Say("method.limits"))
	lines := []report.Line{{Name: p.Say("method.program"), Text: m.Judge.Name + " " + m.Judge.Version}}
	if m.Judge != m.Taker {
		lines = append(lines, report.Line{Name: p.Say("method.taker"), Text: m.Taker.Name + " " + m.Taker.Version})
	}
	lines = append(
		lines,
		report.Line{Name: p.Say("method.time"), Text: p.Time(m.Taken)},
		report.Line{Name: p.Say("method.profile"), Text: p.Profile(m.Profile)},
		report.Line{Name: p.Say("method.families"), Text: join(m.Families)},
		report.Line{Name: p.Say("method.vantage"), Text: p.Vantage()},
		report.Line{Name: p.Say("method.schema"), Text: strconv.Itoa(m.Schema)},
	)
	p.pairs(lines)
	for _, each := range [][2]string{{p.Say("method.rules"), m.Rules}, {p.Say("method.evidence"), m.Evidence}, {p.Say("method.repeat"), m.Command}} {
		p.add(office.Paragraph{Text: []office.Run{p.label(each[0])}}, office.Paragraph{Style: office.Code, Text: office.Plain(each[1])})
	}
	p.recognised()
	p.names()
	p.write(office.Note, p.WrittenBy())
}

// recognised are the suppliers, with what they were recognised by.
func (p *part) recognised() {
	if len(p.Method.Suppliers) == 0 {
		return
	}
	p.head(2, p.Say("method.suppliers"))
	table := office.Table{Widths: []int{2, 5}, Heads: true}
	for _, s := range p.Method.Suppliers {
		who := office.Cell{{Text: []office.Run{{Text: s.Name + " ("}, {Text: s.Evidence, Code: true}, {Text: ")"}}}}
		table.Rows = append(table.Rows, []office.Cell{cell(s.Role), who})
	}
	p.table(table)
}

// names are those of the municipality that were found.
func (p *part) names() {
	if len(p.Method.Names) == 0 {
		return
	}
	p.head(2, p.Say("method.names"))
	var list office.List
	for _, name := range p.Method.Names {
		text := p.Say("colon") + " " + name.Source
		if !name.Visited {
			text += ", " + p.Say("method.not-visited")
		}
		list.Items = append(list.Items, office.Item{Text: []office.Run{{Text: name.Name, Code: true}, {Text: text}}})
	}
	p.list(list)
}
