package paper

import (
	"campanile/report"
	"campanile/report/office"
)

// technician is what was seen behind each entry, for whoever mends it.
func (p *part) technician() {
	if len(p.Actors) == 0 {
		return
	}
	p.head(1, p.Say("technician.heading"))
	p.write(office.Normal, p.Say("technician.intro"))
	for _, actor := range p.Actors {
		for _, item := range actor.Items {
			p.headAt(2, numbered(item), p.evidence(item))
			p.add(office.Paragraph{Text: []office.Run{p.label(p.Say("item.rule")), {Text: item.Rule, Code: true}}})
			if len(item.Facts) > 0 {
				p.head(3, p.Say("item.observed"))
				p.facts(item.Facts)
			}
			p.references(p.Say("item.laws"), item.Laws)
			p.references(p.Say("item.refs"), item.Refs)
			p.add(office.Paragraph{Style: office.Note, Text: []office.Run{{Text: p.Say("technician.back"), Link: p.to(item)}}})
		}
	}
}

// facts are those of each subject, or of several that share them.
func (p *part) facts(list []report.SubjectFacts) {
	for _, each := range list {
		var subjects []office.Run
		for i, subject := range each.Subjects {
			if i > 0 {
				subjects = append(subjects, office.Run{Text: ", "})
			}
			subjects = append(subjects, office.Run{Text: subject, Code: true, Bold: true})
		}
		p.add(office.Paragraph{Text: subjects})
		table := office.Table{Widths: []int{2, 5}, Heads: true}
		for _, fact := range each.Facts {
			value := office.Cell{{Text: []office.Run{{Text: fact.Value, Code: true}}}}
			table.Rows = append(table.Rows, []office.Cell{office.Words(fact.Name), value})
		}
		p.table(table)
	}
}

func (p *part) references(heading string, list []report.Reference) {
	if len(list) == 0 {
		return
	}
	p.head(3, heading)
	var bullets office.List
	for _, r := range list {
		bullets.Items = append(bullets.Items, office.Item{Text: reference(r)})
	}
	p.list(bullets)
}
