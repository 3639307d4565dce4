package markdown

import (
	"fmt"
	"strings"

	"campanile/report"
)

// Issue gives one entry of the checklist as an issue of a tracker: a title,
// which trackers read as plain text, and a body in Markdown.
func Issue(d report.Document, item *report.Item) (title, body string) {
	p := &page{words: report.WordsIn(d.Language)}
	p.paragraph(p.say("page.lead", "Date", d.Date, "Domain", d.Domain))
	p.item(item, 2)
	p.line(p.say("method.evidence") + ": " + code(d.Method.Evidence))
	return d.Domain + ": " + item.Title, p.text.String()
}

// item writes an entry, with headings of a level.
func (p *page) item(item *report.Item, level int) {
	who := p.say("actor." + string(item.Actor) + ".name")
	for _, each := range [][2]string{
		{"item.severity", p.severity(item)},
		{"item.when", p.say("when." + item.Urgency())},
		{"column.who", who},
		{"item.effort", p.say("effort." + string(item.Effort))},
		{"item.subjects", codes(item.Subjects)},
		{"item.rule", code(item.Rule)},
	} {
		p.line("- **" + p.say(each[0]) + "**: " + each[1])
	}
	p.blank()
	p.part(level, "item.why", item.Why)
	p.heading(level, p.say("item.steps"))
	for _, step := range item.Steps {
		p.line("- [ ] " + text(step))
	}
	p.blank()
	p.letter(level, item)
	p.part(level, "item.verify", item.Verify)
	p.observed(level, item)
	p.references(level, item)
}

func (p *page) part(level int, heading string, paragraphs []string) {
	if len(paragraphs) == 0 {
		return
	}
	p.heading(level, p.say(heading))
	for _, each := range paragraphs {
		p.paragraph(text(each))
	}
}

// letter quotes the text for the supplier, so that it can be told from ours.
func (p *page) letter(level int, item *report.Item) {
	if len(item.ToSupplier) == 0 {
		return
	}
	p.heading(level, p.say("item.letter"))
	quoted := []string{text(item.Subject)}
	for _, each := range item.ToSupplier {
		quoted = append(quoted, text(each))
	}
	p.paragraph("> " + strings.Join(quoted, "\n>\n> "))
}

func (p *page) observed(level int, item *report.Item) {
	if len(item.Facts) == 0 {
		return
	}
	p.heading(level, p.say("item.observed"))
	for _, each := range item.Facts {
		p.line("- " + codes(each.Subjects))
		for _, fact := range each.Facts {
			p.line(fmt.Sprintf("  - %s: %s", code(fact.Name), code(fact.Value)))
		}
	}
	p.blank()
}

func (p *page) references(level int, item *report.Item) {
	all := append(append([]report.Reference{}, item.Laws...), item.Refs...)
	if len(all) == 0 {
		return
	}
	p.heading(level, p.say("item.laws"))
	for _, each := range all {
		note := ""
		if each.Note != "" {
			note = " (" + text(each.Note) + ")"
		}
		p.line("- " + link(each.Title, each.Link) + note)
	}
	p.blank()
}

// codes lists names as code.
func codes(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = code(name)
	}
	return strings.Join(list, ", ")
}
