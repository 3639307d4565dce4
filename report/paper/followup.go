package paper

import (
	"campanile/report"
	"campanile/report/office"
)

// followup is what became of the checklist since the last time, and who looked
// at the results when.
func (p *part) followup() {
	f := p.Followup
	if f == nil {
		return
	}
	p.head(1, p.Say("followup.heading"))
	p.write(office.Normal, p.Say("followup.intro"))
	for _, each := range f.Parts {
		p.head(2, each.Name)
		var list office.List
		for _, entry := range each.Entries {
			text := []office.Run{{Text: entry.Title, Bold: true}}
			if entry.Where != "" {
				text = append(text, office.Run{Text: " (" + entry.Where + ")"})
			}
			list.Items = append(list.Items, office.Item{Text: text, More: []office.Paragraph{{Text: spelled(entry.Text)}}})
		}
		p.list(list)
	}
	if len(f.Parts) == 0 {
		p.write(office.Normal, p.Say("followup.nothing"))
	}
	p.looks(f.Reviews)
}

// looks are the reviews as a table.
func (p *part) looks(reviews []report.FollowedReview) {
	if len(reviews) == 0 {
		return
	}
	p.head(2, p.Say("followup.reviews-heading"))
	table := office.Table{
		Widths: []int{3, 4, 4, 6}, Heads: true,
		Header: header(p.Say("followup.review-on"), p.Say("followup.review-by"), p.Say("followup.review-taken"), p.Say("followup.review-note")),
	}
	for _, r := range reviews {
		table.Rows = append(table.Rows, []office.Cell{cell(r.On), cell(r.By), cell(r.Taken), cell(r.Note)})
	}
	p.table(table)
}
