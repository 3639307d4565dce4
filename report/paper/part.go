package paper

import (
	"fmt"
	"strings"

	"campanile/report"
	"campanile/report/office"
)

// part is a document in one language under way.
type part struct {
	report.Document
	report.Words
	prefix  string                  // of the anchors
	shift   int                     // how much lower its headings stand
	alone   bool                    // only one section is laid out
	fresh   bool                    // a page has just begun
	numbers map[*report.Item]string // anchor of each entry
	rules   map[string]string       // anchor of the first entry of each rule
	body    []office.Block
}

func newPart(d report.Document, prefix string, shift int) *part {
	p := &part{Document: d, Words: report.WordsIn(d.Language), prefix: prefix, shift: shift, numbers: map[*report.Item]string{}, rules: map[string]string{}}
	for _, actor := range d.Actors {
		for _, item := range actor.Items {
			anchor := fmt.Sprintf("%sitem-%d", prefix, item.Number)
			p.numbers[item] = anchor
			if p.rules[item.Rule] == "" {
				p.rules[item.Rule] = anchor
			}
		}
	}
	return p
}

func (p *part) add(blocks ...office.Block) { p.body = append(p.body, blocks...) }

// head begins a section. Level 1 is that of the page's sections.
func (p *part) head(level int, text string) { p.headAt(level, text, "") }

func (p *part) headAt(level int, text, anchor string) {
	p.add(office.Heading{Level: level + p.shift, Text: office.Plain(text), Anchor: anchor})
}

// write adds a paragraph, unless there is nothing to say.
func (p *part) write(style office.Style, text string) {
	if text != "" {
		p.add(office.Paragraph{Style: style, Text: spelled(text)})
	}
}

func (p *part) paragraphs(style office.Style, texts []string) {
	for _, text := range texts {
		p.write(style, text)
	}
}

// bullets adds a list of sentences.
func (p *part) bullets(kind office.Kind, texts []string) {
	list := office.List{Kind: kind}
	for _, text := range texts {
		list.Items = append(list.Items, office.Item{Text: spelled(text)})
	}
	p.list(list)
}

func (p *part) list(l office.List) {
	if len(l.Items) > 0 {
		p.add(l)
	}
}

// spelled gives a text, with the commands in it set in another type.
func spelled(text string) []office.Run {
	var runs []office.Run
	for _, piece := range report.Pieces(text) {
		runs = append(runs, office.Run{Text: piece.Text, Code: piece.Command})
	}
	return runs
}

// label gives "Name: " in bold.
func (p *part) label(name string) office.Run {
	return office.Run{Text: name + p.Say("colon") + " ", Bold: true}
}

// line gives "Name: text", on a line of its own where it is not the first.
func (p *part) line(first bool, name, text string) []office.Run {
	label := p.label(name)
	label.Break = !first
	return append([]office.Run{label}, spelled(text)...)
}

// pairs adds a table of names and what stands for each.
func (p *part) pairs(lines []report.Line) {
	table := office.Table{Widths: []int{2, 5}, Heads: true}
	for _, line := range lines {
		table.Rows = append(table.Rows, []office.Cell{office.Words(line.Name), {office.Paragraph{Text: spelled(line.Text)}}})
	}
	p.table(table)
}

// table adds a table that has at least one row.
func (p *part) table(t office.Table) {
	if len(t.Rows) > 0 {
		p.add(t)
	}
}

// header gives the cells at the head of a table.
func header(names ...string) []office.Cell {
	cells := make([]office.Cell, len(names))
	for i, name := range names {
		cells[i] = office.Words(name)
	}
	return cells
}

// cell gives a cell of several paragraphs; nothing shows as a dash.
func cell(texts ...string) office.Cell {
	var c office.Cell
	for _, text := range texts {
		if text != "" {
			c = append(c, office.Paragraph{Text: spelled(text)})
		}
	}
	if len(c) == 0 {
		return office.Words("–")
	}
	return c
}

// reference gives a text that can be looked up, with its note in brackets.
func reference(r report.Reference) []office.Run {
	runs := []office.Run{{Text: r.Title, Link: r.Link}}
	if r.Note != "" {
		runs = append(runs, office.Run{Text: " (" + r.Note + ")"})
	}
	return runs
}

// to gives the link to an entry of the checklist, or none.
func (p *part) to(item *report.Item) string {
	if anchor := p.numbers[item]; anchor != "" && !p.alone {
		return "#" + anchor
	}
	return ""
}

// toRule gives the link to the entry of a rule, or none.
func (p *part) toRule(rule string) string {
	if anchor := p.rules[rule]; anchor != "" && !p.alone {
		return "#" + anchor
	}
	return ""
}

// join puts texts into one line.
func join(texts []string) string { return strings.Join(texts, ", ") }
