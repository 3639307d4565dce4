package scan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// A town whose servers say more than evidence holds must neither end the scan
// of the others nor get a verdict from what was cut.
func TestTownThatSaysTooMuchIsNotKnown(t *testing.T) {
	t.Parallel()
	taken := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b := &evidence.Bundle{
		Schema: evidence.Schema, Target: evidence.Target{Domain: "comune.example", Country: "it"}, Taken: taken, Profile: evidence.Full,
		Families: []evidence.Family{evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily, evidence.ServicesFamily},
		Names:    []evidence.Name{{Name: "comune.example", Source: "given", Site: true}, {Name: "www.comune.example", Source: "www", Site: true}},
		DNS: evidence.DNS{Lookups: []evidence.Lookup{{
			Name: "comune.example", Type: "TXT", Observation: evidence.SeenAt(taken), Records: []string{strings.Repeat("a", evidence.MaxRecord+1)},
		}}},
		Sent: evidence.Sent{DNSQueries: 7},
	}
	settled, err := settle(b, taken)
	if err != nil {
		t.Fatal(err)
	}
	if settled.Sent.DNSQueries != 7 {
		t.Errorf("%d questions are counted, want 7", settled.Sent.DNSQueries)
	}
	findings := checks.Judge(settled)
	asked := 0
	for _, check := range checks.All {
		if b.Asked(check.Family) {
			asked++
		}
	}
	if len(findings) < asked {
		t.Errorf("%d findings from %d checks", len(findings), asked)
	}
	for _, f := range findings {
		ofTheList := f.Outcome == checks.NotApplicable && slices.Contains(ofTheList, f.Rule)
		if f.Outcome != checks.Inconclusive && !ofTheList {
			t.Errorf("%s on %s: %s", f.Rule, f.Subject, f.Outcome)
		}
	}
}

// ofTheList are the rules that judge what the inventory says, which no server
// can drown: its addresses, its codes, and the country whose duties count.
var ofTheList = []string{
	"domain-not-institutional", "domain-look-alike-official", "mail-address-generic", "mail-address-other-domain",
	"accessibility-declaration-other-body", "accessibility-mention-missing", "legal-notice-missing",
}
