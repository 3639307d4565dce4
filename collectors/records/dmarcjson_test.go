package records_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

// The names in JSON are a public contract (CLI.md, explain dmarc).
func TestDMARCDiscoveryAsJSON(t *testing.T) {
	t.Parallel()
	z := zone{town: "v=DMARC1; p=reject; sp=none; psd=n" + reports}
	text, err := json.MarshalIndent(records.DiscoverDMARC(z.facts(police, registered)), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "name": "polizia.comune.valle.pr.example",
 "found_at": "_dmarc.comune.valle.pr.example",
 "record": "v=DMARC1; p=reject; sp=none; psd=n; rua=mailto:dmarc@comune.example",
 "usable": true,
 "queries": [
  "_dmarc.polizia.comune.valle.pr.example",
  "_dmarc.comune.valle.pr.example"
 ],
 "policy_domain": "comune.valle.pr.example",
 "organizational_domain": "comune.valle.pr.example",
 "policy": "none",
 "effective": {
  "self": "reject",
  "existing_subdomain": "none",
  "missing_subdomain": "none"
 },
 "older_readers": {
  "usable": false,
  "policy": "not-applied",
  "percent": 100
 },
 "remarks": [
  "subdomain-policy-weak",
  "found-at-parent",
  "not-seen-by-older-readers"
 ]
}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text, err = json.Marshal(records.DiscoverDMARC(zone{town: "v=DMARC1; p=reject; psd=n" + reports}.facts(town, registered)))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `"remarks":[]`) {
		t.Errorf("no remarks are not an empty list: %s", text)
	}
}

// FuzzDMARCDiscovery: whatever stands at the names, the walk is short, the
// policies are of the documented words, and silence gives no verdict.
func FuzzDMARCDiscovery(f *testing.F) {
	f.Add(police, "", "v=DMARC1; p=reject; sp=none", "v=DMARC1; p=none; psd=y", uint8(1))
	f.Add("a.b.c.d.e.f.g."+town, "v=DMARC1; p=rejct", "!timeout", "v=DMARC1; p=reject\nv=DMARC1; p=none", uint8(2))
	f.Add(town, "!servfail", "", "v=DMARC1; psd=n", uint8(0))
	f.Fuzz(func(t *testing.T, name, first, second, third string, place uint8) {
		names := records.DMARCNames(name)
		z := zone{}
		for i, text := range []string{first, second, third} {
			at := names[(int(place)*i+i)%len(names)]
			z[strings.TrimPrefix(at, "_dmarc.")] = text
		}
		facts := z.facts(strings.TrimSuffix(name, "."), "")
		d := records.DiscoverDMARC(facts)
		policies := []string{"none", "quarantine", "reject", records.NotApplied}
		for _, policy := range []string{d.Policy, d.Effective.Self, d.Effective.Existing, d.Effective.Missing, d.Older.Policy} {
			if policy != records.NotKnown && !slices.Contains(policies, policy) {
				t.Errorf("policy %q", policy)
			}
			if policy == records.NotKnown && d.Problem == "" && d.Older.Problem == "" {
				t.Error("unknown without a reason")
			}
		}
		if len(d.Queries) == 0 || len(d.Queries) > 8 {
			t.Errorf("%d queries", len(d.Queries))
		}
		if last := facts.Answers[0]; last.Problem != "" && (d.Policy != records.NotKnown || d.Older.Policy != records.NotKnown) {
			t.Errorf("%s and %s from silence", d.Policy, d.Older.Policy)
		}
		if (d.FoundAt == "") != (d.Record == "") || d.Usable && d.FoundAt == "" {
			t.Errorf("%+v", d)
		}
		if d.PolicyDomain != "" && d.Name != d.PolicyDomain && !strings.HasSuffix(d.Name, "."+d.PolicyDomain) {
			t.Errorf("%q is not above %q", d.PolicyDomain, d.Name)
		}
	})
}
