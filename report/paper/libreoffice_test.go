package paper

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"campanile/report/internal/sample"
	"campanile/report/office"
	"campanile/rules"
)

// needed gives a program of this computer. Without it a test is left out, but
// not where the project is built for others.
func needed(t *testing.T, name string) string {
	t.Helper()
	program, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is missing: install the programs of PACKAGES in the Makefile", name)
	default:
		t.Skipf("%s is not installed", name)
	}
	return program
}

// converted lets LibreOffice open documents and print each as PDF, and gives
// what can be read there, by file. The programs keep their settings and locks in
// a folder of this test.
func converted(t *testing.T, files map[string][]byte) map[string]string {
	t.Helper()
	writer, reader := needed(t, "soffice"), needed(t, "pdftotext")
	folder := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	args := []string{"-env:UserInstallation=file://" + filepath.Join(folder, "profile"), "--headless", "--convert-to", "pdf", "--outdir", folder}
	for name, data := range files {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	run := exec.CommandContext(ctx, writer, args...)
	run.Env = append(os.Environ(), "HOME="+folder)
	if said, err := run.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, said)
	}
	texts := map[string]string{}
	for name := range files {
		pdf := filepath.Join(folder, strings.TrimSuffix(name, filepath.Ext(name))+".pdf")
		text, err := exec.CommandContext(ctx, reader, pdf, "-").Output()
		if err != nil {
			t.Fatalf("%s was not opened and printed: %v", name, err)
		}
		texts[name] = words(string(text))
	}
	return texts
}

// words leaves out all white space: lines break where the page ends.
func words(text string) string {
	return strings.Join(strings.FieldsFunc(text, unicode.IsSpace), "")
}

func TestLibreOfficeOpensEveryDocumentAndPrintsEveryTitle(t *testing.T) {
	t.Parallel()
	files, want := map[string][]byte{}, map[string][]string{}
	for _, l := range rules.Languages {
		d := full(t, l, "")
		for format := range formats {
			name := fmt.Sprintf("whole-%s-%s.%s", l, format, format)
			files[name], want[name] = written(t, Of(d), format), titles(d)
		}
	}
	d := full(t, rules.Italian, "")
	for format := range formats {
		both := "two-languages-" + format + "." + format
		french := full(t, rules.French, "")
		files[both], want[both] = written(t, Of(d, french), format), append(titles(d), titles(french)...)
		annex := "annex-" + format + "." + format
		files[annex], want[annex] = written(t, Annex(d), format), []string{"8.2 Plans against attacks", d.Annex.Invisible}
		sent := "letter-" + format + "." + format
		files[sent], want[sent] = written(t, Letter(d, letter(d, clean)), format), []string{"Please renew it.", "Another point", "R32"}
	}
	evil := full(t, rules.English, sample.Hostile)
	for format := range formats {
		name := "hostile-" + format + "." + format
		files[name], want[name] = written(t, Of(evil), format), []string{`=HYPERLINK("http://evil.example";"x") <script>alert(1)</script>`, `\u202eexe.fdp`}
	}
	for name, text := range converted(t, files) {
		for _, title := range want[name] {
			if !strings.Contains(text, words(title)) {
				t.Errorf("%s: %q is not on any page", name, title)
			}
		}
	}
}

func clean(text string) string { return text }

// LibreOffice has lost rows where a page ends just below the head of a table:
// wherever one begins, with a caption or without, and however high its rows are,
// all of it is printed.
func TestLibreOfficePrintsEveryRowWhereverATableBegins(t *testing.T) {
	t.Parallel()
	d := office.Document{Language: "en", Title: "Tables"}
	var want []string
	for lines := range 48 {
		d.Body = append(d.Body, office.PageBreak{}, office.Text("Page"))
		for range lines {
			d.Body = append(d.Body, office.Paragraph{Style: office.Code, Text: office.Plain("a line")})
		}
		table := office.Table{Header: header("What", "Why"), Heads: true, Widths: []int{1, 4}}
		for row := range 5 {
			name := fmt.Sprintf("row-%d-%d.", lines, row)
			want = append(want, name)
			table.Rows = append(table.Rows, []office.Cell{cell(name), cell(slices.Repeat([]string{"a reason"}, 1+(lines+row)%7*3)...)})
		}
		if lines%2 == 0 {
			table.Caption = "A table"
		}
		d.Body = append(d.Body, table)
	}
	for name, text := range converted(t, map[string][]byte{"rows-docx.docx": written(t, d, "docx"), "rows-odt.odt": written(t, d, "odt")}) {
		for _, row := range want {
			if !strings.Contains(text, row) {
				t.Errorf("%s: %s is lost", name, row)
			}
		}
	}
}
