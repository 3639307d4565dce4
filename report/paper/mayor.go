package paper

import (
	"slices"
	"strings"

	"campanile/report"
	"campanile/report/office"
)

// mayor is a page of its own for whoever has two minutes.
func (p *part) mayor() {
	p.turn()
	p.head(1, p.Say("summary.heading"))
	p.add(office.Paragraph{Style: office.Lead, Text: []office.Run{{Text: p.grade(), Bold: true}}})
	p.write(office.Normal, strings.Join(p.Mayor.Sentences, " "))
	p.write(office.Note, strings.TrimSpace(strings.Join(p.Tally(), ", ")+" "+p.Notes()))
	p.first()
	p.picture(p.Mayor.Picture)
	note := p.Say("summary.note")
	if p.Unexposed {
		note = p.Say("summary.unexposed") + " " + note
	}
	p.write(office.Note, note)
	p.add(office.PageBreak{})
}

// turn begins a page, unless one has just begun.
func (p *part) turn() {
	if !p.fresh {
		p.add(office.PageBreak{})
	}
	p.fresh = false
}

func (p *part) grade() string {
	if p.Summary.Grade == "" {
		return p.Say("terminal.ungraded")
	}
	return p.Say("terminal.grade", "Grade", p.Summary.Grade)
}

// first are the things to begin with.
func (p *part) first() {
	if len(p.First) == 0 {
		return
	}
	p.head(2, p.Say(firsts[len(p.First)-1]))
	list := office.List{Kind: office.Numbers}
	for _, item := range p.First {
		list.Items = append(list.Items, office.Item{Text: []office.Run{
			{Text: item.Title, Link: p.to(item)},
			{Text: " (" + p.who(item) + ", " + p.Say("when."+item.Urgency()) + ")"},
		}})
	}
	p.list(list)
}

// firsts are the headings for one, two and three things.
var firsts = []string{"first.n1", "first.n2", "first.n3"}

func (p *part) who(item *report.Item) string { return p.Say("actor." + string(item.Actor) + ".name") }

// pictureWidth is the width of a picture, in millimetres: with its table it
// leaves room for the rest of the mayor's page.
const pictureWidth = 85

// picture is a chart with the table of the same values.
func (p *part) picture(c report.Chart) {
	if len(c.SVG) > 0 && c.Width > 0 {
		p.add(office.Figure{
			SVG: c.SVG, PNG: bars(c.SVG, c.Width, c.Height), Title: c.Title, Description: c.Description, Caption: c.Title,
			Width: pictureWidth, Height: pictureWidth * float64(c.Height) / float64(c.Width),
		})
	}
	table := office.Table{Caption: p.Say("mayor.table"), Header: header(c.Columns...), Heads: true, Widths: append([]int{2}, slices.Repeat([]int{1}, max(0, len(c.Columns)-1))...)}
	for _, row := range c.Rows {
		table.Rows = append(table.Rows, header(row...))
	}
	p.table(table)
}
