package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"campanile/rules"
)

// TestOnPaperTheCoverAndTheMayorHaveAPageEach prints the page and reads the sheets.
func TestOnPaperTheCoverAndTheMayorHaveAPageEach(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a browser takes its time, and -short was asked for")
	}
	browser := browserTools(t)
	if _, err := exec.LookPath("pdftotext"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("no pdftotext: install the package poppler-utils")
	}
	for name, parts := range map[string][]Document{
		"short": {forgeable(t, rules.Italian)},
		"rich":  {rich(t, rules.French)},
		"kept":  {wellKept(t, rules.English)},
		"two":   {whole(t, rules.French), whole(t, rules.Italian)},
	} {
		sheets := printed(t, browser, parts[0], parts[1:]...)
		at := 0 // each language begins with a cover and a page for the mayor
		for i, d := range parts {
			w := wordsIn(d.Language)
			if i > 0 {
				at = sheetWith(t, name, sheets, w.say("cover.care"))
			}
			expect(t, name+" cover", sheets[at], true, w.say("page.kicker"), w.say("cover.care"), w.say("cover.mandate"))
			expect(t, name+" cover", sheets[at], false, w.say("summary.heading"))
			expect(t, name+" mayor", sheets[at+1], true, w.say("summary.heading"), w.say("mayor.picture"), w.say("mayor.table"), w.say("summary.note"))
			expect(t, name+" mayor", sheets[at+1], false, w.say("how.heading"), w.say("clean.heading"))
			if len(d.Roadmap) > 0 {
				expect(t, name+" after the mayor", sheets[at+2], true, w.say("how.heading"), w.say("page.contents"))
			}
		}
	}
}

func expect(t *testing.T, name, sheet string, want bool, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(sheet, flat(text)) != want {
			t.Errorf("%s: says %q: %t, want %t\n%s", name, text, !want, want, sheet)
		}
	}
}

func sheetWith(t *testing.T, name string, sheets []string, text string) int {
	t.Helper()
	for i, sheet := range sheets {
		if i > 0 && strings.Contains(sheet, flat(text)) {
			return i
		}
	}
	t.Fatalf("%s: %q is on no sheet", name, text)
	return 0
}

// flat forgets where lines are broken.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// printed gives the text of each sheet of paper.
func printed(t *testing.T, browser string, d Document, more ...Document) []string {
	t.Helper()
	var text bytes.Buffer
	if err := WriteHTML(&text, d, more...); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	page, pdf := filepath.Join(folder, "page.html"), filepath.Join(folder, "page.pdf")
	if err := os.WriteFile(page, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer",
		"--disable-background-networking", "--user-data-dir="+filepath.Join(folder, "profile"), "--print-to-pdf="+pdf, page).CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	read, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", pdf, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	sheets := strings.Split(string(read), "\f")
	for i, sheet := range sheets {
		sheets[i] = flat(sheet)
	}
	return sheets
}
