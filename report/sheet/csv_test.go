package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"campanile/report"
	"campanile/report/internal/sample"
	"campanile/report/sheet"
	"campanile/rules"
)

func csvOf(t *testing.T, list report.List) string {
	t.Helper()
	var text bytes.Buffer
	if err := sheet.WriteCSV(&text, list); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// cellsOf reads a CSV back with the separator that a program expects, without
// being strict about quotes, as spreadsheets are not.
func cellsOf(t *testing.T, text string, separator rune) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = separator, true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestOneRowForEachFindingGravestFirst(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		d := sample.Valbassa(t, l)
		rows := cellsOf(t, csvOf(t, sheet.Of([]report.Document{d}).Lists[0]), ',')
		if len(rows) != 1+len(d.Findings) {
			t.Fatalf("%d rows for %d findings", len(rows)-1, len(d.Findings))
		}
		var order []string
		for _, row := range rows[1:] {
			order = append(order, row[13])
		}
		want := []string{
			"tls-certificate-expired", "tls-certificate-expired", "dns-caa-missing", "web-forms-paper-only", // to mend
			"mail-dmarc-missing", // not measured
			"mail-dmarc-missing", // in order
			"mail-dmarc-missing", // beside the point
		}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Errorf("%s (-want +got):\n%s", l, diff)
		}
	}
}

func TestARowOfEveryOutcome(t *testing.T) {
	t.Parallel()
	rows := cellsOf(t, csvOf(t, sheet.Of([]report.Document{sample.Valbassa(t, rules.Italian)}).Lists[0]), ',')
	town := []string{"Comune di Valbassa", "comune.valbassa.example", "2026-11-21"}
	for at, want := range map[int][]string{
		1: append(town[:3:3], "da sistemare", "critica", "Visitors of comune.valbassa.example meet tls-certificate-expired", "comune.valbassa.example",
			"Chi gestisce il sito", "qualche ora", "", "Connessione sicura", "expired_on: 2026-11-01 · issuer: Prova CA", "smentisce 8.2",
			"tls-certificate-expired", "tls-certificate-expired@comune.valbassa.example"),
		5: append(town[:3:3], "non verificabile", "", "Visitors of comune.valbassa.example meet mail-dmarc-missing", "comune.valbassa.example",
			"", "", "Nessuna risposta in tempo", "Posta elettronica", "problem: timeout · what: DNS TXT _dmarc.comune.valbassa.example", "",
			"mail-dmarc-missing", "mail-dmarc-missing@comune.valbassa.example"),
		6: append(town[:3:3], "a posto", "", "Visitors of comune.valbassa.example meet mail-dmarc-missing", "posta.comune.valbassa.example",
			"", "", "", "Posta elettronica", "", "sostiene 8.2", "mail-dmarc-missing", "mail-dmarc-missing@posta.comune.valbassa.example"),
	} {
		if diff := cmp.Diff(want, rows[at]); diff != "" {
			t.Errorf("row %d (-want +got):\n%s", at, diff)
		}
	}
}

// Whatever separator a program expects, no cell that it sees begins with the
// sign of a formula.
func TestNoCellIsAFormulaWhateverTheSeparator(t *testing.T) {
	t.Parallel()
	for _, list := range sheet.Of([]report.Document{sample.Valtorta(t, rules.Italian)}).Lists {
		text := csvOf(t, list)
		for _, separator := range ",;\t|" {
			for _, row := range cellsOf(t, text, separator) {
				for _, cell := range row {
					if seen := strings.TrimLeft(cell, " \u00a0\"\t\r"); seen != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(seen)[0]) {
						t.Errorf("%s, separator %q: %q", list.Name, separator, cell)
					}
				}
			}
		}
		if i := strings.IndexFunc(strings.TrimPrefix(text, "\uFEFF"), func(r rune) bool {
			return r != '\r' && r != '\n' && r != '\u00a0' && !unicode.IsPrint(r)
		}); i >= 0 {
			t.Errorf("%s: %q reaches the reader", list.Name, text[i:i+20])
		}
	}
}

func TestWhatGetsAnApostrophe(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                     "",
		"Comune di Valbassa":   "Comune di Valbassa",
		"a-b=c@d+e":            "a-b=c@d+e",
		"=1+1":                 "'=1+1",
		"+39 011":              "'+39 011",
		"-1":                   "'-1",
		"@SUM(A1)":             "'@SUM(A1)",
		"\t=1":                 "'\t'=1",
		"\r=1":                 " '=1",
		" =1":                  " '=1",
		"\u00a0=1":             "\u00a0'=1",
		"\"=1":                 "\"'=1",
		"'=1":                  "''=1",
		"＝1":                   "'＝1",
		"a;=1":                 "a;'=1",
		"a, \"=1\"":            "a, \"'=1\"",
		"a|b|-c":               "a|b|'-c",
		"a\tb\t+c":             "a\tb\t'+c",
		"two\nlines\r\n=three": "two lines =three",
		"max-age=0; path=/":    "max-age=0; path=/",
	} {
		rows := cellsOf(t, csvOf(t, report.List{Columns: []report.Column{{Name: "x"}}, Rows: [][]string{{"k", text}}}), ',')
		if got := rows[1][1]; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCSVIsUTF8WithCRLFAndMark(t *testing.T) {
	t.Parallel()
	got := csvOf(t, report.List{Columns: []report.Column{{Name: "Città"}, {Name: "b"}}, Rows: [][]string{{"x", "y,\"z\""}}})
	if want := "\uFEFFCittà,b\r\nx,\"y,\"\"z\"\"\"\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// broken is a disk that is full.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	b := sheet.Of([]report.Document{sample.Valbassa(t, rules.English)})
	if err := sheet.WriteCSV(broken{}, b.Lists[0]); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("CSV: %v", err)
	}
	if err := sheet.WriteXLSX(broken{}, b); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("XLSX: %v", err)
	}
}
