package browser

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// installed gives the browser of this computer, and the path of the tools named.
// Where CI=true all of it must be there; elsewhere the test says what is missing.
func installed(t *testing.T, tools ...string) string {
	t.Helper()
	missing := func(err error) {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	program, err := Find(os.Getenv("CAMPANILE_BROWSER"))
	if err != nil {
		missing(err)
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			missing(err)
		}
	}
	return program
}

const page = `<!doctype html><html lang="it"><head><meta charset="utf-8"><title>Titolo della pagina</title>
<style>@page { size: A4 }</style></head><body><h1>Comune di Valbassa</h1><p>Perché è così.</p><h2 id="fare">Da fare</h2>
<p><a href="#fare">Da fare</a></p><section lang="fr"><h2>À faire</h2><p>Voilà.</p></section></body></html>`

func properties() Properties {
	return Properties{
		Title: "Comune di Valbassa (à faire): 21 novembre 2026", Subject: "comune.valbassa.example", Author: "campanile 9.9.9",
		Date: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
	}
}

func printed(t *testing.T, program, text string, p Properties) []byte {
	t.Helper()
	pdf, err := Print(t.Context(), program, []byte(text), p)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

// told runs a tool on the PDF and gives what it says.
func told(t *testing.T, pdf []byte, tool string, arguments ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, append(arguments, file)...).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v: %s", tool, err, out)
	}
	return string(out)
}

func TestThePDFIsTaggedAndSaysWhatItIs(t *testing.T) {
	t.Parallel()
	program := installed(t, "pdfinfo", "qpdf")
	pdf := printed(t, program, page, properties())
	info := map[string]string{}
	for line := range strings.Lines(told(t, pdf, "pdfinfo", "-isodates")) {
		name, value, _ := strings.Cut(line, ":")
		info[name] = strings.TrimSpace(value)
	}
	for name, want := range map[string]string{
		"Title": "Comune di Valbassa (à faire): 21 novembre 2026", "Subject": "comune.valbassa.example",
		"Author": "campanile 9.9.9", "Creator": "campanile 9.9.9", "CreationDate": "2026-11-21T10:00:00Z", "ModDate": "2026-11-21T10:00:00Z",
		"Tagged": "yes", "Metadata Stream": "yes", "JavaScript": "no", "Page size": "594.96 x 841.92 pts (A4)",
	} {
		if diff := cmp.Diff(want, info[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if said := told(t, pdf, "qpdf", "--check"); !strings.Contains(said, "No syntax or stream encoding errors found") || strings.Contains(said, "WARNING") {
		t.Error(said)
	}
	if said := told(t, pdf, "pdfinfo", "-meta"); !strings.Contains(said, "<dc:language><rdf:Bag><rdf:li>it</rdf:li>") || !strings.Contains(said, "comune.valbassa.example") {
		t.Errorf("the metadata stream:\n%s", said)
	}
	structure := told(t, pdf, "qpdf", "--json")
	for _, want := range []string{`"/Lang": "u:it"`, `"/Lang": "u:fr"`, `"/DisplayDocTitle": true`, `"/S": "/H1"`, `"/Type": "/Outlines"`} {
		if !strings.Contains(structure, want) {
			t.Errorf("no %s in the PDF", want)
		}
	}
}

func TestTheSamePageGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	program := installed(t)
	first := printed(t, program, page, properties())
	<-time.After(1100 * time.Millisecond) // the browser's clock has seconds
	if again := printed(t, program, page, properties()); !bytes.Equal(first, again) {
		t.Error("two runs differ")
	}
	for _, trace := range []string{"Headless", "Mozilla", "file://", "campanile-print"} {
		if bytes.Contains(first, []byte(trace)) {
			t.Errorf("%s stands in the PDF", trace)
		}
	}
}

// A title that looks like the end of an object, of a string or of the file is a
// title all the same.
func TestAHostileTitleIsOnlyATitle(t *testing.T) {
	t.Parallel()
	program := installed(t, "pdfinfo", "qpdf")
	title := "endobj ) >> trailer <</Info 7 0 R>> startxref 12 %%EOF \\ ( <FEFF> 1 0 obj"
	hostile := strings.Replace(page, "Titolo della pagina", strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(title), 1)
	p := properties()
	p.Title = title
	pdf := printed(t, program, hostile, p)
	if said := told(t, pdf, "pdfinfo"); !strings.Contains(said, title) {
		t.Error(said)
	}
	if said := told(t, pdf, "qpdf", "--check"); !strings.Contains(said, "No syntax or stream encoding errors found") {
		t.Error(said)
	}
}

func TestTheBrowserAsksNobody(t *testing.T) {
	t.Parallel()
	program := installed(t)
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	printed(t, program, `<!doctype html><html lang="en"><title>t</title><link rel="stylesheet" href="`+server.URL+`/a.css"><img src="`+server.URL+`/b.png" alt=""><script>fetch("`+server.URL+`/c")</script>x</html>`, properties())
	if n := asked.Load(); n > 0 {
		t.Errorf("asked %d times", n)
	}
}

// program is a file that stands for a browser.
func program(t *testing.T, script string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a shell script is no program there")
	}
	file := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestABrowserThatCannotPrintIsNamedWithWhatItSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, want string }{
		"breaks-off":     {"echo No usable sandbox >&2; exit 1", "it broke off (exit status 1): No usable sandbox; try another with --browser"},
		"says-too-much":  {"printf '%0299dè' 0; exit 1", "it broke off (exit status 1): " + strings.Repeat("0", 299) + "; try another"},
		"writes-nothing": {"echo a reason; echo '[1] dbus is missing'", "it has written no PDF: a reason; try another"},
		"writes-empty":   {": >page.pdf", "it has written no PDF; try another"},
		"writes-a-page":  {"echo '<html>' >page.pdf", "it writes PDF of a form that this program does not know; try another"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := program(t, c.script)
			_, err := Print(t.Context(), file, []byte(page), properties())
			if err == nil || !strings.Contains(err.Error(), "printing with "+file+": "+c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// When the time is over, the browser and what it has started are ended, and
// nothing of them stays behind.
func TestAHangingBrowserIsEndedWithItsChildren(t *testing.T) {
	t.Parallel()
	notes := filepath.Join(t.TempDir(), "notes")
	file := program(t, "sleep 600 &\necho $! $PWD >"+notes+".new; mv "+notes+".new "+notes+"; wait\n")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for {
			if _, err := os.Stat(notes); err == nil {
				cancel()
				return
			}
			<-time.After(10 * time.Millisecond)
		}
	}()
	if _, err := Print(ctx, file, []byte(page), properties()); err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("%v", err)
	}
	data, err := os.ReadFile(notes)
	if err != nil {
		t.Fatal(err)
	}
	child, folder, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", folder, err)
	}
	if pid, err := strconv.Atoi(child); err != nil || lives(pid) {
		t.Errorf("process %s is still there (%v)", child, err)
	}
}

func TestNothingOfTheBrowserStaysBehind(t *testing.T) {
	browser := installed(t)
	for _, name := range []string{"short", strings.Repeat("long", 20)} {
		temporary, err := os.MkdirTemp("", "c") //nolint:usetesting // the other path is too long for a short one
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(temporary)
		inner := filepath.Join(temporary, name)
		if err := os.Mkdir(inner, 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("TMPDIR", inner)
		t.Setenv("HOME", filepath.Join(inner, "nowhere"))
		printed(t, browser, page, properties())
		if left, err := os.ReadDir(inner); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left (%v)", name, left, err)
		}
	}
}
