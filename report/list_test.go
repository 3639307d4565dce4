package report

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/rules"
)

func TestEveryRowIsAsWideAsItsHead(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		docs := []Document{forgeable(t, l), wellKept(t, l), hostileTown(t, l)}
		findings := 0
		for _, d := range docs {
			findings += len(d.Findings)
		}
		lists := Lists(docs)
		if len(lists[0].Rows) != findings || len(lists[2].Rows) != len(docs) {
			t.Errorf("%s: %d rows for %d findings, %d for %d towns", l, len(lists[0].Rows), findings, len(lists[2].Rows), len(docs))
		}
		for _, list := range lists {
			if n := utf8.RuneCountInString(list.Name); n == 0 || n > 31 || strings.ContainsAny(list.Name, `:\/?*[]`) {
				t.Errorf("%s: no sheet can be named %q", l, list.Name)
			}
			for _, row := range list.Rows {
				if len(row) != len(list.Columns) {
					t.Errorf("%s %s: %d cells under %d columns", l, list.Name, len(row), len(list.Columns))
				}
				for _, cell := range row {
					if strings.ContainsFunc(cell, func(r rune) bool { return r != noBreak && !unicode.IsPrint(r) }) {
						t.Errorf("%s %s: %q reaches the reader", l, list.Name, cell)
					}
				}
			}
		}
	}
}

func TestOnlyAFailureHasASeverityAndSomebodyToMendIt(t *testing.T) {
	t.Parallel()
	d := forgeable(t, rules.English)
	for _, row := range Lists([]Document{d})[0].Rows {
		failed := row[3] == "to mend" || row[3] == "worth knowing"
		for _, at := range []int{4, 7, 8} {
			if (row[at] != "") != failed {
				t.Errorf("%s, %s: column %d holds %q", row[13], row[3], at, row[at])
			}
		}
		if unknown := row[3] == "not measured"; (row[9] != "") != unknown {
			t.Errorf("%s, %s: reason %q", row[13], row[3], row[9])
		}
	}
}

func TestNoMunicipalityIsNoList(t *testing.T) {
	t.Parallel()
	if lists := Lists(nil); lists != nil {
		t.Errorf("%v", lists)
	}
}

func TestStatesInWords(t *testing.T) {
	t.Parallel()
	w := WordsIn(rules.French)
	got := map[checks.Outcome]string{}
	for _, f := range forgeable(t, rules.French).Findings {
		if f.Severity == rules.Info {
			if state := w.State(f); state != "à savoir" {
				t.Errorf("a note: %q", state)
			}
			continue
		}
		got[f.Outcome] = w.State(f)
	}
	want := map[checks.Outcome]string{
		checks.Fail: "à corriger", checks.Pass: "en ordre", checks.Inconclusive: "non vérifiable", checks.NotApplicable: "ne concerne pas la commune",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTallyLeavesOutWhatIsNot(t *testing.T) {
	t.Parallel()
	if got := wellKept(t, rules.English).Tally(); len(got) != 1 {
		t.Errorf("a town in order: %q", got)
	}
	if got := forgeable(t, rules.English).Tally(); got[0] != "2 critical" || len(got) != 5 {
		t.Errorf("%q", got)
	}
}
