// Package paper lays a report out for word processors: the same document as the
// page, in the same order, that the staff of a town hall can edit, tick and
// sign.
//
// It must not judge, dial or read a clock. Every sentence comes from the report,
// and package office writes the bytes.
package paper

import (
	"strings"

	"campanile/report"
	"campanile/report/office"
)

// Of lays out the whole document of a municipality. The same municipality in
// further languages follows, each language in a part of its own.
func Of(d report.Document, more ...report.Document) office.Document {
	w := report.WordsIn(d.Language)
	whole := frame(d, w.Say("page.title", "Name", d.Name, "Date", d.Date))
	whole.Subject = w.Say("page.kicker")
	if len(more) == 0 {
		p := newPart(d, "", 0)
		p.cover()
		p.add(office.Contents{Title: w.Contents(), Levels: 1})
		p.rest()
		whole.Body = p.body
		return whole
	}
	p := newPart(d, "", 1)
	p.cover()
	p.languages(append([]report.Document{d}, more...))
	p.add(office.PageBreak{}, office.Contents{Title: w.Contents(), Levels: 2})
	p.open()
	p.rest()
	whole.Body = p.body
	for _, each := range more {
		p := newPart(each, string(each.Language)+"-", 1)
		p.open()
		p.cover()
		p.fresh = false
		p.rest()
		speak(p.body, string(each.Language))
		whole.Body = append(whole.Body, p.body...)
	}
	return whole
}

// Annex lays out the annex to the Digital Maturity Assessment alone. A document
// without one gives nothing but its title.
func Annex(d report.Document) office.Document {
	w := report.WordsIn(d.Language)
	whole := frame(d, w.Say("annex.title", "Name", d.Name, "Date", d.Date))
	whole.Subject = w.Say("annex.heading")
	p := newPart(d, "", 0)
	p.alone = true
	p.write(office.Title, d.Name)
	p.write(office.Subtitle, w.Say("annex.heading"))
	p.write(office.Lead, w.Say("annex.lead", "Date", d.Date, "Domain", d.Domain))
	p.annex()
	whole.Body = p.body
	return whole
}

// frame is what every document says of itself.
func frame(d report.Document, title string) office.Document {
	return office.Document{
		Language: string(d.Language),
		Title:    title,
		Author:   strings.TrimSpace("Campanile " + d.Method.Judge.Version),
		Date:     d.Method.Taken, // the evidence's: the same input gives the same bytes
		Footer:   d.Name + " · " + d.Domain + " · " + d.Date,
		Page:     report.WordsIn(d.Language).PageOf(),
	}
}

// rest lays out everything after the cover, in the order of the page.
func (p *part) rest() {
	p.mayor()
	p.followup()
	p.how()
	p.checklist()
	p.roadmap()
	p.technician()
	p.good()
	p.gaps()
	p.exposure()
	p.guidelines()
	p.schemes()
	p.sent()
	p.annex()
	p.terms()
	p.method()
}
