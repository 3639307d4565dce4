package paper

import (
	"fmt"

	"campanile/report"
	"campanile/report/checklist"
	"campanile/report/office"
)

// how says how to use the list, and gives all of it at a glance, to tick.
func (p *part) how() {
	if len(p.Actors) == 0 {
		return
	}
	p.head(1, p.Say("how.heading"))
	p.write(office.Normal, p.HowOnPaper())
	p.head(1, p.Say("page.contents"))
	p.write(office.Normal, p.Say("page.contents-intro"))
	for _, actor := range p.Actors {
		p.head(2, actor.Name)
		list := office.List{Kind: office.Ticks}
		for _, item := range actor.Items {
			list.Items = append(list.Items, office.Item{
				Text: []office.Run{{Text: numbered(item), Link: p.to(item)}, {Text: " (" + p.severity(item) + ")"}},
				Done: item.Status == checklist.Ticked, // by a person, and not yet verified; a scan ticks nothing
			})
		}
		p.list(list)
	}
}

func numbered(item *report.Item) string { return fmt.Sprintf("%d. %s", item.Number, item.Title) }

func (p *part) severity(item *report.Item) string { return p.Say("severity." + string(item.Severity)) }

func (p *part) effort(item *report.Item) string { return p.Say("effort." + string(item.Effort)) }

// checklist is what there is to do, actor by actor; where there is nothing, it
// says what that means.
func (p *part) checklist() {
	for _, actor := range p.Actors {
		p.head(1, actor.Name)
		p.write(office.Normal, actor.Intro)
		for _, item := range actor.Items {
			p.item(item)
		}
	}
	switch clean := p.Clean(); {
	case len(p.Actors) > 0:
	case clean == "clean":
		p.head(1, p.Say("clean.heading"))
		p.write(office.Normal, p.Say("clean.text"))
	default:
		p.head(1, p.Say("clean.unseen"))
		p.write(office.Normal, p.Say("clean."+clean))
	}
}

func (p *part) item(item *report.Item) {
	p.headAt(2, numbered(item), p.numbers[item])
	facts := p.line(true, p.Say("item.severity"), p.severity(item))
	facts = append(facts, p.line(false, p.Say("item.when"), p.Say("when."+item.Urgency()))...)
	facts = append(facts, p.line(false, p.Say("item.effort"), p.effort(item))...)
	facts = append(facts, p.line(false, p.Say("item.subjects"), join(item.Subjects))...)
	for i, said := range item.Said {
		if i == 0 {
			facts = append(facts, p.line(false, p.Say("item.followed"), said)...)
			continue
		}
		facts = append(facts, office.Run{Text: said, Break: true})
	}
	p.add(office.Paragraph{Text: facts})
	p.head(3, p.Say("item.why"))
	p.paragraphs(office.Normal, item.Why)
	p.head(3, p.Say("item.steps"))
	p.bullets(office.Numbers, item.Steps)
	if len(item.ToSupplier) > 0 {
		p.head(3, p.Say("item.letter"))
		p.write(office.Quote, item.Subject)
		p.paragraphs(office.Quote, item.ToSupplier)
	}
	p.head(3, p.Say("item.verify"))
	p.paragraphs(office.Normal, item.Verify)
	p.add(office.Paragraph{Style: office.Note, Text: []office.Run{{Text: p.Say("technician.go", "Number", p.Number(int64(item.Number))), Link: "#" + p.evidence(item)}}})
	p.write(office.Normal, p.Say("item.done-on")+" "+blank+" "+p.Say("item.done-by")+" "+blank)
}

// blank is room to write by hand.
const blank = "____________________"

// evidence is the anchor of what was seen behind an entry.
func (p *part) evidence(item *report.Item) string {
	return fmt.Sprintf("%sevidence-%d", p.prefix, item.Number)
}

// roadmap puts the list into the order of time.
func (p *part) roadmap() {
	if len(p.Roadmap) == 0 {
		return
	}
	p.head(1, p.Say("roadmap.heading"))
	p.write(office.Normal, p.Say("roadmap.intro"))
	for _, horizon := range p.Roadmap {
		p.head(2, horizon.Name)
		p.write(office.Normal, horizon.Intro)
		table := office.Table{
			Widths: []int{1, 7, 4, 3, 2},
			Header: header(p.Say("roadmap.number"), p.Say("roadmap.what"), p.Say("roadmap.who"), p.Say("roadmap.effort"), p.Say("roadmap.severity")),
		}
		for _, item := range horizon.Items {
			what := office.Cell{{Text: []office.Run{{Text: item.Title, Link: p.to(item)}}}}
			table.Rows = append(table.Rows, []office.Cell{cell(p.Number(int64(item.Number))), what, cell(p.who(item)), cell(p.effort(item)), cell(p.severity(item))})
		}
		p.table(table)
	}
}
