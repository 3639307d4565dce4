package mandate_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
	"campanile/collectors/evidence"
)

func TestWhatLiesOutsideIsRefused(t *testing.T) {
	t.Parallel()
	own, alone, shared := netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("203.0.113.5"), netip.MustParseAddr("198.51.100.80")
	tests := map[string]struct {
		day    string
		names  []string
		places []mandate.Place
		want   []string // reason and subject
	}{
		"first-day":                          {day: "2026-12-01"},
		"last-day":                           {day: "2027-02-28"},
		"day-before":                         {day: "2026-11-30", want: []string{"not-begun "}},
		"day-after":                          {day: "2027-03-01", want: []string{"expired "}},
		"domain":                             {names: []string{"turismo-borgo.example"}},
		"name-below":                         {names: []string{"servizi.comune.borgo.to.it.example"}},
		"name-with-final-dot-and-case":       {names: []string{"Servizi.Comune.Borgo.to.it.example."}},
		"name-above":                         {names: []string{"borgo.to.it.example"}, want: []string{"name-outside borgo.to.it.example"}},
		"name-that-only-ends-alike":          {names: []string{"finto-turismo-borgo.example"}, want: []string{"name-outside finto-turismo-borgo.example"}},
		"name-with-ours-in-front":            {names: []string{"turismo-borgo.example.altro.test"}, want: []string{"name-outside turismo-borgo.example.altro.test"}},
		"no-name":                            {names: []string{""}, want: []string{"name-outside "}},
		"own-address":                        {places: []mandate.Place{{Address: own}}},
		"own-address-dressed-as-ipv6":        {places: []mandate.Place{{Address: netip.MustParseAddr("::ffff:192.0.2.10")}}},
		"in-the-network":                     {places: []mandate.Place{{Address: netip.MustParseAddr("192.0.2.47")}}},
		"after-the-network":                  {places: []mandate.Place{{Address: netip.MustParseAddr("192.0.2.48")}}, want: []string{"address-outside 192.0.2.48"}},
		"in-the-ipv6-network":                {places: []mandate.Place{{Address: netip.MustParseAddr("2001:db8:10::7")}}},
		"ipv6-with-a-zone":                   {places: []mandate.Place{{Address: netip.MustParseAddr("2001:db8:10::7%eth0")}}, want: []string{"address-outside 2001:db8:10::7%eth0"}},
		"no-address":                         {places: []mandate.Place{{}}, want: []string{"address-outside invalid IP"}},
		"elsewhere":                          {places: []mandate.Place{{Address: alone}}, want: []string{"address-outside 203.0.113.5"}},
		"shared-and-named":                   {places: []mandate.Place{{Address: shared, Shared: true}}},
		"named-as-shared-but-not-so":         {places: []mandate.Place{{Address: shared}}},
		"shared-and-nowhere":                 {places: []mandate.Place{{Address: alone, Shared: true}}, want: []string{"shared-host 203.0.113.5"}},
		"own-on-paper-but-others-live-there": {places: []mandate.Place{{Address: own, Shared: true}}, want: []string{"shared-host 192.0.2.10"}},
		"everything-at-once": {
			day: "2028-01-01", names: []string{"altro.test"}, places: []mandate.Place{{Address: alone}, {Address: own}},
			want: []string{"expired ", "name-outside altro.test", "address-outside 203.0.113.5"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.day == "" {
				test.day = "2027-01-10"
			}
			var got []string
			for _, refusal := range valid(t).Check(at(t, test.day), test.names, test.places) {
				got = append(got, string(refusal.Reason)+" "+refusal.Subject)
				if !strings.HasPrefix(refusal.String(), "testdata/valid.yaml: ") || !strings.Contains(refusal.String(), refusal.Subject) {
					t.Errorf("the message does not name the file and the thing: %s", refusal)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestWithoutMandateNothingIsAllowed(t *testing.T) {
	t.Parallel()
	var none *mandate.Mandate
	refusals := none.Check(at(t, "2027-01-10"), nil, nil)
	if len(refusals) != 1 || refusals[0].Reason != mandate.Absent {
		t.Fatalf("got %v", refusals)
	}
	err := mandate.Refused(refusals)
	if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), "campanile mandate new") {
		t.Errorf("got %v (exit %d)", err, exit.Code(err))
	}
	if err := mandate.Refused(nil); err != nil {
		t.Errorf("nothing refused, and yet %v", err)
	}
}

func TestExpiredMandateNamesTheNextStep(t *testing.T) {
	t.Parallel()
	err := mandate.Refused(valid(t).Check(at(t, "2027-03-15"), nil, nil))
	want := `testdata/valid.yaml: authorised until 2027-02-28, today is 2027-03-15; ask for a new letter with "campanile mandate new"`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestRefusalsAreEvidence(t *testing.T) {
	t.Parallel()
	for reason, want := range map[mandate.Reason]evidence.Problem{
		mandate.Absent: evidence.NoMandate, mandate.NotBegun: evidence.NoMandate, mandate.Expired: evidence.NoMandate,
		mandate.NameOutside: evidence.NotPermitted, mandate.AddressOutside: evidence.NotPermitted, mandate.SharedAddress: evidence.SharedHost,
	} {
		if got := (mandate.Refusal{Reason: reason}).Problem(); got != want {
			t.Errorf("%s: got %s, want %s", reason, got, want)
		}
	}
}

// The days are those of the clock that asks: at half past midnight in Rome it is
// still yesterday in UTC.
func TestDaysAreThoseOfTheClock(t *testing.T) {
	t.Parallel()
	rome := time.FixedZone("CET", 3600)
	m := valid(t)
	first := time.Date(2026, 12, 1, 0, 30, 0, 0, rome)
	if refusals := m.Check(first, nil, nil); len(refusals) > 0 {
		t.Errorf("on the first day in Rome: %v", refusals)
	}
	if refusals := m.Check(first.UTC(), nil, nil); len(refusals) != 1 {
		t.Error("by a clock that shows the day before, it has begun")
	}
	end := m.End(rome)
	if refusals := m.Check(end.Add(-time.Second), nil, nil); len(refusals) > 0 {
		t.Errorf("in the last second: %v", refusals)
	}
	if refusals := m.Check(end, nil, nil); len(refusals) != 1 || refusals[0].Reason != mandate.Expired {
		t.Errorf("at the end: %v", refusals)
	}
}

func TestEvidenceKeepsTheRoleAndNotThePerson(t *testing.T) {
	t.Parallel()
	m := valid(t)
	want := evidence.Mandate{Body: "Comune di Borgo dell'Esempio", By: "Sindaca", From: "2026-12-01", Until: "2027-02-28", Digest: m.Digest}
	if diff := cmp.Diff(want, m.Evidence()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(m.Digest) != len("sha256:")+64 {
		t.Errorf("digest %q", m.Digest)
	}
}

func TestCoversOwnAndSharedAddressesOnly(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{"192.0.2.10": true, "198.51.100.80": true, "198.51.100.81": false, "::ffff:198.51.100.80": true} {
		if got := valid(t).Covers(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}
