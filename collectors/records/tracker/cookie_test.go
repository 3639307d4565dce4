package tracker_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records/tracker"
)

func TestCookieIsKnownByItsName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"_ga":              "Google Analytics",
		"_ga_ABC123DEF4":   "Google Analytics",
		"_gcl_au":          "Google Ads",
		"_fbp":             "Meta Pixel",
		"AMCV_1@AdobeOrg":  "Adobe Experience Cloud",
		"_clck":            "Microsoft Clarity",
		"_GA":              "", // cookies of two cases are two
		"_ga_":             "",
		"_galleria":        "",
		"*":                "",
		"":                 "",
		"_pk_id.1.abcd":    "", // Matomo
		"PHPSESSID":        "",
		"lidc":             "", // spreads the load
		"_ga_*":            "Google Analytics",
		"demdex_of_others": "",
	} {
		got, ok := tracker.Cookie(name)
		if diff := cmp.Diff(want, got); diff != "" || ok != (want != "") {
			t.Errorf("%q: %v (-want +got)\n%s", name, ok, diff)
		}
	}
}

func TestEveryCookieSaysWhereItWasTaken(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("cookies.csv")
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(strings.NewReader(string(data)))
	reader.Comment = '#'
	list, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range list[1:] {
		if seen[row[0]] {
			t.Errorf("%s stands twice", row[0])
		}
		seen[row[0]] = true
		if _, err := time.Parse(time.DateOnly, row[3]); err != nil || !strings.HasPrefix(row[2], "https://") {
			t.Errorf("%s: no source or no day: %v", row[0], row)
		}
		if product, ok := tracker.Cookie(strings.Replace(row[0], "*", "x", 1)); !ok || product != row[1] {
			t.Errorf("%s is taken for %q", row[0], product)
		}
	}
}
