package chronicle

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/rules"
)

// Whatever a stranger puts into a fact, it comes back as it was.
func TestASightComesBack(t *testing.T) {
	t.Parallel()
	want := sight{
		Target: evidence.Target{Domain: "comune.finto.example", Name: "Finto\tdi\nSopra \\ Sotto"}, Taken: time.Date(2026, 1, 5, 22, 0, 0, 0, time.UTC),
		Suppliers: []evidence.Supplier{{ID: "posta", Name: "Posta"}}, Addresses: map[string][]string{"www": {"192.0.2.1"}},
		Passed: "mail-spf-missing:2 web-csp-missing:1", Open: "tls-missing:1",
		Failing: []failure{
			{"mail-dmarc-missing", "a\tb\nc\\d\\n\\t\\\\", rules.High, checks.Facts{"host": "x\\", "record": "v=DMARC1;\tp=none\n", "": "", "empty": ""}},
			{"dns-caa-missing", "", rules.Low, checks.Facts{}},
		},
	}
	document, err := want.marshal()
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(document), "\n"); lines != 2+len(want.Failing) {
		t.Errorf("%d lines", lines)
	}
	var is sight
	if err := is.unmarshal(document); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, is); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := is.unmarshal([]byte("damaged")); err == nil {
		t.Error("anything is taken for a sight")
	}
}
