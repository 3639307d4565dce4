package mistake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/mistake"
)

func TestMistakesAreToldInTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	l := mistake.List{Name: "borgo.csv"}
	if !l.Empty() || l.Err() != nil {
		t.Errorf("nothing is wrong, and yet %v", l.Err())
	}
	l.Wrong(mistake.Place{Row: 9, Line: 12, Cell: "B9"}, "state: %s is no state", mistake.Quoted("\x1b[31m"))
	l.Wrong(mistake.Place{Row: 2, Line: 2}, "rule: missing")
	l.Wrong(mistake.Place{}, "domain: missing")
	l.Wrong(mistake.Place{Row: 3, Cell: "C3"}, "on: missing")
	for _, at := range []mistake.Place{{Row: 4, Line: 4}, {Row: 5, Cell: "A5"}, {Row: 6, Line: 6}} {
		l.Once(at, "x", "x")
	}
	want := `borgo.csv: domain: missing
borgo.csv:2: rule: missing
borgo.csv: cell C3: on: missing
borgo.csv: cell A5: x stands twice, first at line 4; leave one out
borgo.csv:6: x stands twice, first at line 4; leave one out
borgo.csv:12: cell B9: state: "\x1b[31m" is no state`
	if diff := cmp.Diff(want, fmt.Sprint(l.Err())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !l.Of("domain") || l.Of("dom") || l.Empty() {
		t.Error("it is not known of which field a mistake is")
	}
}

func TestManyMistakesAreCounted(t *testing.T) {
	t.Parallel()
	l := mistake.List{Name: "x"}
	for range 25 {
		l.Wrong(mistake.Place{}, "wrong")
	}
	if text := fmt.Sprint(l.Err()); strings.Count(text, "x: wrong") != 20 || !strings.HasSuffix(text, "x: and 5 more mistakes") {
		t.Error(text)
	}
}
