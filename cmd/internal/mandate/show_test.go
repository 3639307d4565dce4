package mandate_test

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/mandate"
	"campanile/rules"
)

func show(t *testing.T, m *mandate.Mandate, language rules.Language, now time.Time) string {
	t.Helper()
	var out strings.Builder
	if err := m.Show(&out, language, now); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestShowSaysWhetherItCounts(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]string{
		"2026-11-22": "non è ancora in vigore. Comincia tra 9 giorni.",
		"2026-11-30": "non è ancora in vigore. Comincia domani.",
		"2026-12-01": "è in vigore. Restano 90 giorni, oggi compreso.",
		"2027-02-27": "è in vigore. Restano 2 giorni, oggi compreso.",
		"2027-02-28": "è in vigore. Oggi è l'ultimo giorno.",
		"2027-03-01": "è scaduta ieri. Serve una nuova lettera.",
		"2027-03-10": "è scaduta da 10 giorni. Serve una nuova lettera.",
	} {
		if got := show(t, valid(t), rules.Italian, at(t, day)); !strings.Contains(got, "\n\nL'autorizzazione "+want+"\n\n") {
			t.Errorf("%s: got\n%s", day, got)
		}
	}
}

// Whoever reads it learns who, what, until when, what is done and what never, and
// how to stop it, in lines that fit.
func TestShowReadsAsTheGoldenOnes(t *testing.T) {
	t.Parallel()
	for _, language := range rules.Languages {
		t.Run(string(language), func(t *testing.T) {
			t.Parallel()
			m := valid(t)
			m.SSHMethods = language != rules.English
			got := show(t, m, language, at(t, "2026-12-10"))
			golden := "testdata/show-" + string(language) + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got; look at it, then run with -update\n%s", diff)
			}
			for line := range strings.Lines(got) {
				if utf8.RuneCountInString(line) > 79 || strings.ContainsAny(line, "{}") {
					t.Errorf("too long, or a brace is left: %s", line)
				}
			}
		})
	}
}

func TestDaysLeftAreThoseOnWhichItCounts(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]int{"2026-01-01": 90, "2026-12-01": 90, "2026-12-02": 89, "2027-02-28": 1, "2027-03-01": 0, "2028-03-01": 0} {
		if got := valid(t).DaysLeft(at(t, day)); got != want {
			t.Errorf("%s: %d, want %d", day, got, want)
		}
	}
}

// A day that a clock change makes shorter is a day.
func TestDaysAreCountedByTheCalendar(t *testing.T) {
	t.Parallel()
	place := time.FixedZone("CEST", 2*3600)
	if got := valid(t).DaysLeft(time.Date(2027, 2, 28, 0, 30, 0, 0, place)); got != 1 {
		t.Errorf("half past midnight of the last day: %d", got)
	}
}
