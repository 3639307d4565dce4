package ticks_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/ticks"
	"campanile/report/checklist"
	"campanile/rules"
)

var (
	taken = time.Date(2026, time.March, 2, 9, 30, 7, 0, time.UTC)
	day   = time.Date(2026, time.March, 4, 0, 0, 0, 0, time.UTC)
)

// hostile is a subject that tries whatever a file can do to its reader.
const hostile = "=HYPERLINK(\"http://evil.example\",\"x\");'=1+1\x1b]8;;http://evil.example\x07\u202e\u2066<script>\\x1b\\t_x202E_ | @SUM(1) é\u00a0:\n--"

func full() *checklist.Checklist {
	return &checklist.Checklist{
		Domain: "comune.valbassa.example", Name: "Comune di Sant'Élia «alta» \"x\"",
		Entries: []checklist.Entry{
			{Rule: "web-hsts-missing", Subject: "comune.valbassa.example", Title: "Le site n'oblige pas : HTTPS", First: taken, Last: taken},
			{Rule: "web-hsts-missing", Subject: hostile, Title: `'=cmd|x \u202e`, State: checklist.Done, On: day, By: "=Anna, -Bruno", First: taken, Last: taken, Back: taken},
			{Rule: "dns-caa-missing", State: checklist.Accepted, On: day, Until: day.AddDate(1, 0, 0), By: "Anna", Because: `see C:\temp\x1b; -5 °C`, Last: taken},
			{Rule: "mail-dmarc-missing", Subject: "x.example", State: checklist.Asked, Fixed: taken},
		},
		Reviews: []checklist.Review{{On: day, By: "@Anna", Taken: taken, Evidence: "sha256:0a1b", Note: "- looked; +39 011"}, {On: day, By: "Bruno"}},
	}
}

func TestAChecklistIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		for _, name := range []string{"list.yaml", "list.YML", "list.csv", "list.xlsx"} {
			for _, want := range []*checklist.Checklist{full(), {Domain: "comune.valbassa.example"}} {
				data, err := ticks.Encode(name, want, l)
				if err != nil {
					t.Fatalf("%s in %s: %v", name, l, err)
				}
				got, err := ticks.Parse(name, data)
				if err != nil {
					t.Fatalf("%s in %s: %v\n%s", name, l, err, data)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s in %s (-want +got):\n%s", name, l, diff)
				}
				if again, err := ticks.Encode(name, want, l); err != nil || !bytes.Equal(data, again) {
					t.Errorf("%s in %s: not the same bytes twice, %v", name, l, err)
				}
			}
		}
	}
}

func TestTextOfAStrangerIsHarmlessInEveryFormat(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"list.yaml", "list.csv", "list.xlsx"} {
		data, err := ticks.Encode(name, full(), rules.English)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if name == "list.xlsx" {
			text = inWorkbook(t, data)
		}
		for _, bad := range []string{"\x1b", "\x07", "\u202e", "\u2066"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
		if !strings.Contains(text, "evil.example") || !strings.Contains(text, `\u202e`) {
			t.Errorf("%s: lost what it should show", name)
		}
	}
	data, err := ticks.Encode("list.csv", full(), rules.English)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a spreadsheet takes %q for a formula", cell)
			}
		}
	}
}

// inWorkbook gives every cell as the file has it, and fails on a formula.
func inWorkbook(t *testing.T, data []byte) string {
	t.Helper()
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	name := file.GetSheetName(0)
	rows, err := file.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for y, row := range rows {
		for x, text := range row {
			cell, _ := excelize.CoordinatesToCellName(x+1, y+1)
			if formula, err := file.GetCellFormula(name, cell); err != nil || formula != "" {
				t.Errorf("%s: formula %q, %v", cell, formula, err)
			}
			all.WriteString(text + "\n")
		}
	}
	return all.String()
}

// TestAListComesBackFromASpreadsheet takes what a spreadsheet makes of the list:
// semicolons, a mark at the start, days in the habit of the country, words of
// another language, columns in another order.
func TestAListComesBackFromASpreadsheet(t *testing.T) {
	t.Parallel()
	data := "\ufefftipo;stato;che cosa non va;dove;quando;fino a;chi;perché;nota;regola;visto la prima volta;visto l'ultima volta;trovato risolto;ricomparso;verifica;impronta delle prove;\r\n" +
		"comune;;;comune.valbassa.example;;;;;;;;;;;;;\r\n" +
		"rilievo;Chiesto  al fornitore;;www.comune.valbassa.example;22/11/2026;;Anna;\"due\nrighe\";;web-hsts-missing;2026-03-02 09:30:07;2026-03-02T09:30:07Z;;;;\r\n" +
		";;;;;;;;;;;;;;;\r\n" +
		"finding;accepté;;=x;;31/12/2026;Anna;perché sì;;dns-caa-missing;;;;;;\r\n" +
		"rilievo;x;;;;;;;;mail-dmarc-missing;;;;;;\r\n" +
		"riesame;;;;2026-11-22;;Anna;;tutto letto;;;;;;2026-03-02T09:30:07Z;sha256:00\r\n"
	got, err := ticks.Parse("lista.csv", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	november := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)
	want := &checklist.Checklist{
		Domain: "comune.valbassa.example",
		Entries: []checklist.Entry{
			{Rule: "web-hsts-missing", Subject: "www.comune.valbassa.example", State: checklist.Asked, On: november, By: "Anna", Because: "due righe", First: taken, Last: taken},
			{Rule: "dns-caa-missing", Subject: "=x", State: checklist.Accepted, Until: time.Date(2026, time.December, 31, 0, 0, 0, 0, time.UTC), By: "Anna", Because: "perché sì"},
			{Rule: "mail-dmarc-missing", State: checklist.Done},
		},
		Reviews: []checklist.Review{{On: november, By: "Anna", Note: "tutto letto", Taken: taken, Evidence: "sha256:00"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnEditedWorkbookKeepsADayAsANumber(t *testing.T) {
	t.Parallel()
	data, err := ticks.Encode("list.xlsx", full(), rules.Italian)
	if err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]any{"D3": "fatto", "E3": 46348} {
		if err := file.SetCellValue("Lista", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var edited bytes.Buffer
	if err := file.Write(&edited); err != nil {
		t.Fatal(err)
	}
	got, err := ticks.Parse("list.xlsx", edited.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if e := got.Entries[0]; e.State != checklist.Done || e.On.Format(time.DateOnly) != "2026-11-22" {
		t.Errorf("%+v", e)
	}
}

func TestWritingTakesThePlaceOfTheFileInOneStep(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "list.yaml")
	if err := os.WriteFile(path, []byte("domain: old.example\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "link.yaml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := ticks.Write(link, full(), rules.English); err != nil {
		t.Fatal(err)
	}
	got, err := ticks.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(full(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	info, err := os.Stat(path)
	files, listed := os.ReadDir(folder)
	if err != nil || listed != nil || info.Mode().Perm() != 0o640 || len(files) != 2 {
		t.Errorf("%v %v %v %v", info.Mode(), files, err, listed)
	}
}

func TestWhatCouldNotBeReadBackIsNotWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "list.yaml")
	if err := os.WriteFile(path, []byte("domain: old.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(*checklist.Checklist){
		func(c *checklist.Checklist) { c.Entries[0].By = "\x1b" },
		func(c *checklist.Checklist) { c.Entries[0].By = " Anna" },
		func(c *checklist.Checklist) { c.Entries[0].Rule = "x: y" },
		func(c *checklist.Checklist) { c.Entries = append(c.Entries, c.Entries[0]) },
		func(c *checklist.Checklist) { c.Domain = "" },
	} {
		c := full()
		change(c)
		if err := ticks.Write(path, c, rules.English); err == nil || !strings.Contains(err.Error(), "was not written") {
			t.Errorf("%v", err)
		}
		if data, err := os.ReadFile(path); err != nil || string(data) != "domain: old.example\n" {
			t.Errorf("%s, %v", data, err)
		}
	}
	for name, want := range map[string]string{
		"list.ods": `list.ods: ".ods" is no ending of a checklist; name it .yaml, .csv or .xlsx`,
		"list":     "list: the name has no ending; a checklist is kept in a file that ends in .yaml, .csv or .xlsx",
	} {
		if err := ticks.Write(name, full(), rules.English); fmt.Sprint(err) != want || exit.Code(err) != exit.Usage {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Who ticks an entry without naming a language does not translate the file.
func TestAFileTellsItsLanguage(t *testing.T) {
	t.Parallel()
	for _, ending := range []string{".yaml", ".csv", ".xlsx"} {
		for _, l := range rules.Languages {
			path := filepath.Join(t.TempDir(), "borgo"+ending)
			if err := ticks.Write(path, full(), l); err != nil {
				t.Fatal(err)
			}
			if got := ticks.Language(path); got != l {
				t.Errorf("%s in %s: read as %q", ending, l, got)
			}
		}
	}
	for name, text := range map[string]string{"by hand.yaml": "domain: comune.borgo.example\n", "empty.csv": "", "missing.xlsx": ""} {
		path := filepath.Join(t.TempDir(), name)
		if name != "missing.xlsx" {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := ticks.Language(path); got != "" {
			t.Errorf("%s: read as %q", name, got)
		}
	}
}
