package answers

import (
	"fmt"
	"slices"
	"strings"

	"campanile/cmd/internal/mistake"
	"campanile/report/sheet"
	"campanile/rules"
)

// header finds the columns by their names, in any order.
func (r *reader) header(row sheet.Row) (map[string]int, error) {
	at := map[string]int{}
	for i, text := range row.Cells {
		name := strings.ToLower(strings.TrimSpace(text))
		_, twice := at[name]
		switch {
		case name == "":
			continue
		case !slices.Contains(columns, name):
			return nil, fmt.Errorf("cell %s: %s is none of the columns of a form: %s", sheet.Cell(i, row.Number), mistake.Quoted(text), strings.Join(columns, ", "))
		case twice:
			return nil, fmt.Errorf("cell %s: the column %s stands twice", sheet.Cell(i, row.Number), name)
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
func (r *reader) tableRow(at map[string]int, row sheet.Row) {
	cells := map[string]cell{}
	for _, name := range read {
		c := cell{at: mistake.Place{Row: row.Number, Line: row.Line, Cell: sheet.Cell(at[name], row.Number)}}
		if at[name] < len(row.Cells) {
			c.text = unarmed(strings.TrimSpace(row.Cells[at[name]]))
		}
		cells[name] = c
	}
	for i, text := range row.Cells {
		if strings.TrimSpace(text) != "" && !known(at, i) {
			r.Wrong(mistake.Place{Row: row.Number, Line: row.Line, Cell: sheet.Cell(i, row.Number)}, "%s stands beside the form, in a column without a name; name it note, or delete it", mistake.Quoted(text))
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
		r.Wrong(item.at, "item %s: write %s%s; spreadsheets change bare numbers (1.10 to 1.1)", item.text, itemMark, item.text)
	default:
		r.Wrong(item.at, "%s", unknown(item.text))
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
			r.Wrong(c.at, "%s: cannot be planned or done; write it in the column answer", name.text)
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
			r.Wrong(c.at, "%s answers no item; write which in the column item", mistake.Quoted(c.text))
		}
	}
}

// unarmed takes away the apostrophe that a CSV file of ours has before what a
// spreadsheet could take for a formula.
func unarmed(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && strings.ContainsAny(rest[:min(1, len(rest))], "=+-@") {
		return rest
	}
	return text
}
