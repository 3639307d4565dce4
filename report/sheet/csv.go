package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode"

	"campanile/report"
)

// byteOrderMark tells a spreadsheet program that the file is UTF-8. Without it
// some read the accents of a town's name as two letters each.
const byteOrderMark = "\uFEFF"

// WriteCSV writes one list as RFC 4180 has it: commas, CRLF, the names of the
// columns first. A cell that a spreadsheet could take for a formula begins with
// an apostrophe, which is no part of its text.
func WriteCSV(w io.Writer, list report.List) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return fmt.Errorf("writing the list %s: %w", list.Name, err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	head := make([]string, len(list.Columns))
	for i, column := range list.Columns {
		head[i] = disarmed(column.Name)
	}
	rows := append([][]string{head}, list.Rows...)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = disarmed(cell)
		}
		if err := out.Write(cells); err != nil {
			return fmt.Errorf("writing the list %s: %w", list.Name, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing the list %s: %w", list.Name, err)
	}
	return nil
}

// disarmed puts an apostrophe before whatever a spreadsheet could take for the
// beginning of a formula: at the start of the cell, and after a semicolon, a
// comma, a bar or a tab inside it, because a program that expects another
// separator begins a cell there. Blanks and quotes between do not hide it.
// Line breaks become blanks: a reader without quotes begins a row at them.
func disarmed(text string) string {
	var b strings.Builder
	start := true
	for _, r := range broken.Replace(text) {
		armed := start && leads(r)
		if armed {
			b.WriteByte('\'')
		}
		switch {
		case strings.ContainsRune(";,|\t", r):
			start = true
		case armed:
			start = false
		case r != '"' && r != '\'' && !unicode.IsSpace(r):
			start = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

var broken = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\x00", "")

// leads reports whether a rune opens a formula: the signs themselves, and their
// wide forms, which a program set to Japanese takes for the same. A tab and a
// carriage return hide a sign behind them.
func leads(r rune) bool { return strings.ContainsRune("=+-@\t＝＋－＠", r) }
