package sheet

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"campanile/report"
)

// WriteXLSX writes the book. Cells hold text, also where they look like numbers
// or formulas, and keep to it when somebody edits them.
func WriteXLSX(w io.Writer, b Book) error {
	file := excelize.NewFile()
	defer file.Close() //nolint:errcheck // it only removes temporary files, and there are none
	if err := b.fill(file); err != nil {
		return fmt.Errorf("workbook %q: %w", b.Title, err)
	}
	if _, err := file.WriteTo(w); err != nil {
		return fmt.Errorf("writing the workbook %q: %w", b.Title, err)
	}
	return nil
}

// looks are the two styles of a book.
type looks struct{ head, cell int }

func (b Book) fill(file *excelize.File) error {
	taken := b.Taken.UTC().Format(time.RFC3339)
	props := &excelize.DocProperties{
		Title: b.Title, Creator: b.Author, LastModifiedBy: b.Author, Language: string(b.Language),
		Created: taken, Modified: taken,
	}
	if err := file.SetDocProps(props); err != nil {
		return err
	}
	style, err := looksOf(file)
	if err != nil {
		return err
	}
	for i, list := range b.Lists {
		if err := addSheet(file, i, list.Name); err != nil {
			return err
		}
		if err := fillSheet(file, list, style); err != nil {
			return fmt.Errorf("sheet %q: %w", list.Name, err)
		}
	}
	return nil
}

// addSheet renames the sheet that a new workbook has, or adds another.
func addSheet(file *excelize.File, i int, name string) error {
	if i == 0 {
		return file.SetSheetName(file.GetSheetName(0), name)
	}
	if at, err := file.GetSheetIndex(name); err != nil || at >= 0 {
		return fmt.Errorf("sheet name %q cannot be used or is used twice", name)
	}
	_, err := file.NewSheet(name)
	return err
}

// asText is the number format "@": whoever edits a cell that holds "=1+1" and
// leaves it still has a text.
const asText = 49

func looksOf(file *excelize.File) (looks, error) {
	thin := []excelize.Border{{Type: "bottom", Color: "888888", Style: 1}}
	head, err := file.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true, Family: "Calibri", Size: 11}, Border: thin, NumFmt: asText,
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF4"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
	})
	if err != nil {
		return looks{}, err
	}
	cell, err := file.NewStyle(&excelize.Style{NumFmt: asText, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	return looks{head, cell}, err
}

func fillSheet(file *excelize.File, list report.List, style looks) error {
	if len(list.Columns) == 0 {
		return nil
	}
	head := make([]string, len(list.Columns))
	for i, column := range list.Columns {
		head[i] = column.Name
	}
	for i, row := range append([][]string{head}, list.Rows...) {
		look := style.cell
		if i == 0 {
			look = style.head
		}
		if err := setRow(file, list.Name, i+1, row, look); err != nil {
			return err
		}
		if err := file.SetRowHeight(list.Name, i+1, height(list.Columns, row)); err != nil {
			return err
		}
	}
	return layOut(file, list)
}

// The height of a line, and of the highest row that the format knows, in points.
const (
	lineHeight = 15.0
	maxHeight  = 405.0
)

// height gives the room that a row needs once its cells are broken into lines:
// not every program finds that out by itself. Words make lines end early.
func height(columns []report.Column, row []string) float64 {
	lines := 1
	for i, text := range row {
		if i < len(columns) && columns[i].Width > 0 {
			room := max(1, columns[i].Width*9/10)
			lines = max(lines, (utf8.RuneCountInString(text)+room-1)/room)
		}
	}
	return min(float64(lines)*lineHeight, maxHeight)
}

// setRow writes a row of text cells. A list with more rows than a worksheet has
// (1,048,576) is refused.
func setRow(file *excelize.File, name string, row int, cells []string, look int) error {
	for i, text := range cells {
		at, err := excelize.CoordinatesToCellName(i+1, row)
		if err != nil {
			return err
		}
		if err := file.SetCellStr(name, at, fitting(text)); err != nil {
			return err
		}
		if err := file.SetCellStyle(name, at, at, look); err != nil {
			return err
		}
	}
	return nil
}

// layOut sets the widths, keeps the names of the columns in view and on every
// printed page, and lets the reader filter.
func layOut(file *excelize.File, list report.List) error {
	last, total := "", 0
	for i, column := range list.Columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if column.Width > 0 {
			if err := file.SetColWidth(list.Name, name, name, float64(column.Width)); err != nil {
				return err
			}
		}
		last, total = name, total+column.Width
	}
	panes := &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := file.SetPanes(list.Name, panes); err != nil {
		return err
	}
	if err := file.AutoFilter(list.Name, fmt.Sprintf("A1:%s%d", last, len(list.Rows)+1), nil); err != nil {
		return err
	}
	quoted := "'" + strings.ReplaceAll(list.Name, "'", "''") + "'"
	if err := file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted + "!$1:$1", Scope: list.Name}); err != nil {
		return err
	}
	return printed(file, list.Name, total)
}

// onPage is how many characters side by side can still be read on A4 across.
const onPage = 160

// printed lays a sheet of a width in characters out for A4 across, on as many
// pages side by side as it takes to be read.
func printed(file *excelize.File, name string, width int) error {
	orientation, a4, wide, high, fit := "landscape", 9, max(1, (width+onPage-1)/onPage), 0, true
	if err := file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	return file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &wide, FitToHeight: &high})
}

// fitting breaks up what a reader of the format would decode: _x202E_ stands
// for a character (ECMA-376 part 1, 22.9.2.19), also one that turns the text
// round. It also shortens a text to what a cell can hold, and shows that it did.
func fitting(text string) string {
	text = coded.ReplaceAllString(text, "_ x$1")
	units := 0
	for i, r := range text {
		if units++; r > 0xFFFF {
			units++
		}
		if units >= excelize.TotalCellChars {
			return text[:i] + "…"
		}
	}
	return text
}

// coded leaves the underscore at the end alone: it may open another code.
var coded = regexp.MustCompile(`_x([0-9A-Fa-f]{4})`)
