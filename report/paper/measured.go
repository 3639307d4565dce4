package paper

import (
	"strings"

	"campanile/report"
	"campanile/report/office"
)

// exposure is what answers at each address.
func (p *part) exposure() {
	if p.Exposure == nil || len(p.Exposure.Hosts) == 0 {
		return
	}
	p.head(1, p.Say("exposure.heading"))
	p.write(office.Normal, p.Say("exposure.intro"))
	for _, host := range p.Exposure.Hosts {
		p.head(2, host.Address)
		if len(host.Names) > 0 {
			p.write(office.Note, p.Say("exposure.names", "List", p.List(host.Names)))
		}
		p.write(office.Normal, host.Note)
		table := office.Table{
			Widths: []int{2, 4, 4, 7}, Heads: true,
			Header: header(p.Say("column.port"), p.Say("column.service"), p.Say("column.program"), p.Say("column.details")),
		}
		for _, port := range host.Ports {
			details := append(p.named(port.Facts), p.named(port.Algorithms)...)
			table.Rows = append(table.Rows, []office.Cell{cell(port.Port), cell(port.Service), cell(port.Program), cell(details...)})
		}
		p.table(table)
	}
}

// named writes "Name: text" for each line.
func (p *part) named(lines []report.Line) []string {
	texts := make([]string, len(lines))
	for i, line := range lines {
		texts[i] = line.Name + p.Say("colon") + " " + line.Text
	}
	return texts
}

// guidelines hold the secure connection of each site against what others publish.
func (p *part) guidelines() {
	if p.Guidelines == nil {
		return
	}
	p.head(1, p.Say("guideline.heading"))
	p.write(office.Normal, p.Say("guideline.intro"))
	for _, site := range p.Guidelines.Sites {
		p.head(2, join(site.Hosts))
		table := office.Table{Widths: []int{4, 3, 7}, Heads: true, Header: header(p.Say("column.guideline"), p.Say("column.kept"), p.Say("column.reason"))}
		for _, row := range site.Rows {
			table.Rows = append(table.Rows, []office.Cell{cell(row.Name), cell(row.Verdict), cell(row.Why...)})
		}
		p.table(table)
		if len(site.Others) > 0 {
			var others []string
			for _, other := range site.Others {
				others = append(others, other.Name+p.Say("colon")+" "+other.Verdict)
			}
			p.write(office.Note, p.Say("guideline.others")+" "+strings.Join(others, p.Say("semicolon")+" ")+".")
		}
		if site.Shallow {
			p.write(office.Note, p.Say("guideline.shallow"))
		}
	}
	p.head(2, p.Say("guideline.read"))
	for _, about := range p.Guidelines.About {
		text := about.Note
		if len(about.Unseen) > 0 {
			text += " " + p.Say("guideline.unseen", "List", p.List(about.Unseen))
		}
		p.about(about.Name, about.Link, "", text)
	}
}

// about says what a published text is.
func (p *part) about(name, link, note, text string) {
	runs := []office.Run{{Text: name, Link: link, Bold: true}}
	if note != "" {
		runs = append(runs, office.Run{Text: " (" + note + ")"})
	}
	runs = append(runs, office.Run{Text: p.Say("colon") + " "})
	p.add(office.Paragraph{Text: append(runs, spelled(text)...)})
}
