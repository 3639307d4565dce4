package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// Widths of a letter as plain text, in columns.
const (
	letterWidth = 72  // as RFC 3676 section 4.2 wants, so that a reply can quote it
	wholeWord   = 500 // a word of up to so many characters is never broken: somebody copies it
)

// WriteLetter writes a letter as plain text, for a certified message or an
// ordinary one: lines of 72 columns, no markup, nothing to unfold.
func WriteLetter(w io.Writer, d Document, l Letter) error {
	page := &letterPage{colon: wordsIn(d.Language).say("colon")}
	for _, line := range fold(l.Subject, wholeWord) { // whole: it is copied into a field of its own
		page.text.WriteString(line + "\n")
	}
	page.lines(0, l.To)
	for _, text := range l.Opening {
		page.paragraph(0, text)
	}
	for _, point := range l.Points {
		page.point(point)
	}
	for _, text := range l.Notes {
		page.paragraph(0, text)
	}
	for _, text := range l.Closing {
		page.paragraph(0, text)
	}
	if _, err := w.Write(page.text.Bytes()); err != nil {
		return fmt.Errorf("writing a letter: %w", err)
	}
	return nil
}

// letterPage is the letter under way. Its texts come from a Document and are
// harmless already; it adds line breaks.
type letterPage struct {
	text  bytes.Buffer
	colon string // as the language of the letter writes it: French puts a blank before it
}

// pointIndent is the margin of what belongs to a point, under its number.
const pointIndent = 3

func (p *letterPage) point(point Point) {
	p.text.WriteString("\n")
	p.hanging(0, strconv.Itoa(point.Number)+". ", point.Title)
	p.lines(pointIndent, point.Where)
	for _, text := range point.Request {
		p.paragraph(pointIndent, text)
	}
	p.observed(point)
	p.paragraph(pointIndent, point.When)
	p.lines(pointIndent, point.Verify)
	if point.Required != "" {
		p.paragraph(pointIndent, point.Required)
		for _, r := range point.Requirements {
			p.hanging(pointIndent, "- ", r.ID+p.colon+" "+r.Text)
		}
	}
}

func (p *letterPage) observed(point Point) {
	if point.Observed == "" {
		return
	}
	p.paragraph(pointIndent, point.Observed)
	for _, each := range point.Item.Facts {
		p.hanging(pointIndent, "- ", strings.Join(each.Subjects, ", "))
		for _, fact := range each.Facts {
			p.hanging(pointIndent+2, "", fact.Name+": "+fact.Value)
		}
	}
}

// paragraph writes a text after an empty line.
func (p *letterPage) paragraph(indent int, text string) {
	p.text.WriteString("\n")
	p.lines(indent, text)
}

func (p *letterPage) lines(indent int, text string) { p.write(indent, indent, "", text) }

// hanging writes a text behind a mark, and what goes on further in: a stranger's
// value can then not pass for a point or a line of ours.
func (p *letterPage) hanging(indent int, mark, text string) {
	p.write(indent, indent+max(2, len(mark)), mark, text)
}

func (p *letterPage) write(first, further int, mark, text string) {
	for i, line := range fold(text, letterWidth-max(first+len(mark), further)) {
		if i == 0 {
			line = strings.Repeat(" ", first) + mark + line
		} else {
			line = strings.Repeat(" ", further) + line
		}
		p.text.WriteString(line + "\n")
	}
}

// unbroken is what stays on one line: a word, or a few between quotation marks,
// which are mostly something to copy into a zone or a configuration.
var unbroken = regexp.MustCompile(`(?:«[^«»]{1,64}»|"[^"]{1,64}"|[^ ])+`)

// fold breaks text into lines at spaces. A word wider than a line (an address,
// a record) stands whole on a line of its own, unless it has no end: RFC 5322
// section 2.1.1 ends a line at 998 characters.
func fold(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range unbroken.FindAllString(text, -1) {
		for len(word) > wholeWord {
			at := cut(word, width)
			if line != "" {
				lines = append(lines, line)
			}
			lines, line, word = append(lines, word[:at]), "", word[at:]
		}
		switch {
		case line == "":
			line = word
		case twwidth.Width(line)+1+twwidth.Width(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}
