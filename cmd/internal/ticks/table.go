package ticks

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"campanile/report/checklist"
	"campanile/report/sheet"
)

// line of a table.
type tableRow struct {
	number int // in the sheet
	line   int // in the file; 0: it has none
	cells  []string
}

// csv reads a table as spreadsheets write it: with commas, semicolons or tabs,
// with a byte order mark or without.
func (r *reader) csv(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("not UTF-8 text; save the file as \"CSV UTF-8\"")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	first, _, _ := bytes.Cut(data, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(data))
	for _, comma := range ";\t" {
		if strings.Count(string(first), string(comma)) > strings.Count(string(first), string(in.Comma)) {
			in.Comma = comma
		}
	}
	in.FieldsPerRecord = -1
	var rows []tableRow
	broken := 0 // line ends inside cells: the sheet has fewer rows than the file has lines
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return r.table(rows)
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			return fmt.Errorf("line %d: not readable as CSV: %w", wrong.Line, wrong.Err)
		}
		if err != nil {
			return fmt.Errorf("not readable as CSV: %w", err)
		}
		line, _ := in.FieldPos(0)
		for i := range cells {
			broken += strings.Count(cells[i], "\n")
			cells[i] = unarmed(cells[i])
		}
		rows = append(rows, tableRow{line - broken, line, cells})
	}
}

// xlsx reads the sheet of a workbook that holds the list.
func (r *reader) xlsx(data []byte) error {
	grids, err := sheet.ReadXLSX(bytes.NewReader(data))
	if err != nil {
		return err
	}
	r.numbers = true
	for _, grid := range grids {
		var rows []tableRow
		for i, cells := range grid.Rows {
			rows = append(rows, tableRow{number: i + 1, cells: cells})
		}
		if full := filled(rows); len(full) > 0 && slices.ContainsFunc(full[0].cells, isRule) {
			return r.table(rows)
		}
	}
	return errors.New("no sheet begins with a row that names the columns of a checklist; \"campanile checklist update\" makes one")
}

func isRule(text string) bool { return named("column", text) == "rule" }

// filled leaves empty rows out.
func filled(rows []tableRow) []tableRow {
	return slices.DeleteFunc(slices.Clone(rows), func(row tableRow) bool {
		return strings.TrimSpace(strings.Join(row.cells, "")) == ""
	})
}

// table takes the rows of a list: the names of the columns, then head, findings
// and reviews.
func (r *reader) table(rows []tableRow) error {
	rows = filled(rows)
	switch {
	case len(rows) == 0:
		return errors.New("the file is empty; delete it, and \"campanile checklist update\" makes it anew")
	case len(rows) > maxEntries:
		return fmt.Errorf("more than %d rows; leave out what is long since mended", maxEntries)
	}
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
func header(row tableRow) (map[string]int, error) {
	at := map[string]int{}
	for i, text := range row.cells {
		if strings.TrimSpace(text) == "" {
			continue
		}
		name := named("column", text)
		if name == "" {
			return nil, fmt.Errorf("cell %s: %s is none of the columns of a checklist; leave the first row as the program has written it", cellName(i, row.number), quoted(text))
		}
		if _, twice := at[name]; twice {
			return nil, fmt.Errorf("cell %s: the column %s stands twice; leave one out", cellName(i, row.number), quoted(text))
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
func (r *reader) row(at map[string]int, row tableRow) {
	c := cells{r: r, at: at, row: row, left: map[string]string{}}
	for i, text := range row.cells {
		if strings.TrimSpace(text) == "" {
			continue
		}
		name := columnAt(at, i)
		if name == "" {
			r.wrong(c.place(i), "%s stands beside the list, in a column without a name; delete it", quoted(text))
			return
		}
		c.left[name] = unspelled(text)
	}
	kind := named("kind", c.left["kind"])
	delete(c.left, "kind")
	switch whole := (place{row.number, row.line, cellName(0, row.number)}); kind {
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
		r.wrong(c.place(at["kind"]), "the row says nothing of its kind; write finding or review here")
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
	if !r.once(c.place(c.at["kind"]), "the municipality", "the municipality") {
		return
	}
	r.blamed = !take(c, heads(), &t)
	r.list.Domain, r.list.Name = t.Domain, t.Name
}

// cells are the filled cells of one row, by column.
type cells struct {
	r    *reader
	at   map[string]int
	row  tableRow
	left map[string]string // not taken yet
}

func (c cells) place(column int) place {
	return place{c.row.number, c.row.line, cellName(column, c.row.number)}
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
			c.r.wrong(c.place(c.column(f.key)), "%s: %s", f.key, err)
			whole = false
		}
	}
	for _, name := range columns {
		if text, ok := c.left[name]; ok {
			c.r.wrong(c.place(c.at[name]), "%s: a row of this kind has none, and %s would be lost; move it to because or note, or delete it", name, quoted(text))
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

// cellName is A1 for the first cell of the first row.
func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return fmt.Sprintf("R%dC%d", row, column+1) // beyond what a sheet can have
	}
	return name
}
