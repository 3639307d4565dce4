package records_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A file of testdata/records has these lines:
//
//	let NAME = VALUE     {NAME} stands for it in the cases that follow
//	clause TEXT          where the cases that follow come from
//	case NAME: RECORD    in quotes where a character needs a Go escape, or nothing and
//	| LINE               a record of several lines, or several records
//	want TEXT            all that is read out of it
type recordCase struct {
	name, clause, record, want string
	line                       int
}

// caseFile reads a file of cases strictly: what stands there is used and in its
// place.
type caseFile struct {
	lets   map[string]string // by {NAME}
	used   map[string]bool
	clause string
	cases  []recordCase
}

func readCases(t testing.TB, path string) []recordCase {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f := caseFile{lets: map[string]string{}, used: map[string]bool{}}
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		if err := f.add(lines.Text(), number); err != nil {
			t.Fatalf("%s:%d: %v", path, number, err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for name := range f.lets {
		if !f.used[name] {
			t.Errorf("%s: %s is never used", path, name)
		}
	}
	return f.cases
}

func (f *caseFile) add(line string, number int) error {
	word, rest, _ := strings.Cut(line, " ")
	for name, value := range f.lets {
		f.used[name] = f.used[name] || strings.Contains(rest, name)
		rest = strings.ReplaceAll(rest, name, value)
	}
	last := len(f.cases) - 1
	switch {
	case line == "" || word == "#":
		return nil
	case word == "let":
		name, value, ok := strings.Cut(rest, " = ")
		f.lets["{"+name+"}"] = value
		return ifNot(ok, "let wants NAME = VALUE")
	case word == "clause":
		f.clause = rest
		return ifNot(rest != "", "an empty clause")
	case word == "case":
		name, record, ok := strings.Cut(rest, ":")
		record = strings.TrimPrefix(record, " ")
		if strings.HasPrefix(record, `"`) {
			text, err := strconv.Unquote(record)
			if err != nil {
				return fmt.Errorf("%s: %w", record, err)
			}
			record = text
		}
		twice := slices.ContainsFunc(f.cases, func(c recordCase) bool { return c.name == name })
		f.cases = append(f.cases, recordCase{name: name, clause: f.clause, record: record, line: number})
		return ifNot(ok && f.clause != "" && !twice, "a case wants a clause before it and a name of its own")
	case last < 0 || f.cases[last].want != "":
		return fmt.Errorf("%q does not follow a case", line)
	case word == "|":
		f.cases[last].record += rest + "\n"
		return nil
	case word == "want":
		f.cases[last].want = rest
		return ifNot(rest != "", "an empty want")
	}
	return fmt.Errorf("%q is not a line of a case file", line)
}

func ifNot(holds bool, message string) error {
	if holds {
		return nil
	}
	return fmt.Errorf("%s", message)
}

// TestCases holds every reader of records to the cases of its grammar.
func TestCases(t *testing.T) {
	t.Parallel()
	grammars := map[string]struct {
		least int
		told  func(record string) string
	}{
		"dmarc":         {40, toldDMARC},
		"mtasts-record": {20, toldMTASTS},
		"mtasts-policy": {20, toldMTASTSPolicy},
		"mtasts-mx":     {15, toldLists},
		"tlsrpt":        {20, toldTLSRPT},
		"caa":           {20, toldCAA},
		"caa-issuers":   {15, toldIssuer},
		"tlsa":          {20, toldTLSA},
		"dkim":          {20, toldDKIM},
		"dnskey":        {20, toldDNSKEY},
		"ds":            {20, toldDS},
		"reverse":       {10, toldReverse},
	}
	files, err := filepath.Glob("../../testdata/records/*.txt")
	if err != nil || len(files) != len(grammars) {
		t.Errorf("%d files of cases for %d grammars, %v", len(files), len(grammars), err)
	}
	for name, grammar := range grammars {
		path := "../../testdata/records/" + name + ".txt"
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases := readCases(t, path)
			if len(cases) < grammar.least {
				t.Errorf("%d cases; at least %d hold this grammar", len(cases), grammar.least)
			}
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					if got := strings.ReplaceAll(grammar.told(c.record), "\x00", `\x00`); got != c.want {
						t.Errorf("%s:%d, %s\n got %s\nwant %s", path, c.line, c.clause, got, c.want)
					}
				})
			}
		})
	}
}
