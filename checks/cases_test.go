package checks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"campanile/checks"
	"campanile/collectors/evidence"
)

var update = flag.Bool("update", false, "write what the checks find into testdata/checks")

const casesDir = "../testdata/checks"

// situation is one named pair of a case file: evidence in, findings out.
type situation struct {
	name     string
	bundle   *evidence.Bundle
	findings []checks.Finding
}

// caseFile is all that is known about one rule.
type caseFile struct {
	family, rule string
	path         string
	archive      *txtar.Archive
	situations   []situation
}

func TestEveryCaseIsJudgedAsItsFileSays(t *testing.T) {
	t.Parallel()
	for _, file := range readCases(t) {
		t.Run(file.rule, func(t *testing.T) {
			t.Parallel()
			for _, s := range file.situations {
				t.Run(s.name, func(t *testing.T) {
					got := findingsOf(s.bundle, file.rule)
					if *update {
						file.set(s.name, got)
						return
					}
					if diff := cmp.Diff(s.findings, got, cmpopts.EquateEmpty()); diff != "" {
						t.Errorf("%s: %s (-want +got)\n%s", file.path, s.name, diff)
					}
				})
			}
			if *update {
				if err := os.WriteFile(file.path, txtar.Format(file.archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// findingsOf gives what one check finds in a bundle, as a scan would.
func findingsOf(b *evidence.Bundle, rule string) []checks.Finding {
	return slices.DeleteFunc(checks.Judge(b), func(f checks.Finding) bool { return f.Rule != rule })
}

// readCases reads every case file strictly: a stray file, a half pair or an
// unknown field is a mistake of the author.
func readCases(t *testing.T) []caseFile {
	t.Helper()
	paths, err := filepath.Glob(casesDir + "/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no case files in %s: %v", casesDir, err)
	}
	files := make([]caseFile, len(paths))
	for i, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[i] = caseFile{
			family:  filepath.Base(filepath.Dir(path)),
			rule:    strings.TrimSuffix(filepath.Base(path), ".txtar"),
			path:    path,
			archive: archive,
		}
		files[i].readSituations(t)
	}
	return files
}

func (f *caseFile) readSituations(t *testing.T) {
	t.Helper()
	for i := 0; i < len(f.archive.Files); i += 2 {
		name, ok := strings.CutSuffix(f.archive.Files[i].Name, "/evidence.json")
		if !ok || i+1 == len(f.archive.Files) || f.archive.Files[i+1].Name != name+"/findings.json" {
			t.Fatalf("%s: after %q: want pairs of NAME/evidence.json and NAME/findings.json", f.path, f.archive.Files[i].Name)
		}
		if slices.ContainsFunc(f.situations, func(s situation) bool { return s.name == name }) {
			t.Fatalf("%s: %s: there twice", f.path, name)
		}
		s := situation{name: name, bundle: defaultBundle()}
		decode(t, f.path+": "+name, f.archive.Files[i].Data, s.bundle)
		if s.bundle.Names == nil {
			s.bundle.Names = []evidence.Name{{Name: "www.comune.example", Source: "www"}}
		}
		if err := s.bundle.Validate(); err != nil {
			t.Fatalf("%s: %s: no collector writes this: %v", f.path, name, err)
		}
		decode(t, f.path+": "+name, f.archive.Files[i+1].Data, &s.findings)
		f.situations = append(f.situations, s)
	}
}

// defaultBundle is what a case need not repeat.
func defaultBundle() *evidence.Bundle {
	return &evidence.Bundle{
		Schema:   evidence.Schema,
		Tool:     evidence.Tool{Name: "campanile", Version: "test"},
		Target:   evidence.Target{Domain: "comune.example", Country: "it"},
		Taken:    time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		Profile:  evidence.Standard,
		Families: slices.Clone(evidence.Families),
	}
}

func decode(t *testing.T, where string, data []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		t.Fatalf("%s: more than one value", where)
	}
}

// set writes findings into the archive, one a line, so that a difference can be
// read.
func (f *caseFile) set(name string, findings []checks.Finding) {
	lines := make([]string, len(findings))
	for i, each := range findings {
		lines[i] = "\n" + plainJSON(each)
	}
	end := "\n]\n\n"
	for i := range f.archive.Files {
		if i == len(f.archive.Files)-1 {
			end = "\n]\n"
		}
		if f.archive.Files[i].Name == name+"/findings.json" {
			f.archive.Files[i].Data = []byte("[" + strings.Join(lines, ",") + end)
		}
	}
}

// plainJSON leaves <, > and & as they are: nobody reads the files as HTML.
func plainJSON(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // findings are strings
	}
	return strings.TrimSpace(text.String())
}
