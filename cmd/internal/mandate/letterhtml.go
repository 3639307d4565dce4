package mandate

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

//go:embed page/letter.html
var pageTemplate string

//go:embed page/letter.css
var style string

// html writes the letter as one page that stands alone: no script, no request to
// anybody, styles inside; two sheets when printed.
func (l letter) html(w io.Writer) error {
	page, err := template.New("letter").Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("the letter's page: %w", err)
	}
	sum := sha256.Sum256([]byte(style))
	view := struct {
		letter
		Style  template.CSS
		Policy string
	}{
		letter: l,
		Style:  template.CSS(style), //nolint:gosec // a file of this package, not text from outside
		// Nothing may load or run but this very style sheet (CSP level 3).
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'",
	}
	if err := page.Execute(w, view); err != nil {
		return fmt.Errorf("writing the letter: %w", err)
	}
	return nil
}
