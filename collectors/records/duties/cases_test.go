package duties_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"campanile/collectors/records/duties"
)

const caseFile = "../../../testdata/records/duties.txtar"

// TestCases holds every reader to its lines NAME: INPUT => WANT.
func TestCases(t *testing.T) {
	t.Parallel()
	readers := map[string]struct {
		least int
		told  func(input string) string
	}{
		"links":     {80, toldKinds},
		"topics":    {15, toldTopics},
		"best":      {14, toldBest},
		"documents": {4, toldDocument},
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
				if got := reader.told(c.input); got != c.want {
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
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, ok := strings.Cut(line, ": ")
		if plain, err := strconv.Unquote(rest); err == nil {
			rest = plain
		}
		input, want, both := strings.Cut(rest, "=> ")
		if !ok || !both || want == "" || seen[name] {
			t.Fatalf("%q is no case, or has the name of another", line)
		}
		seen[name] = true
		list = append(list, oneCase{name, input, want})
	}
	return list
}

// linkOf reads TEXT | HREF | PLACE | MARK, the last ones optional.
func linkOf(input string) duties.Link {
	parts := strings.Split(input+"|||", "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	l := duties.Link{Text: parts[0], Place: parts[2], Mark: parts[3]}
	if scheme, _, found := strings.Cut(parts[1], ":"); found && scheme != "javascript" {
		l.URL = parts[1]
	} else {
		l.Raw = parts[1]
	}
	return l
}

func joined[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, each := range list {
		words[i] = string(each)
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, " ")
}

func toldKinds(input string) string { return joined(duties.Read(linkOf(input))) }

func toldTopics(input string) string { return joined(duties.Topics(input)) }

func toldDocument(input string) string {
	if format := duties.Document(strings.TrimSpace(input)); format != "" {
		return format
	}
	return "none"
}

func toldBest(input string) string {
	kind, rest, _ := strings.Cut(input, " ")
	var links []duties.Link
	for each := range strings.SplitSeq(rest, ";;") {
		links = append(links, linkOf(each))
	}
	return strconv.Itoa(duties.Best(links, duties.Kind(kind)))
}
