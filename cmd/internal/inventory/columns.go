package inventory

import (
	"errors"
	"io"
	"maps"
	"strings"
	"unicode/utf8"

	"campanile/cmd/internal/exit"
)

// maxColumns bounds the columns of a register; the widest has some forty.
const maxColumns = 300

// layout is how a register of rows and columns is written.
type layout struct {
	title    string            // for the message to somebody who gives another file
	quoted   bool              // cells may stand in quotation marks
	latin    bool              // published as ISO-8859-1
	country  string            // of all its rows
	required []string          // columns, in plain form
	also     map[string]string // other names of columns, in plain form, and what they mean
}

// columns finds cells by the name of their column, in plain form: "codice ipa"
// for Codice_IPA. Registers add and move columns between releases.
type columns map[string]int

// cells are those of one row.
type cells struct {
	columns
	values []string
	row    *row
	latin  bool
}

// get gives a cell, cleaned; empty where the list has no such column.
func (c cells) get(name string) string {
	at, ok := c.columns[name]
	if !ok || at >= len(c.values) {
		return ""
	}
	return c.row.cell(c.values[at], c.latin)
}

// starting gives the first column whose name begins so: titles carry years and
// footnotes.
func (c cells) starting(name string) string {
	best := -1
	for title, at := range c.columns {
		if strings.HasPrefix(title, name) && (best < 0 || at < best) {
			best = at
		}
	}
	if best < 0 || best >= len(c.values) {
		return ""
	}
	return c.row.cell(c.values[best], c.latin)
}

// rowsOf reads a register of rows and columns; each row goes through fill, and
// is taken.
func (i *importer) rowsOf(r io.Reader, l layout, fill func(cells)) error {
	s, err := newSheet(r, i.from.Name, l.quoted)
	if err != nil {
		return err
	}
	head, err := s.next(0)
	if errors.Is(err, io.EOF) {
		return exit.Usagef("the list %s is empty; download it again", i.from.Name)
	}
	if err != nil {
		return err
	}
	named, err := i.header(head, l)
	if err != nil {
		return err
	}
	for {
		found, err := s.next(len(head.cells))
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		taken := &row{err: found.err, Body: Body{Line: found.line}}
		taken.Country = l.country
		if found.note != "" {
			taken.note("%s", found.note)
		}
		if found.err == nil {
			fill(cells{named, found.cells, taken, l.latin})
		}
		i.take(taken)
	}
}

// header reads the first row.
func (i *importer) header(head record, l layout) (columns, error) {
	if head.err != nil {
		return nil, exit.Usagef("%s:%d: the header cannot be read: %w", i.from.Name, head.line, head.err)
	}
	if len(head.cells) > maxColumns {
		return nil, exit.Usagef("%s:%d: a header of %d columns; is this %s?", i.from.Name, head.line, len(head.cells), l.title)
	}
	named := columns{}
	for at, title := range head.cells {
		if !utf8.ValidString(title) {
			title = fromWindows(title)
		}
		if title = plain(title); title != "" {
			if _, twice := named[title]; !twice {
				named[title] = at
			}
		}
	}
	for title, at := range maps.Clone(named) {
		if name, ok := l.also[title]; ok {
			if first, both := named[name]; !both || l.also[plain(head.cells[first])] == name && at < first {
				named[name] = at
			}
		}
	}
	for _, name := range l.required {
		if _, ok := named[name]; !ok {
			return nil, exit.Usagef("%s:%d: the column %q is missing; is this %s?", i.from.Name, head.line, name, l.title)
		}
	}
	return named, nil
}
