package answers

import (
	"bytes"
	"errors"
	"fmt"
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

// csv reads the table of a form.
func (r *reader) csv(data []byte) error {
	rows, err := sheet.ReadCSV(data)
	if err != nil {
		return err
	}
	return r.table(rows)
}

// xlsx reads the sheet of a workbook that holds the form.
func (r *reader) xlsx(data []byte) error {
	grids, err := sheet.ReadXLSX(bytes.NewReader(data))
	if err != nil {
		return err
	}
	r.days = true
	for _, grid := range grids {
		if rows := grid.Filled(); len(rows) > 0 && slices.ContainsFunc(rows[0].Cells, isItem) {
			return r.table(rows)
		}
	}
	return errors.New("no sheet begins with a row that names the column \"item\"; take the form from \"campanile dma template\"")
}

func isItem(text string) bool { return strings.EqualFold(strings.TrimSpace(text), "item") }

// table takes the rows of a form: the names of the columns, then head and items.
func (r *reader) table(rows []sheet.Row) error {
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
