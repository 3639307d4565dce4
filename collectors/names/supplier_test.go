package names_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/names"
)

func TestSuppliersAreRecognisedByWhatSaysMost(t *testing.T) {
	t.Parallel()
	mx := seen("comune.test", "MX", "10 mx.nuvolette.example.")
	vanity := seen("comune.test", "MX", "20 mx2.comune.test.", "5 mx.comune.test.")
	spf := seen("comune.test", "TXT", `"v=spf1 include:_spf.notizie.example include:_spf.nuvolette.example ~all"`)
	silence := evidence.Lookup{Name: "comune.test", Type: "MX", Observation: evidence.UnknownAt(taken, evidence.Timeout, "")}
	for _, c := range []struct {
		name      string
		lookups   []evidence.Lookup
		mailboxes []evidence.Mailbox
		origins   names.Origins
		want      []string
	}{
		{name: "mail-exchanger", lookups: []evidence.Lookup{mx}, want: []string{"nuvolette mail: MX mx.nuvolette.example"}},
		{name: "vanity-exchanger-and-spf", lookups: []evidence.Lookup{vanity, spf}, want: []string{"nuvolette mail: SPF _spf.nuvolette.example"}},
		{
			name:    "vanity-exchanger-and-its-address",
			lookups: []evidence.Lookup{vanity, seen("mx.comune.test", "A", "203.0.113.9"), seen("mx2.comune.test", "A", "198.51.100.25")},
			want:    []string{"nuvolette mail: 198.51.100.25 in 198.51.100.0/24"},
		},
		{
			name: "autonomous-system", lookups: []evidence.Lookup{vanity, seen("mx.comune.test", "A", "203.0.113.9")},
			origins: names.Origins{netip.MustParseAddr("203.0.113.9"): 64496}, want: []string{"nuvolette mail: AS64496 203.0.113.9"},
		},
		{
			name: "unknown-autonomous-system", lookups: []evidence.Lookup{vanity, seen("mx.comune.test", "A", "203.0.113.9")},
			origins: names.Origins{netip.MustParseAddr("203.0.113.9"): 64511},
		},
		{
			name: "filter-in-front", lookups: []evidence.Lookup{seen("comune.test", "MX", "10 a.filtro.nuvolette.example."), spf},
			want: []string{"nuvolette mail: SPF _spf.nuvolette.example", "filtro gateway: MX a.filtro.nuvolette.example"},
		},
		{name: "sender-of-newsletters-only", lookups: []evidence.Lookup{vanity, seen("comune.test", "TXT", `"v=spf1 include:_spf.notizie.example -all"`)}},
		{name: "no-mail", lookups: []evidence.Lookup{seen("comune.test", "MX", "0 ."), spf}},
		{name: "mail-not-known", lookups: []evidence.Lookup{silence, spf}},
		{name: "name-server", lookups: []evidence.Lookup{seen("comune.test", "NS", "NS1.nuvolette.example.")}, want: []string{"nuvolette dns: NS ns1.nuvolette.example"}},
		{
			name: "own-name-server-at-a-supplier", lookups: []evidence.Lookup{seen("comune.test", "NS", "ns.comune.test."), seen("ns.comune.test", "AAAA", "2001:db8:6::53")},
			want: []string{"nuvolette dns: 2001:db8:6::53 in 2001:db8:6::/48"},
		},
		{
			name: "site-by-alias", lookups: []evidence.Lookup{alias("www.comune.test", seen("", "", "203.0.113.1"), "comune.siti.nuvolette.example")},
			want: []string{"nuvolette web: CNAME comune.siti.nuvolette.example"},
		},
		{name: "site-by-address", lookups: []evidence.Lookup{seen("comune.test", "A", "198.51.100.7")}, want: []string{"nuvolette web: 198.51.100.7 in 198.51.100.0/24"}},
		{name: "shared-certified-mail", mailboxes: []evidence.Mailbox{{Address: "comune@certa.example", PEC: true}}, want: []string{"certa pec: PEC certa.example"}},
		{
			name: "certified-mail-of-its-own", mailboxes: []evidence.Mailbox{{Address: "comune@pec.comune.test", PEC: true}},
			lookups: []evidence.Lookup{seen("pec.comune.test", "MX", "10 mx.certa.example.")}, want: []string{"certa pec: MX mx.certa.example"},
		},
		{name: "ordinary-mailbox-is-no-certified-one", mailboxes: []evidence.Mailbox{{Address: "comune@certa.example"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := town(c.lookups...)
			b.Target.Mailboxes = c.mailboxes
			var got []string
			for _, s := range names.Recognise(b, suppliers, c.origins) {
				got = append(got, s.ID+" "+s.Role+": "+s.Evidence)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// Only the addresses that nothing else gives away are worth a question.
func TestAddressesOfUnknownSuppliersAreListed(t *testing.T) {
	t.Parallel()
	b := town(
		seen("comune.test", "MX", "10 mx.nuvolette.example."), seen("mx.nuvolette.example", "A", "203.0.113.1"),
		seen("comune.test", "NS", "ns.comune.test."), seen("ns.comune.test", "A", "203.0.113.2"),
		seen("comune.test", "A", "203.0.113.3"), seen("www.comune.test", "A", "203.0.113.3", "203.0.113.2"),
	)
	want := []netip.Addr{netip.MustParseAddr("203.0.113.2"), netip.MustParseAddr("203.0.113.3")}
	got := names.Unrecognised(b, suppliers)
	slices.SortFunc(got, netip.Addr.Compare)
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestOriginsAreAskedAtTheServiceThatWasNamed(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t,
		`9.113.0.203.origin.service.test. IN TXT "64496 64497 | 203.0.113.0/24 | IT | ripencc | 2001-01-01"`,
		`1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.origin6.service.test. IN TXT "64498 | 2001:db8::/32 | IT | ripencc |"`,
		`1.113.0.203.origin.service.test. IN TXT "not a number | x"`,
	)
	server.Say("2.113.0.203.origin.service.test. TXT", dnstest.Reply{Silent: true})
	var addresses []netip.Addr
	for _, text := range []string{"203.0.113.9", "2001:db8::1", "203.0.113.1", "203.0.113.2", "203.0.113.3"} {
		addresses = append(addresses, netip.MustParseAddr(text))
	}
	origins, lookups := names.AskOrigins(t.Context(), session(t, server), "origin.service.test", addresses)
	want := names.Origins{addresses[0]: 64496, addresses[1]: 64498}
	if diff := cmp.Diff(want, origins, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(lookups) != len(addresses) || lookups[3].State != evidence.Unknown || lookups[4].State != evidence.Absent {
		t.Errorf("look-ups: %v", lookups)
	}
}

func TestFormerDomainsAreAskedWhereTheyLead(t *testing.T) {
	t.Parallel()
	server := dnstest.New(t, "vecchio.test. IN A 192.0.2.1", "vecchio.test. IN NS ns.altri.test.")
	lookups := names.Former(t.Context(), session(t, server), []string{"vecchio.test", "sparito.test"})
	var got []string
	for _, l := range lookups {
		got = append(got, l.Name+" "+l.Type+" "+string(l.State))
	}
	want := []string{"vecchio.test A seen", "vecchio.test AAAA absent", "sparito.test A absent", "sparito.test AAAA absent", "vecchio.test NS seen", "sparito.test NS absent"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
