package ticks

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"campanile/cmd/internal/mistake"
	"campanile/report/checklist"
	"campanile/report/sheet"
)

// csv reads the table of a list.
func (r *reader) csv(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("not UTF-8 text; save the file as \"CSV UTF-8\"")
	}
	rows, err := sheet.ReadCSV(data)
	if err != nil {
		return err
	}
	for _, row := range rows {
		for i, text := range row.Cells {
			row.Cells[i] = unarmed(text)
		}
	}
	return r.table(rows)
}

// xlsx reads the sheet of a workbook that holds the list.
func (r *reader) xlsx(data []byte) error {
	grids, err := sheet.ReadXLSX(bytes.NewReader(data))
	if err != nil {
		return err
	}
	r.numbers = true
	for _, grid := range grids {
		if rows := grid.Filled(); len(rows) > 0 && slices.ContainsFunc(rows[0].Cells, isRule) {
			return r.table(rows)
		}
	}
	return errors.New("no sheet begins with a row that names the columns of a checklist; \"campanile checklist update\" makes one")
}

func isRule(text string) bool { return named("column", text) == "rule" }

// table takes the rows of a list: the names of the columns, then head, findings
// and reviews.
func (r *reader) table(rows []sheet.Row) error {
	switch {
	case len(rows) == 0:
		return errors.New("the file is empty; delete it, and \"campanile checklist update\" makes it anew")
	case len(rows) > maxEntries:
		return fmt.Errorf("more than %d rows; leave out what is long since mended", maxEntries)
	}
	r.head = rows[0].Cells
	at, err := header(rows[0])
	if err != nil {
		return err
	}
	for _, row := range rows[1:] {
		r.row(at, row)
	}
	return nil
}

// header finds the columns by their names, in any order and language.
func header(row sheet.Row) (map[string]int, error) {
	at := map[string]int{}
	for i, text := range row.Cells {
		if strings.TrimSpace(text) == "" {
			continue
		}
		name := named("column", text)
		if name == "" {
			return nil, fmt.Errorf("cell %s: %s is none of the columns of a checklist; leave the first row as the program has written it", sheet.Cell(i, row.Number), mistake.Quoted(text))
		}
		if _, twice := at[name]; twice {
			return nil, fmt.Errorf("cell %s: the column %s stands twice; leave one out", sheet.Cell(i, row.Number), mistake.Quoted(text))
		}
		at[name] = i
	}
	for _, name := range columns {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("the column %q is missing; leave the columns as the program has written them", name)
		}
	}
	return at, nil
}

// row takes one row of the kind that its first column names.
func (r *reader) row(at map[string]int, row sheet.Row) {
	c := cells{r: r, at: at, row: row, left: map[string]string{}}
	for i, text := range row.Cells {
		if strings.TrimSpace(text) == "" {
			continue
		}
		name := columnAt(at, i)
		if name == "" {
			r.Wrong(c.place(i), "%s stands beside the list, in a column without a name; delete it", mistake.Quoted(text))
			return
		}
		c.left[name] = unspelled(text)
	}
	kind := named("kind", c.left["kind"])
	delete(c.left, "kind")
	switch whole := (mistake.Place{Row: row.Number, Line: row.Line, Cell: sheet.Cell(0, row.Number)}); kind {
	case "town":
		r.town(c)
	case "finding":
		var e checklist.Entry
		if take(c, entries(), &e) {
			r.entry(whole, e)
		}
	case "review":
		var v checklist.Review
		if take(c, reviews(), &v) {
			r.review(whole, v)
		}
	default:
		r.Wrong(c.place(at["kind"]), "the row says nothing of its kind; write finding or review here")
	}
}

func (r *reader) town(c cells) {
	for field, column := range inTable {
		if text, ok := c.left[column]; ok {
			delete(c.left, column)
			c.left[field] = text
		}
	}
	t := town{r.list.Domain, r.list.Name}
	if !r.Once(c.place(c.at["kind"]), "the municipality", "the municipality") {
		return
	}
	r.blamed = !take(c, heads(), &t)
	r.list.Domain, r.list.Name = t.Domain, t.Name
}

// cells are the filled cells of one row, by column.
type cells struct {
	r    *reader
	at   map[string]int
	row  sheet.Row
	left map[string]string // not taken yet
}

func (c cells) place(column int) mistake.Place {
	return mistake.Place{Row: c.row.Number, Line: c.row.Line, Cell: sheet.Cell(column, c.row.Number)}
}

// take reads the fields of a row; false where something is wrong.
func take[T any](c cells, fields []field[T], into *T) bool {
	whole := true
	for _, f := range fields {
		text, ok := c.left[f.key]
		if !ok {
			continue
		}
		delete(c.left, f.key)
		if err := f.take(into, text, c.r.numbers); err != nil {
			c.r.Wrong(c.place(c.column(f.key)), "%s: %s", f.key, err)
			whole = false
		}
	}
	for _, name := range columns {
		if text, ok := c.left[name]; ok {
			c.r.Wrong(c.place(c.at[name]), "%s: a row of this kind has none, and %s would be lost; move it to because or note, or delete it", name, mistake.Quoted(text))
			whole = false
		}
	}
	return whole
}

// column is the place of a field in the row.
func (c cells) column(field string) int {
	if i, ok := c.at[field]; ok {
		return i
	}
	return c.at[inTable[field]]
}

func columnAt(at map[string]int, column int) string {
	for name, i := range at {
		if i == column {
			return name
		}
	}
	return ""
}
