package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Limits of a workbook that somebody hands in.
const (
	maxFile     = 4 << 20  // bytes as it lies on the disk
	maxUnpacked = 16 << 20 // bytes in all, once unpacked; above it the library would write temporary files
	maxSheets   = 20
	maxRows     = 10_000 // of one sheet
	maxColumns  = 200
)

// Grid is one sheet that was read: row i of the sheet is Rows[i-1], and a row is
// as long as its last cell that holds something.
type Grid struct {
	Name string
	Rows [][]string
}

// ReadXLSX reads the texts of a workbook from a stranger. No formula is
// computed: such a cell gives the value that the file keeps for it. What is no
// workbook, or too large, is refused.
func ReadXLSX(r io.Reader) ([]Grid, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the workbook: %w", err)
	case len(data) > maxFile:
		return nil, fmt.Errorf("the workbook is larger than %d bytes: save only the filled form", maxFile)
	case !bytes.HasPrefix(data, []byte("PK\x03\x04")):
		// A locked workbook and an old .xls begin otherwise.
		return nil, errors.New("this is no XLSX workbook: save it as .xlsx, without a password")
	}
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked,
	})
	if err != nil {
		return nil, fmt.Errorf("this is no XLSX workbook that can be read (%w): save it as .xlsx again", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	names := file.GetSheetList()
	if len(names) > maxSheets {
		return nil, fmt.Errorf("the workbook has %d sheets, at most %d are read: save only the filled form", len(names), maxSheets)
	}
	grids := make([]Grid, len(names))
	for i, name := range names {
		rows, err := readRows(file, name)
		if err != nil {
			return nil, fmt.Errorf("sheet %q: %w", name, err)
		}
		grids[i] = Grid{name, rows}
	}
	return grids, nil
}

func readRows(file *excelize.File, name string) ([][]string, error) {
	rows, err := file.Rows(name)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // it was only read
	var list [][]string
	filled := 0
	for rows.Next() {
		if len(list) == maxRows {
			return nil, fmt.Errorf("more than %d rows: delete those below the form", maxRows)
		}
		cells, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		if len(cells) > maxColumns {
			return nil, fmt.Errorf("row %d has %d columns, at most %d are read: delete those beside the form", len(list)+1, len(cells), maxColumns)
		}
		list = append(list, withoutTail(cells))
		if len(cells) > 0 {
			filled = len(list)
		}
	}
	return list[:filled], rows.Error()
}

func withoutTail(cells []string) []string {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}
