package scan_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"campanile/checks"
	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/scan"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/tls"
	"campanile/report/score"
	"campanile/rules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is the time at which the valley is raised.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// valley raises the fictional territory and scans all of it. The servers are gone
// afterwards.
func valley(t *testing.T, families ...evidence.Family) (*lab.Lab, []*evidence.Bundle) {
	t.Helper()
	territory, err := lab.Start(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	defer territory.Close()
	anchor, err := dnssec.ReadAnchor(strings.NewReader(territory.Anchor()))
	if err != nil {
		t.Fatal(err)
	}
	roots, err := tls.MozillaRoots(territory.CA())
	if err != nil {
		t.Fatal(err)
	}
	towns := territory.Towns()
	targets := make([]evidence.Target, len(towns))
	for i, town := range towns {
		targets[i] = town.Target()
	}
	scanner := scan.Scanner{
		Network: territory.Network(), Profile: evidence.Standard, Families: families, Roots: roots, Anchor: anchor,
		Tool: evidence.Tool{Name: "campanile", Version: "test"}, Timeout: time.Minute, Concurrency: 4, Sites: 12, // a busy machine must not be taken for silent servers
		Suppliers: territory.Suppliers(), Control: territory.MailControl(),
	}
	bundles := make([]*evidence.Bundle, len(targets))
	err = scanner.Run(t.Context(), targets, func(i int, b *evidence.Bundle) error {
		bundles[i] = b
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return territory, bundles
}

// TestValleyIsSeenAsItIs scans the whole fictional territory: every planted
// fault is found, nothing else is called a fault, and what cannot be known is
// inconclusive.
func TestValleyIsSeenAsItIs(t *testing.T) {
	territory, bundles := valley(t, evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily)
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	planted := map[string]bool{}
	var dangling []string
	for i, town := range territory.Towns() {
		dangling = append(dangling, levelsOf(bundles[i])...)
		outcomes := outcomesOf(set, bundles[i])
		if diff := cmp.Diff(sorted(town.Planted), outcomes[checks.Fail]); diff != "" {
			t.Errorf("%s: faults (-planted +found)\n%s", town.Domain, diff)
		}
		for _, rule := range town.Unknown {
			if !slices.Contains(outcomes[checks.Inconclusive], rule) {
				t.Errorf("%s: %s is not inconclusive", town.Domain, rule)
			}
		}
		for _, rule := range town.Planted {
			planted[rule] = true
		}
		// AgID's own page shows the date of a declaration in a browser only.
		if diff := cmp.Diff([]string{"accessibility-declaration-outdated"}, outcomes[checks.Inconclusive]); i == 0 && diff != "" {
			t.Errorf("%s, the exemplary town, leaves open (-want +got)\n%s", town.Domain, diff)
		}
	}
	if diff := cmp.Diff([]string{"broken", "claimable", "registrable"}, sorted(dangling)); diff != "" {
		t.Errorf("levels of dangling records (-want +got)\n%s", diff)
	}
	for _, town := range territory.Consenting() { // TestConsentingTownsAreSeenAsTheyAre looks for these
		for _, rule := range town.Planted {
			planted[rule] = true
		}
	}
	for _, check := range checks.All {
		if !planted[check.ID] && unplantable[check.ID] == "" && !withoutEngine(check.ID) {
			t.Errorf("no town of the valley plants %s", check.ID)
		}
		if planted[check.ID] && unplantable[check.ID] != "" {
			t.Errorf("%s is planted, and is said to be what no town can be seen to break", check.ID)
		}
	}
}

// levelsOf lists what becomes of the town's records that lead nowhere.
func levelsOf(b *evidence.Bundle) []string {
	var list []string
	for _, f := range checks.Judge(b) {
		if f.Rule == "dns-cname-dangling" && f.Outcome == checks.Fail {
			list = append(list, f.Facts["level"])
		}
	}
	return list
}

// unplantable are the rules that no town can be seen to break, each with the
// reason, besides those that rest on the engine, which the lab does not start: the
// tests of its templates plant them (cmd/internal/engine/templatetest). It never
// changes.
var unplantable = map[string]string{
	"domain-not-institutional": "whose name is institutional is a question of top-level domains that people register under, and .test is none of them (RFC 2606 section 2)",
	"tls-renegotiation-client": "the lab's servers stand on crypto/tls, which never takes a second handshake; the collector's own tests finish one by hand",
	"service-x11-exposed":      "an X11 server waits until it is spoken to, and nothing may be sent to it: an open port is all that can be seen",
}

// outcomesOf lists the rules of the town's country that gave an outcome on one
// subject at least.
func outcomesOf(set *rules.Set, b *evidence.Bundle) map[checks.Outcome][]string {
	list := map[checks.Outcome][]string{checks.Fail: {}}
	for _, f := range checks.Judge(b) {
		if rule, ok := set.Rule(f.Rule); !ok || !rule.AppliesIn(b.Target.Country) {
			continue // a duty of another country
		}
		list[f.Outcome] = append(list[f.Outcome], f.Rule)
	}
	for outcome, rules := range list {
		list[outcome] = sorted(rules)
	}
	return list
}

func sorted(rules []string) []string {
	rules = slices.Sorted(slices.Values(rules))
	if rules == nil {
		return []string{}
	}
	return slices.Compact(rules)
}

// TestTwoScansGiveTheSameEvidence holds two scans of the valley against each
// other: equal facts give equal bytes, apart from what was sent in which order and
// for whom.
func TestTwoScansGiveTheSameEvidence(t *testing.T) {
	_, first := valley(t, evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily)
	territory, second := valley(t, evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily)
	for i, town := range territory.Towns() {
		first[i].Sent, second[i].Sent = evidence.Sent{}, evidence.Sent{}
		// The lab's own resolver listens on another port each time.
		first[i].Vantage.Resolvers, second[i].Vantage.Resolvers = nil, nil
		// Of several towns on one server the first to come takes the questions.
		forgetWhoAsked(first[i])
		forgetWhoAsked(second[i])
		a, err := evidence.Marshal(first[i])
		if err != nil {
			t.Fatal(err)
		}
		b, err := evidence.Marshal(second[i])
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s: the evidence differs\n%s", town.Domain, cmp.Diff(first[i], second[i]))
		}
	}
}

// forgetWhoAsked leaves out what tells the name whose visit took the questions from
// the others on its server. That there is no certificate for the other kind of key
// is known of that name alone.
func forgetWhoAsked(b *evidence.Bundle) {
	for i := range b.Endpoints {
		e := &b.Endpoints[i]
		e.Accepts.Shared, e.Accepts.Hellos = "", 0
		if e.Second.State == evidence.Absent {
			e.Second = evidence.Handshake{}
		}
	}
}

// TestStoppedScanKeepsWhatIsFinished ends a scan from outside: no half bundle
// is handed on.
func TestStoppedScanKeepsWhatIsFinished(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	scanner := scan.Scanner{Timeout: time.Minute}
	err := scanner.Run(ctx, []evidence.Target{{Domain: "comune.example"}}, func(int, *evidence.Bundle) error {
		t.Error("a bundle of a stopped scan was handed on")
		return nil
	})
	if err == nil {
		t.Error("a stopped scan ended without an error")
	}
}
