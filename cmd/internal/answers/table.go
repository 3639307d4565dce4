package answers

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"campanile/report/sheet"
)

// columns are those that a table of answers can have. The items and the three
// for answers must be there; the others are for people and are not read.
var columns = []string{"item", "question", "text", "how", "answer", "planned", "done", "note"}

// read are the columns that count.
var read = []string{"item", "answer", "planned", "done"}

// itemMark stands before the number of an item in a table: a bare 1.10 would
// become 1.1, and 1.1 the first of January, in many a spreadsheet.
const itemMark = "Q"

const maxRows = 2_000

// line of a table.
type tableRow struct {
	number int // in the sheet
	line   int // in the file; 0: it has none
	cells  []string
}

// csv reads a table as spreadsheets write it: with commas, semicolons or tabs,
// with a byte order mark or without.
func (r *reader) csv(data []byte) error {
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
		rows = append(rows, tableRow{line - broken, line, cells})
		broken += strings.Count(strings.Join(cells, ""), "\n")
	}
}

// xlsx reads the sheet of a workbook that holds the form.
func (r *reader) xlsx(data []byte) error {
	grids, err := sheet.ReadXLSX(bytes.NewReader(data))
	if err != nil {
		return err
	}
	r.days = true
	for _, grid := range grids {
		var rows []tableRow
		for i, cells := range grid.Rows {
			rows = append(rows, tableRow{number: i + 1, cells: cells})
		}
		if len(filled(rows)) > 0 && slices.ContainsFunc(filled(rows)[0].cells, isItem) {
			return r.table(rows)
		}
	}
	return errors.New("no sheet begins with a row that names the column \"item\"; take the form from \"campanile dma template\"")
}

func isItem(text string) bool { return strings.EqualFold(strings.TrimSpace(text), "item") }

// filled leaves empty rows out.
func filled(rows []tableRow) []tableRow {
	return slices.DeleteFunc(slices.Clone(rows), func(row tableRow) bool {
		return strings.TrimSpace(strings.Join(row.cells, "")) == ""
	})
}

// table takes the rows of a form: the names of the columns, then head and items.
func (r *reader) table(rows []tableRow) error {
	rows = filled(rows)
	switch {
	case len(rows) == 0:
		return errors.New("the file is empty; make an empty form with \"campanile dma template\"")
	case len(rows) > maxRows:
		return fmt.Errorf("more than %d rows; save only the form", maxRows)
	}
	at, err := r.header(rows[0])
	if err != nil {
		return err
	}
	for _, row := range rows[1:] {
		r.tableRow(at, row)
	}
	return nil
}
