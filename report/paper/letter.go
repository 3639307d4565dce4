package paper

import (
	"fmt"

	"campanile/report"
	"campanile/report/office"
)

// Letter lays out one letter to a supplier, in the order of its fields.
func Letter(d report.Document, l report.Letter) office.Document {
	whole := frame(d, l.Subject)
	whole.Subject = l.Name
	p := newPart(d, "", 0)
	p.alone = true
	p.add(office.Paragraph{Text: []office.Run{{Text: d.Name, Bold: true}}})
	p.write(office.Normal, l.To)
	p.head(1, l.Subject)
	p.paragraphs(office.Normal, l.Opening)
	for _, point := range l.Points {
		p.point(point)
	}
	p.paragraphs(office.Note, l.Notes)
	p.paragraphs(office.Normal, l.Closing)
	whole.Body = p.body
	return whole
}

// point is one request: what, where, what was seen, and how it will be verified.
func (p *part) point(point report.Point) {
	p.head(2, fmt.Sprintf("%d. %s", point.Number, point.Title))
	p.write(office.Normal, point.Where)
	p.paragraphs(office.Normal, point.Request)
	if point.Item != nil && len(point.Item.Facts) > 0 {
		p.write(office.Normal, point.Observed)
		p.facts(point.Item.Facts)
	}
	p.write(office.Normal, point.When)
	p.write(office.Normal, point.Verify)
	if len(point.Requirements) == 0 {
		return
	}
	p.write(office.Normal, point.Required)
	var list office.List
	for _, r := range point.Requirements {
		text := []office.Run{{Text: r.ID, Bold: true, Link: r.Link}, {Text: p.Say("colon") + " " + r.Text}}
		list.Items = append(list.Items, office.Item{Text: text})
	}
	p.list(list)
}
