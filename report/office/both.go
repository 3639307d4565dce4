package office

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

// filled fills in one of the files that change little. What goes in is a
// checked language, a number, or elements; never a stranger's text.
func filled(files embed.FS, name string, data any) ([]byte, error) {
	parsed, err := template.ParseFS(files, name)
	if err != nil {
		return nil, fmt.Errorf("reading our own %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := parsed.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("filling in our own %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// regional names a language as spelling checkers know it, with a country.
func regional(language string) string {
	switch language {
	case "it":
		return "it-IT"
	case "fr":
		return "fr-FR"
	case "en":
		return "en-GB"
	case "de":
		return "de-DE"
	}
	return language
}

// What the words for the page hold.
const (
	pageNumber = "{page}"
	pageCount  = "{pages}"
)

// pieces cuts the words for the page at the numbers in them.
func pieces(text string) []string {
	marked := strings.NewReplacer(pageNumber, "\x00"+pageNumber+"\x00", pageCount, "\x00"+pageCount+"\x00").Replace(strings.ReplaceAll(text, "\x00", ""))
	return strings.Split(marked, "\x00")
}

// inList gives the runs of a paragraph below an item, whose style is the
// list's: of its own, what is in the letters remains.
func (p Paragraph) inList() []Run {
	runs := slices.Clone(p.Text)
	for i := range runs {
		runs[i].Code = runs[i].Code || p.Style == Code
		runs[i].Italic = runs[i].Italic || p.Style == Quote
	}
	return runs
}

// entry gives the run by which the contents name a heading, in its language.
func (h Heading) entry() Run {
	r := Run{Text: plain(h.Text)}
	if len(h.Text) > 0 {
		r.Language = h.Text[0].Language
	}
	return r
}
