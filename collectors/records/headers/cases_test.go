package headers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A file of testdata/records/headers has these lines:
//
//	clause TEXT      where the cases that follow come from
//	case NAME
//	| KIND VALUE     one line of what was received; in quotes where a character needs a Go escape
//	want TEXT        all that is read out of it, and the result
type headerCase struct {
	name, clause, want string
	lines              []string
	number             int
}

func readCases(t testing.TB, path string) []headerCase {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []headerCase
	seen := map[string]bool{}
	clause, number := "", 0
	for line := range strings.Lines(string(content)) {
		number++
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		last := len(cases) - 1
		switch {
		case word == "" || word == "#":
		case word == "clause" && rest != "":
			clause = rest
		case word == "case" && clause != "" && !seen[rest] && (last < 0 || cases[last].want != ""):
			seen[rest] = true
			cases = append(cases, headerCase{name: rest, clause: clause, number: number})
		case word == "|" && last >= 0 && cases[last].want == "":
			cases[last].lines = append(cases[last].lines, rest)
		case word == "want" && last >= 0 && cases[last].want == "" && rest != "":
			cases[last].want = rest
		default:
			t.Fatalf("%s:%d: %q is not in its place", path, number, line)
		}
	}
	if len(cases) == 0 || cases[len(cases)-1].want == "" {
		t.Fatalf("%s ends too early", path)
	}
	return cases
}

// TestCases holds every reader and every judgement to the cases of its file.
func TestCases(t *testing.T) {
	t.Parallel()
	kinds := map[string]struct {
		least int
		told  func(lines []string) string
	}{
		"hsts": {40, toldHSTS}, "csp": {65, toldCSP}, "framing": {25, toldFraming}, "referrer": {25, toldReferrer},
		"cookies": {38, toldCookies}, "single": {22, toldSingle}, "route": {22, toldRoute},
	}
	folder := "../../../testdata/records/headers"
	files, err := filepath.Glob(folder + "/*.txt")
	if err != nil || len(files) != len(kinds) {
		t.Errorf("%d files of cases for %d kinds, %v", len(files), len(kinds), err)
	}
	for name, kind := range kinds {
		path := filepath.Join(folder, name+".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cases := readCases(t, path)
			if len(cases) < kind.least {
				t.Errorf("%d cases; at least %d hold it", len(cases), kind.least)
			}
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					if got := kind.told(c.lines); got != c.want {
						t.Errorf("%s:%d, %s\n got %s\nwant %s", path, c.number, c.clause, got, c.want)
					}
				})
			}
		})
	}
}

// sorted puts the values of the lines under their kinds.
func sorted(lines []string) map[string][]string {
	values := map[string][]string{}
	for _, line := range lines {
		kind, value, _ := strings.Cut(line, " ")
		if text, err := strconv.Unquote(value); err == nil && strings.Contains(value, `\`) {
			value = text
		}
		values[kind] = append(values[kind], value)
	}
	return values
}

// told joins what is not empty.
func told(parts ...any) string {
	var words []string
	for _, part := range parts {
		if text := fmt.Sprint(part); text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, " ")
}

func when(holds bool, word string) string {
	if holds {
		return word
	}
	return ""
}
