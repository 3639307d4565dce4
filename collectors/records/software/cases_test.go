package software_test

import (
	"cmp"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"campanile/collectors/records/software"
)

const caseFile = "../../../testdata/records/software.txtar"

// TestCases holds every reader to its lines NAME: INPUT => WANT.
func TestCases(t *testing.T) {
	t.Parallel()
	readers := map[string]struct {
		least int
		told  func(t *testing.T, input string) string
	}{
		"headers":    {25, toldHeader},
		"generators": {14, toldGenerator},
		"addresses":  {25, toldAddress},
		"support":    {24, toldSupport},
	}
	archive := archiveOf(t)
	if len(archive.Files) != len(readers) {
		t.Errorf("%d groups of cases for %d readers", len(archive.Files), len(readers))
	}
	for _, file := range archive.Files {
		t.Run(file.Name, func(t *testing.T) {
			t.Parallel()
			reader, known := readers[file.Name]
			if !known {
				t.Fatal("nobody reads these cases")
			}
			cases := linesOf(t, string(file.Data))
			if len(cases) < reader.least {
				t.Errorf("%d cases; at least %d hold this reader", len(cases), reader.least)
			}
			for _, c := range cases {
				if got := reader.told(t, c.input); got != c.want {
					t.Errorf("%s: %s\n got %s\nwant %s", c.name, c.input, got, c.want)
				}
			}
		})
	}
}

func archiveOf(t testing.TB) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(caseFile)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

type oneCase struct{ name, input, want string }

// linesOf reads cases strictly: a line that is none is a mistake, and so is a
// name that comes twice.
func linesOf(t testing.TB, text string) []oneCase {
	t.Helper()
	var list []oneCase
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, ok := strings.Cut(line, ": ")
		input, want, both := strings.Cut(rest, "=> ")
		if !ok || !both || want == "" || seen[name] {
			t.Fatalf("%q is no case, or has the name of another", line)
		}
		seen[name] = true
		list = append(list, oneCase{name, strings.TrimSpace(input), want})
	}
	return list
}

func told(said []software.Statement) string {
	var list []string
	for _, s := range said {
		mended := ""
		if s.Mended {
			mended = "+"
		}
		list = append(list, s.Product+" "+s.Version+" "+string(s.Kind)+mended)
	}
	return cmp.Or(strings.Join(list, "; "), "none")
}

func toldHeader(_ *testing.T, input string) string {
	name, value, _ := strings.Cut(input, "|")
	return told(software.FromHeader(strings.TrimSpace(name), strings.TrimSpace(value)))
}

func toldGenerator(_ *testing.T, input string) string { return told(software.FromGenerator(input)) }

func toldAddress(_ *testing.T, input string) string {
	if said, ok := software.FromAddress(input); ok {
		return told([]software.Statement{said})
	}
	return "none"
}

func toldSupport(t *testing.T, input string) string {
	t.Helper()
	parts := strings.Fields(input)
	at, err := time.Parse(time.DateOnly, parts[2])
	if err != nil {
		t.Fatal(err)
	}
	version, mended := strings.CutSuffix(parts[1], "+")
	support, life := software.Statement{Product: parts[0], Version: version, Mended: mended}.Support(at)
	return string(support) + " " + cmp.Or(life.EndedOn, "-")
}

// TestTheTableIsSound holds every line to its form: a table that grows by hand
// gathers mistakes.
func TestTheTableIsSound(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	rows := software.Rows()
	if len(rows) < 80 {
		t.Errorf("%d lines; the table was longer", len(rows))
	}
	for _, row := range rows {
		key := row[0] + " " + row[1]
		if row[0] == "" || row[1] == "" || seen[key] {
			t.Errorf("%q: empty, or there twice", key)
		}
		seen[key] = true
		for _, day := range []string{row[2], row[3]} {
			if _, err := time.Parse(time.DateOnly, day); err != nil && day != "" {
				t.Errorf("%s: %v", key, err)
			}
		}
		if row[3] != "" && row[3] <= row[2] {
			t.Errorf("%s: extended to %s, before its end on %s", key, row[3], row[2])
		}
		if _, err := time.Parse(time.DateOnly, row[5]); err != nil {
			t.Errorf("%s: taken on %q", key, row[5])
		}
		if u, err := url.Parse(row[4]); err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: source %q", key, row[4])
		}
	}
}
