// Package office writes a document for word processors, as DOCX (ISO/IEC 29500,
// transitional) and as ODT (OpenDocument 1.3), so that the staff of a town hall
// can edit it: real heading styles, table headers, boxes to tick, the language
// of every word.
//
// It must not judge, must not dial and does not know what a document is about.
// The same document gives the same bytes, and no text can be more than text.
package office

import (
	"fmt"
	"io"
	"time"
)

// Document is what is written, in every format the same.
type Document struct {
	Language string    // of the words: "it", "fr-CH"
	Title    string    // in the properties, and what a screen reader says first; the body shows its own
	Subject  string    // in the properties
	Author   string    // in the properties
	Date     time.Time // in the properties: the document's, never the clock's; zero leaves it out
	Footer   string    // stands at the foot of each page, on the left
	Page     string    // stands on the right, with {page} and {pages}: "page {page} of {pages}"
	Body     []Block
}

// DOCX writes the document for Word and whatever reads its files.
func (d Document) DOCX(w io.Writer) error {
	if err := d.check(); err != nil {
		return fmt.Errorf("writing DOCX: %w", err)
	}
	return newDOCX(d).write(w)
}

// ODT writes the document for LibreOffice and whatever reads its files.
func (d Document) ODT(w io.Writer) error {
	if err := d.check(); err != nil {
		return fmt.Errorf("writing ODT: %w", err)
	}
	return newODT(d).write(w)
}
