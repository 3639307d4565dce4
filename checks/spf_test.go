package checks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// largeTree is a record with a hundred includes, each of a hundred; of its
// records so many are known.
func largeTree(known int) *evidence.Bundle {
	level := func(below string) string {
		var text strings.Builder
		text.WriteString(`"v=spf1`)
		for i := range 100 {
			fmt.Fprintf(&text, ` include:%d.%s" "`, i, below)
		}
		return text.String() + ` -all"`
	}
	b := defaultBundle()
	add := func(name, record string) {
		if len(b.DNS.Lookups) < known {
			b.DNS.Lookups = append(b.DNS.Lookups, found(name, "TXT", record))
		}
	}
	add("comune.example", level("n.example"))
	for i := range 100 {
		add(fmt.Sprintf("%d.n.example", i), level(fmt.Sprintf("%d.n.example", i)))
	}
	for i := range 100 * 100 {
		add(fmt.Sprintf("%d.%d.n.example", i%100, i/100), `"v=spf1 ip4:192.0.2.1 -all"`)
	}
	return b
}

// Whether the collector brought all of it or only what it is willing to follow:
// receivers stop at the eleventh look-up, and of the rest nothing is said.
func TestATreeOfTenThousandNamesIsSoonJudged(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]int{"known-as-a-whole": 20_000, "as-far-as-it-was-followed": 40} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := largeTree(known)
			begin := time.Now()
			got := map[string]string{}
			for _, f := range checks.Judge(b) {
				if strings.HasPrefix(f.Rule, "mail-spf-") {
					got[f.Rule] = strings.TrimSpace(string(f.Outcome) + " " + f.Facts["problem"])
				}
			}
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("judging took %v", took)
			}
			want := map[string]string{
				"mail-spf-missing":          "inconclusive interrupted", // whether there is an MX was not asked here
				"mail-spf-multiple":         "pass",
				"mail-spf-invalid":          "inconclusive too-many",
				"mail-spf-too-many-lookups": "fail",
				"mail-spf-void-lookups":     "inconclusive too-many",
				"mail-spf-permissive":       "inconclusive too-many",
				"mail-spf-ptr":              "inconclusive too-many",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
