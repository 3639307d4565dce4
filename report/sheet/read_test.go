package sheet_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"campanile/report/sheet"
)

// handed makes a workbook as a person would: with numbers, a tick, a formula
// and empty cells.
func handed(t *testing.T, fill func(*excelize.File) error) []byte {
	t.Helper()
	file := excelize.NewFile()
	defer file.Close()
	if err := fill(file); err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if err := file.Write(&data); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// packed makes a workbook of raw parts: what no program would write.
func packed(t *testing.T, sheetData string) []byte {
	t.Helper()
	parts := partsOf(t, handed(t, func(*excelize.File) error { return nil }))
	parts["xl/worksheets/sheet1.xml"] = `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
		sheetData + `</sheetData></worksheet>`
	var data bytes.Buffer
	w := zip.NewWriter(&data)
	for name, text := range parts {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

func TestAFilledFormIsReadAsText(t *testing.T) {
	t.Parallel()
	data := handed(t, func(f *excelize.File) error {
		for at, value := range map[string]any{"A1": "item", "B1": "answer", "A2": "8.2", "B2": true, "A4": "7.1", "B4": 4, "C4": "", "B5": 0.5, "D1": "00123"} {
			if err := f.SetCellValue("Sheet1", at, value); err != nil {
				return err
			}
		}
		return f.SetCellFormula("Sheet1", "A5", "1+1")
	})
	grids, err := sheet.ReadXLSX(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := []sheet.Grid{{Name: "Sheet1", Rows: [][]string{{"item", "answer", "", "00123"}, {"8.2", "1"}, nil, {"7.1", "4"}, {"", "0.5"}}}}
	normal := func(rows [][]string) [][]string {
		for i := range rows {
			if len(rows[i]) == 0 {
				rows[i] = nil
			}
		}
		return rows
	}
	for i := range grids {
		grids[i].Rows = normal(grids[i].Rows)
	}
	if diff := cmp.Diff(want, grids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	bomb := packed(t, `<row r="1"><c r="A1" t="inlineStr"><is><t>`+strings.Repeat("a", 20<<20)+`</t></is></c></row>`)
	if len(bomb) > 1<<20 {
		t.Fatalf("the bomb is %d bytes long, so it tests nothing", len(bomb))
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":                   {nil, "no XLSX workbook"},
		"a-text":                    {[]byte("item,answer\r\n"), "no XLSX workbook"},
		"an-old-or-locked-workbook": {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "without a password"},
		"a-broken-archive":          {[]byte("PK\x03\x04 and then nothing"), "can be read"},
		"too-large":                 {append([]byte("PK\x03\x04"), make([]byte, 5<<20)...), "larger than"},
		"a-bomb":                    {bomb, "can be read"},
		"a-row-far-below":           {packed(t, `<row r="1000000"><c r="A1000000" t="inlineStr"><is><t>x</t></is></c></row>`), "rows"},
		"a-column-far-to-the-right": {packed(t, `<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>`), "columns"},
		"many-sheets": {handed(t, func(f *excelize.File) error {
			for i := range 25 {
				if _, err := f.NewSheet("s" + string(rune('a'+i))); err != nil {
					return err
				}
			}
			return nil
		}), "sheets"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			grids, err := sheet.ReadXLSX(bytes.NewReader(c.data))
			if err == nil {
				t.Fatalf("read: %d sheets", len(grids))
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func FuzzReadXLSXReturns(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	file := excelize.NewFile()
	var data bytes.Buffer
	if err := file.Write(&data); err != nil {
		f.Fatal(err)
	}
	f.Add(data.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		grids, err := sheet.ReadXLSX(bytes.NewReader(data))
		if err == nil && len(grids) == 0 {
			t.Error("neither sheets nor an error")
		}
	})
}
