package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A cell with line ends inside moves the lines of the file, and not the rows of
// the sheet: neither its own row nor those below.
func TestRowsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	for comma, name := range map[string]string{",": "commas", ";": "semicolons", "\t": "tabs"} {
		text := strings.ReplaceAll("\ufeffa,b,c\r\n1,\"two\nlines\",3\r\n,,\r\n4,5,6\r\n", ",", comma)
		got, err := ReadCSV([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want := []Row{{1, 1, []string{"a", "b", "c"}}, {2, 2, []string{"1", "two\nlines", "3"}}, {4, 5, []string{"4", "5", "6"}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if _, err := ReadCSV([]byte("a,b\n\"open")); err == nil || !strings.Contains(err.Error(), "line 3: not readable as CSV") && !strings.Contains(err.Error(), "line 2: not readable as CSV") {
		t.Errorf("%v", err)
	}
}

func TestTheRowsOfAWorkbookKeepTheirPlaceToo(t *testing.T) {
	t.Parallel()
	got := Grid{Rows: [][]string{{"a"}, nil, {" "}, {"", "b"}}}.Filled()
	if diff := cmp.Diff([]Row{{Number: 1, Cells: []string{"a"}}, {Number: 4, Cells: []string{"", "b"}}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for want, at := range map[string][2]int{"A1": {0, 1}, "AB7": {27, 7}, "R3C20001": {20000, 3}} {
		if got := Cell(at[0], at[1]); got != want {
			t.Errorf("%v: %s, want %s", at, got, want)
		}
	}
}
