package paper

import (
	"campanile/report"
	"campanile/report/office"
)

// cover is the first page: whom the document is about, and what the look was like.
func (p *part) cover() {
	p.write(office.Title, p.Name)
	p.write(office.Subtitle, p.Say("page.kicker"))
	lead := p.Say("page.lead", "Date", p.Document.Date, "Domain", p.Domain)
	if p.Domain != p.ASCII {
		lead += " " + p.Say("page.ascii", "ASCII", p.ASCII)
	}
	p.write(office.Lead, lead)
	p.pairs(p.Cover.Lines)
}

// languages links to the parts of a document in several languages.
func (p *part) languages(docs []report.Document) {
	runs := []office.Run{p.label(p.Say("cover.languages"))}
	for i, d := range docs {
		if i > 0 {
			runs = append(runs, office.Run{Text: " | "})
		}
		runs = append(runs, office.Run{Text: report.WordsIn(d.Language).LanguageName(), Language: string(d.Language), Link: "#" + partAnchor(d)})
	}
	p.add(office.Paragraph{Text: runs})
}

// open begins the part of one language among several.
func (p *part) open() {
	p.add(office.PageBreak{})
	p.headAt(0, p.LanguageName(), partAnchor(p.Document))
	p.fresh = true
}

func partAnchor(d report.Document) string { return "part-" + string(d.Language) }
