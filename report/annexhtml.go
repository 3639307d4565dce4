package report

import (
	"errors"
	"fmt"
	"io"
)

// errNoAnnex says that a document was made without the questionnaire.
var errNoAnnex = errors.New("no annex: the questionnaire was not given")

// annexPage is the annex as a page of its own.
type annexPage struct {
	frame
	Name, Domain, ASCII, Date string
	Annex                     *Annex
	Proof                     string
}

// WriteAnnexHTML writes the annex to the Digital Maturity Assessment as one page
// that stands alone, in the style of the report.
func WriteAnnexHTML(w io.Writer, d Document) error {
	if d.Annex == nil {
		return fmt.Errorf("annex of %s: %w", d.ASCII, errNoAnnex)
	}
	alone := *d.Annex
	alone.Alone = true
	words := wordsIn(d.Language)
	title := words.say("annex.title", "Name", d.Name, "Date", d.Date)
	page := annexPage{frameOf(d.Language, title), d.Name, d.Domain, d.ASCII, d.Date, &alone, words.proof(d)}
	if err := writePage(w, "annex-page", d.Language, "", page); err != nil {
		return fmt.Errorf("annex of %s: %w", d.ASCII, err)
	}
	return nil
}

// proof says from which evidence and by which program an annex came about.
func (w words) proof(d Document) string {
	m := d.Method
	return w.say(
		"annex.proof", "Date", d.Date, "Digest", clean(m.Evidence), "Tool", m.Judge.Name, "Version", m.Judge.Version, "Rules", clean(m.Rules),
	)
}
