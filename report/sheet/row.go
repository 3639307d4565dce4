package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Row is a row that holds something, and where it stands.
type Row struct {
	Number int // in the sheet, from 1
	Line   int // in the file; 0: a workbook has no lines
	Cells  []string
}

func (r Row) filled() bool { return strings.TrimSpace(strings.Join(r.Cells, "")) != "" }

// ReadCSV reads a table as spreadsheets write it: with commas, semicolons or
// tabs, with a byte order mark or without. Empty rows are left out.
func ReadCSV(data []byte) ([]Row, error) {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	first, _, _ := bytes.Cut(data, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(data))
	for _, comma := range ";\t" {
		if strings.Count(string(first), string(comma)) > strings.Count(string(first), string(in.Comma)) {
			in.Comma = comma
		}
	}
	in.FieldsPerRecord = -1
	var rows []Row
	broken := 0 // line ends inside cells: the sheet has fewer rows than the file has lines
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, fmt.Errorf("line %d: not readable as CSV: %w", wrong.Line, wrong.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("not readable as CSV: %w", err)
		}
		line, _ := in.FieldPos(0)
		if row := (Row{line - broken, line, cells}); row.filled() {
			rows = append(rows, row)
		}
		broken += strings.Count(strings.Join(cells, ""), "\n")
	}
}

// Filled gives the rows of a sheet that hold something.
func (g Grid) Filled() []Row {
	var rows []Row
	for i, cells := range g.Rows {
		if row := (Row{Number: i + 1, Cells: cells}); row.filled() {
			rows = append(rows, row)
		}
	}
	return rows
}

// Cell is the name of a cell, such as A1 for column 0 of the first row.
func Cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return fmt.Sprintf("R%dC%d", row, column+1) // beyond what a sheet can have
	}
	return name
}
