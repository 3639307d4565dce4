package namespaces

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campanile/collectors/records/headers"
)

// headerSet is one host of observatory/sets.txt.
type headerSet struct {
	name, page, http, https string
	headers, second         [][2]string
	differs                 []headerDifference
	open                    map[headers.Test]string // what a scan cannot tell, and why
}

// headerDifference is one test where we say something else, and why.
type headerDifference struct {
	test         headers.Test
	theirs, ours headers.Result
	why          string
}

func (s headerSet) host() string { return s.name + ".osservatorio.example" }

// readSets reads the sets strictly: a line that is not understood is a mistake.
func readSets(t *testing.T) []headerSet {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("observatory", "sets.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var sets []headerSet
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case word == "" || word == "#":
		case word == "set":
			sets = append(sets, headerSet{name: rest, http: "https", https: "page"})
		case len(sets) == 0:
			t.Fatalf("sets.txt:%d: no set yet", number)
		default:
			if err := sets[len(sets)-1].add(word, rest); err != nil {
				t.Fatalf("sets.txt:%d: %v", number, err)
			}
		}
	}
	for _, s := range sets {
		for _, d := range s.differs {
			if d.why == "" {
				t.Errorf("%s: a difference in %s without its argument", s.name, d.test)
			}
		}
	}
	if len(sets) < 60 {
		t.Errorf("%d sets; the comparison promises 60", len(sets))
	}
	return sets
}

func (s *headerSet) add(word, rest string) error {
	last := len(s.differs) - 1
	switch word {
	case "|", "||":
		name, value, found := strings.Cut(rest, ": ")
		if !found || strings.Contains(strings.TrimPrefix(value, "$http_origin"), "$") {
			return fmt.Errorf("%q is no header that nginx sends as it stands", rest)
		}
		if word == "|" {
			s.headers = append(s.headers, [2]string{name, value})
		} else {
			s.second = append(s.second, [2]string{name, value})
		}
	case "page":
		s.page = rest
	case "http":
		s.http = rest
	case "https":
		s.https = rest
	case "differs":
		parts := strings.Fields(rest)
		if len(parts) != 3 || last >= 0 && s.differs[last].why == "" {
			return fmt.Errorf("%q is no difference, or the one before has no argument", rest)
		}
		s.differs = append(s.differs, headerDifference{headers.Test(parts[0]), headers.Result(parts[1]), headers.Result(parts[2]), ""})
	case "open":
		test, why, _ := strings.Cut(rest, " ")
		if why == "" || s.open[headers.Test(test)] != "" {
			return fmt.Errorf("%q has no argument, or there are two", rest)
		}
		if s.open == nil {
			s.open = map[headers.Test]string{}
		}
		s.open[headers.Test(test)] = why
	case "why":
		if last < 0 || s.differs[last].why != "" || rest == "" {
			return errors.New("an argument for no difference")
		}
		s.differs[last].why = rest
	default:
		return fmt.Errorf("%q is not a line of a set", word)
	}
	return nil
}
