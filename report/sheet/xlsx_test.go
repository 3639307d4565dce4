package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"campanile/report"
	"campanile/report/internal/sample"
	"campanile/report/sheet"
	"campanile/rules"
)

func workbook(t *testing.T, b sheet.Book) []byte {
	t.Helper()
	var data bytes.Buffer
	if err := sheet.WriteXLSX(&data, b); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

// partsOf unpacks a workbook.
func partsOf(t *testing.T, data []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

func TestTheSameListsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	docs := []report.Document{sample.Valbassa(t, rules.French), sample.Valtorta(t, rules.French)}
	want := workbook(t, sheet.Of(docs))
	for range 5 {
		if !bytes.Equal(want, workbook(t, sheet.Of(docs))) {
			t.Fatal("two workbooks of the same evidence differ")
		}
	}
	archive, err := zip.NewReader(bytes.NewReader(want), int64(len(want)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		if year := f.Modified.Year(); year > 1980 {
			t.Errorf("%s bears the date %v", f.Name, f.Modified)
		}
	}
}

func TestXLSXHoldsWhatCSVHolds(t *testing.T) {
	t.Parallel()
	b := sheet.Of([]report.Document{sample.Valbassa(t, rules.Italian), sample.Montechiaro(t, rules.Italian)})
	grids, err := sheet.ReadXLSX(bytes.NewReader(workbook(t, b)))
	if err != nil {
		t.Fatal(err)
	}
	if len(grids) != len(b.Lists) {
		t.Fatalf("%d sheets of %d", len(grids), len(b.Lists))
	}
	for i, list := range b.Lists {
		want := [][]string{nil}
		for _, column := range list.Columns {
			want[0] = append(want[0], column.Name)
		}
		for _, row := range list.Rows {
			for len(row) > 0 && row[len(row)-1] == "" {
				row = row[:len(row)-1]
			}
			want = append(want, row)
		}
		if diff := cmp.Diff(sheet.Grid{Name: list.Name, Rows: want}, grids[i]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestNothingFromTheNetworkActsInAWorkbook looks into the file itself: every
// cell is a shared string with the format of text, and there is neither a
// formula nor a link nor anything that comes from elsewhere.
func TestNothingFromTheNetworkActsInAWorkbook(t *testing.T) {
	t.Parallel()
	data := workbook(t, sheet.Of([]report.Document{sample.Valtorta(t, rules.English)}))
	cell, shared := regexp.MustCompile(`<c [^>]*>`), regexp.MustCompile(`<c [^>]*t="s"`)
	for name, text := range partsOf(t, data) {
		if err := xml.Unmarshal([]byte(text), new(any)); err != nil && !errors.Is(err, io.EOF) {
			t.Errorf("%s is no XML: %v", name, err)
		}
		for _, bad := range []string{"<f>", "<f ", "<hyperlink", "externalLink", `TargetMode="External"`, "vbaProject", "<script"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %s", name, bad)
			}
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\r' && r != '\u00a0' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s holds %q", name, text[i:min(len(text), i+20)])
		}
		if !strings.HasPrefix(name, "xl/worksheets/sheet") {
			continue
		}
		cells := cell.FindAllString(text, -1)
		if len(cells) == 0 {
			t.Errorf("%s has no cell", name)
		}
		for _, c := range cells {
			if !shared.MatchString(c) {
				t.Errorf("%s: %s is not typed as text", name, c)
			}
		}
	}
}

func TestWhatLooksLikeSomethingElseIsText(t *testing.T) {
	t.Parallel()
	row := []string{"001272", "1e5", "TRUE", "=1+1", "2026-11-21", "{=1}", " "}
	columns := make([]report.Column, len(row))
	for i := range columns {
		columns[i].Name = row[i]
	}
	data := workbook(t, sheet.Book{Lists: []report.List{{Name: "x", Columns: columns, Rows: [][]string{row}}}})
	text := partsOf(t, data)["xl/worksheets/sheet1.xml"]
	if n := strings.Count(text, `t="s"`); n != 2*len(row) {
		t.Errorf("%d of %d cells are typed as text", n, 2*len(row))
	}
	grids, err := sheet.ReadXLSX(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{row, row}, grids[0].Rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHostileTextIsShownAsItIs(t *testing.T) {
	t.Parallel()
	file, err := excelize.OpenReader(bytes.NewReader(workbook(t, sheet.Of([]report.Document{sample.Valtorta(t, rules.English)}))))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	name := file.GetSheetName(0)
	text, err := file.GetCellValue(name, "A2")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`=HYPERLINK("http://evil.example";"x")`, "<script>alert(1)</script>", `\x1b[31mred`, `\u202eexe.fdp`, "_ x202E_"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not shown in %q", part, text)
		}
	}
	style, err := file.GetCellStyle(name, "A2")
	if err != nil {
		t.Fatal(err)
	}
	look, err := file.GetStyle(style)
	if err != nil || look.NumFmt != 49 {
		t.Errorf("number format %d, want that of text (%v)", look.NumFmt, err)
	}
}

// A reader of the format decodes _x0041_ (ECMA-376 part 1, 22.9.2.19). None may
// be left that was in the text, also where two share an underscore.
func TestNoCodedCharacterComesToLife(t *testing.T) {
	t.Parallel()
	b := sheet.Book{Lists: []report.List{{Name: "x", Columns: []report.Column{{Name: "x"}}, Rows: [][]string{
		{"_x202E_"}, {"_x0041_x202e_"}, {"_x005F_x202E_"}, {"__x202E__"}, {"_x005F__x202E_"}, {"_xml_"},
	}}}}
	strung := partsOf(t, workbook(t, b))["xl/sharedStrings.xml"]
	if found := regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`).FindString(strung); found != "" {
		t.Errorf("%s in %s", found, strung)
	}
	if !strings.Contains(strung, "_xml_") {
		t.Error("harmless text was changed")
	}
}

func TestHeadersStayInViewAndOnPaper(t *testing.T) {
	t.Parallel()
	b := sheet.Of([]report.Document{sample.Valbassa(t, rules.French)})
	file, err := excelize.OpenReader(bytes.NewReader(workbook(t, b)))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var titles int
	for _, name := range file.GetDefinedName() {
		if name.Name == "_xlnm.Print_Titles" {
			titles++
		}
	}
	if titles != len(b.Lists) {
		t.Errorf("%d sheets of %d repeat the names of their columns on paper", titles, len(b.Lists))
	}
	for _, list := range b.Lists {
		panes, err := file.GetPanes(list.Name)
		if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.TopLeftCell != "A2" {
			t.Errorf("%s: panes %+v, %v", list.Name, panes, err)
		}
		if width, err := file.GetColWidth(list.Name, "A"); err != nil || width != float64(list.Columns[0].Width) {
			t.Errorf("%s: width %v, %v", list.Name, width, err)
		}
	}
}

func TestRowsHaveRoomForTheirLines(t *testing.T) {
	t.Parallel()
	list := report.List{Name: "x", Columns: []report.Column{{Name: "x", Width: 10}, {Name: "no width"}}, Rows: [][]string{
		{"short", strings.Repeat("b", 100)}, {strings.Repeat("a", 27), ""}, {strings.Repeat("a", 28), ""}, {strings.Repeat("a", 9000), ""}, {"a", "b", "one too many"},
	}}
	file, err := excelize.OpenReader(bytes.NewReader(workbook(t, sheet.Book{Lists: []report.List{list}})))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var got []float64
	for row := range list.Rows {
		height, err := file.GetRowHeight("x", row+2)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, height)
	}
	if diff := cmp.Diff([]float64{15, 45, 60, 405, 15}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheBookSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for l, title := range map[rules.Language]string{
		rules.Italian: "Comune di Valbassa: sito, posta e servizi su Internet, 21 novembre 2026",
		rules.English: "Comune di Valbassa: web site, mail and Internet services, 21 November 2026",
	} {
		file, err := excelize.OpenReader(bytes.NewReader(workbook(t, sheet.Of([]report.Document{sample.Valbassa(t, l)}))))
		if err != nil {
			t.Fatal(err)
		}
		props, err := file.GetDocProps()
		if err != nil {
			t.Fatal(err)
		}
		when := sample.Taken().Format(time.RFC3339)
		want := excelize.DocProperties{
			Title: title, Creator: "campanile 0.1.0", LastModifiedBy: "campanile 0.1.0", Language: string(l), Created: when, Modified: when,
		}
		if diff := cmp.Diff(want, *props); diff != "" {
			t.Errorf("%s (-want +got):\n%s", l, diff)
		}
		file.Close()
	}
}

func TestALongTextFitsItsCellAndShowsThatItWasCut(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"narrow": strings.Repeat("a", 40_000), "beyond-the-first-plane": strings.Repeat("𝄞", 20_000)} {
		list := report.List{Name: "x", Columns: []report.Column{{Name: "x"}}, Rows: [][]string{{text}}}
		grids, err := sheet.ReadXLSX(bytes.NewReader(workbook(t, sheet.Book{Lists: []report.List{list}})))
		if err != nil {
			t.Fatal(err)
		}
		if got := grids[0].Rows[1][0]; !strings.HasSuffix(got, "…") || len(got) > 4*excelize.TotalCellChars {
			t.Errorf("%s: ends in %q", name, got[len(got)-8:])
		}
	}
}

func TestSheetNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	column := []report.Column{{Name: "x"}}
	for name, names := range map[string][]string{
		"twice": {"a", "A"}, "too-long": {strings.Repeat("a", 32)}, "a-slash": {"a", "b/c"}, "none": {""},
	} {
		b := sheet.Book{Title: name}
		for _, each := range names {
			b.Lists = append(b.Lists, report.List{Name: each, Columns: column})
		}
		if err := sheet.WriteXLSX(io.Discard, b); err == nil {
			t.Errorf("%s: written", name)
		} else if want := fmt.Sprintf("workbook %q", name); !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v does not name the book", name, err)
		}
	}
}

func TestNoMunicipalityIsAnEmptyBook(t *testing.T) {
	t.Parallel()
	if grids, err := sheet.ReadXLSX(bytes.NewReader(workbook(t, sheet.Of(nil)))); err != nil || len(grids) != 1 || len(grids[0].Rows) != 0 {
		t.Errorf("%v, %v", grids, err)
	}
}
