package territory

import (
	"strings"

	"campanile/report"
	"campanile/report/office"
	"campanile/rules"
)

// linesToWrite is how many empty lines a sheet has for what people agree on.
const linesToWrite = 3

// Paper lays the handout out for a word processor: what it is, then each theme on
// a page of its own, with lines to write on.
func (h Handout) Paper() office.Document {
	w := report.WordsIn(h.Language)
	d := office.Document{
		Language: string(h.Language), Title: h.Title, Author: "Campanile", Date: h.Taken,
		Footer: h.Title, Page: w.PageOf(),
	}
	d.Body = append(d.Body, text(office.Title, h.Title), text(office.Lead, h.Lead))
	for _, note := range h.Notes {
		d.Body = append(d.Body, text(office.Normal, note))
	}
	var contents office.List
	for _, sheet := range h.Themes {
		contents.Items = append(contents.Items, office.Item{Text: office.Plain(sheet.Name)})
	}
	if len(contents.Items) > 0 {
		d.Body = append(d.Body, contents)
	}
	for _, sheet := range h.Themes {
		d.Body = append(d.Body, office.PageBreak{}, heading(1, sheet.Name), text(office.Lead, sheet.Intro))
		d.Body = append(d.Body, sheet.blocks(w)...)
	}
	return d
}

func (s Sheet) blocks(w report.Words) []office.Block {
	var body []office.Block
	add := func(style office.Style, texts ...string) {
		for _, each := range texts {
			if each != "" {
				body = append(body, text(style, each))
			}
		}
	}
	add(office.Normal, s.Standing...)
	add(office.Normal, s.None)
	for _, p := range s.Problems {
		body = append(body, p.blocks(w)...)
	}
	add(office.Note, s.More)
	body = append(body, heading(2, w.Say("workshop.talk")))
	var questions office.List
	for _, question := range s.Questions {
		questions.Items = append(questions.Items, office.Item{Text: office.Plain(question)})
	}
	body = append(body, questions, heading(2, w.Say("workshop.limits")))
	add(office.Normal, s.Limits)
	body = append(body, heading(2, w.Say("workshop.notes")))
	return append(body, lines(w))
}

// lines is an empty table to write on by hand.
func lines(w report.Words) office.Table {
	table := office.Table{Widths: []int{6, 3, 2}}
	for _, name := range []string{w.Say("workshop.agreed-what"), w.Say("workshop.agreed-who"), w.Say("workshop.agreed-when")} {
		table.Header = append(table.Header, office.Words(name))
	}
	blank := office.Cell{text(office.Normal, "\u00A0"), text(office.Normal, "\u00A0")}
	for range linesToWrite {
		table.Rows = append(table.Rows, []office.Cell{blank, blank, blank})
	}
	return table
}

func (p Problem) blocks(w report.Words) []office.Block {
	share := []office.Run{{Text: p.Share, Bold: true}}
	if p.Severity != rules.Info {
		share = append(share, office.Run{Text: " · " + w.Say("severity."+string(p.Severity))})
	}
	body := []office.Block{heading(2, p.Title), office.Paragraph{Text: share}}
	for _, why := range p.Why {
		body = append(body, text(office.Normal, why))
	}
	body = append(body, line(w.Say("workshop.who-label")+w.Say("colon")+" ", p.Who))
	if len(p.Towns) > 0 {
		body = append(body, line(w.Say("workshop.towns")+w.Say("colon")+" ", strings.Join(p.Towns, ", ")))
	}
	more := w.Say("workshop.rule", "Command", "campanile explain "+p.Rule)
	for _, each := range []string{p.Withheld, p.Left, more} {
		if each != "" {
			body = append(body, text(office.Note, each))
		}
	}
	return body
}

func heading(level int, title string) office.Heading {
	return office.Heading{Level: level, Text: office.Plain(title)}
}

func text(style office.Style, words string) office.Paragraph {
	return office.Paragraph{Style: style, Text: office.Plain(words)}
}

func line(label, words string) office.Paragraph {
	return office.Paragraph{Text: []office.Run{{Text: label, Bold: true}, {Text: words}}}
}
