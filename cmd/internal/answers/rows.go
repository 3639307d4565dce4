package answers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"campanile/rules"
)

// header finds the columns by their names, in any order.
func (r *reader) header(row tableRow) (map[string]int, error) {
	at := map[string]int{}
	for i, text := range row.cells {
		name := strings.ToLower(strings.TrimSpace(text))
		_, twice := at[name]
		switch {
		case name == "":
			continue
		case !slices.Contains(columns, name):
			return nil, fmt.Errorf("cell %s: %s is none of the columns of a form: %s", cellName(i, row.number), quoted(text), strings.Join(columns, ", "))
		case twice:
			return nil, fmt.Errorf("cell %s: the column %s stands twice", cellName(i, row.number), name)
		}
		at[name] = i
	}
	for _, name := range read {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("the column %q is missing; a form has the columns %s", name, strings.Join(columns, ", "))
		}
	}
	return at, nil
}

// tableRow takes one row: a part of the head, with its value as the answer, or
// an item.
func (r *reader) tableRow(at map[string]int, row tableRow) {
	cells := map[string]cell{}
	for _, name := range read {
		c := cell{at: place{row.number, row.line, cellName(at[name], row.number)}}
		if at[name] < len(row.cells) {
			c.text = unarmed(strings.TrimSpace(row.cells[at[name]]))
		}
		cells[name] = c
	}
	for i, text := range row.cells {
		if strings.TrimSpace(text) != "" && !known(at, i) {
			r.wrong(place{row.number, row.line, cellName(i, row.number)}, "%s stands beside the form, in a column without a name; name it note, or delete it", quoted(text))
		}
	}
	item, written := cells["item"], writtenIn(cells)
	id, marked := strings.CutPrefix(strings.ToUpper(item.text), itemMark)
	_, _, _, isItem := r.q.Item(item.text)
	switch {
	case item.empty():
		r.withoutItem(written)
	case slices.Contains(rules.FormFields, item.text):
		r.head(item, written)
	case marked:
		r.item(item.at, id, written)
	case isItem:
		r.wrong(item.at, "item %s: write %s%s; spreadsheets change bare numbers (1.10 to 1.1)", item.text, itemMark, item.text)
	default:
		r.wrong(item.at, "%s", unknown(item.text))
	}
}

func writtenIn(cells map[string]cell) row {
	return row{cells["answer"], cells["planned"], cells["done"]}
}

func known(at map[string]int, column int) bool {
	for _, i := range at {
		if i == column {
			return true
		}
	}
	return false
}

// head takes a part of the head.
func (r *reader) head(name cell, written row) {
	for _, c := range []cell{written.planned, written.done} {
		if !c.empty() {
			r.wrong(c.at, "%s: cannot be planned or done; write it in the column answer", name.text)
			return
		}
	}
	r.field(written.answer.at, name.text, written.answer.text)
}

// withoutItem refuses an answer of which nobody knows what it answers. A row of
// words alone is a heading.
func (r *reader) withoutItem(written row) {
	for _, c := range []cell{written.answer, written.planned, written.done} {
		if !c.empty() {
			r.wrong(c.at, "%s answers no item; write which in the column item", quoted(c.text))
		}
	}
}

// cellName is A1 for the first cell of the first row.
func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return fmt.Sprintf("R%dC%d", row, column+1) // beyond what a sheet can have
	}
	return name
}

// unarmed takes away the apostrophe that a CSV file of ours has before what a
// spreadsheet could take for a formula.
func unarmed(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && strings.ContainsAny(rest[:min(1, len(rest))], "=+-@") {
		return rest
	}
	return text
}
