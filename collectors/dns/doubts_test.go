package dns

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"campanile/collectors/internal/dnstest"
)

// A server that has authority for something else denies what it knows nothing
// of; so does one that follows an alias into a zone of somebody else.
func TestOnlyTheZoneSpeaksForItself(t *testing.T) {
	t.Parallel()
	elsewhere := "example. 300 IN SOA ns.example. admin.example. 1 7200 3600 1209600 300"
	for name, test := range map[string]struct {
		arrange func(w *world)
		name    string
		kind    string
		want    string
	}{
		"server-of-the-zone-above-denies-the-name": {
			arrange: func(w *world) {
				w.resolver.AddLines("comune.test. 300 IN CAA 0 issue \"ca.example\"")
				for _, at := range []netip.Addr{firstAt, secondAt} {
					w.reach[at] = dnstest.NewAuthority(w.t, []string{"test."}, top[0]).Listen(w.t)
				}
			},
			name: "comune.test", kind: "CAA", want: `seen NOERROR 0 issue "ca.example"`,
		},
		"parked-server-with-authority-for-everything": {
			arrange: func(w *world) {
				w.resolver.AddLines("*.comune.test. 300 IN A 192.0.2.99")
				w.resolver.Say(madeUp+" A", dnstest.Reply{Answer: dnstest.Records(w.t, madeUp+" 300 IN A 192.0.2.99")})
				for _, at := range []netip.Addr{firstAt, secondAt} {
					w.reach[at] = dnstest.NewAuthority(w.t, []string{"."}, ". 300 IN SOA a. b. 1 7200 3600 1209600 300").Listen(w.t)
				}
			},
			name: strings.TrimSuffix(madeUp, "."), kind: "A", want: "seen NOERROR 192.0.2.99",
		},
		"stale-copy-of-the-suppliers-zone": {
			arrange: func(w *world) {
				alias := madeUp + " 300 IN CNAME www.fornitore.example."
				w.resolver.AddLines(alias, "www.fornitore.example. 300 IN A 203.0.113.80")
				for _, s := range []*dnstest.Server{w.first, w.second} {
					s.Say(madeUp+" A", dnstest.Reply{Answer: dnstest.Records(w.t, alias, "www.fornitore.example. 300 IN A 192.0.2.66"), Authority: dnstest.Records(w.t, elsewhere)})
				}
			},
			name: strings.TrimSuffix(madeUp, "."), kind: "A", want: "seen NOERROR 203.0.113.80",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.arrange(w)
			got := Collect(t.Context(), w.network.Session(), Request{Domain: "comune.test"})
			l := got.Lookup(test.name, test.kind)
			if line := strings.Join(append([]string{string(l.State), l.Rcode}, l.Records...), " "); line != test.want {
				t.Errorf("%s %s is %q, want %q (%s)", test.name, test.kind, line, test.want, l.Detail)
			}
		})
	}
}

// madeUp is the name that nobody would make below comune.test.
var madeUp = dns.CanonicalName(newPlan(nil, Request{Domain: "comune.test"}).madeUp)

// What only the resolver says against the town is asked at the zone's own server.
// Among documentation addresses, a link-local one is out of place.
func TestResolverWithAViewOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arrange     func(w *world)
		nameServers string
		address     string // of www
	}{
		"office-serves-a-zone-of-its-own": {
			arrange: func(w *world) {
				w.resolver.Say("comune.test. NS", dnstest.Reply{Answer: dnstest.Records(w.t, "comune.test. 300 IN NS dc.comune.test.")})
				w.resolver.AddLines("dc.comune.test. 300 IN A 169.254.0.1", "intra.comune.test. 300 IN A 169.254.0.2")
				w.resolver.Say("www.comune.test. A", dnstest.Reply{Answer: dnstest.Records(w.t, "www.comune.test. 300 IN A 169.254.0.2")})
			},
			nameServers: "ns1.comune.test. ns2.fornitore.example.", address: "192.0.2.10",
		},
		"resolver-remembers-old-name-servers": {
			arrange: func(w *world) {
				w.resolver.Say("comune.test. NS", dnstest.Reply{Answer: dnstest.Records(w.t, "comune.test. 300 IN NS ns1.comune.test.", "comune.test. 300 IN NS ns.antico.example.")})
			},
			nameServers: "ns1.comune.test. ns2.fornitore.example.", address: "192.0.2.10",
		},
		"town-publishes-a-private-address": {
			arrange: func(w *world) {
				for _, s := range []*dnstest.Server{w.resolver, w.first, w.second} {
					s.Say("www.comune.test. A", dnstest.Reply{Answer: dnstest.Records(w.t, "www.comune.test. 300 IN A 169.254.0.2")})
				}
			},
			nameServers: "ns1.comune.test. ns2.fornitore.example.", address: "169.254.0.2",
		},
		"zone-names-another-server-itself": {
			arrange: func(w *world) {
				for _, s := range []*dnstest.Server{w.resolver, w.first, w.second} {
					s.AddLines("comune.test. 300 IN NS ns3.fornitore.example.")
				}
			},
			nameServers: "ns1.comune.test. ns2.fornitore.example. ns3.fornitore.example.", address: "192.0.2.10",
		},
		"nobody-else-to-ask": {
			arrange: func(w *world) {
				w.resolver.Say("www.comune.test. A", dnstest.Reply{Answer: dnstest.Records(w.t, "www.comune.test. 300 IN A 169.254.0.2")})
				w.reach[firstAt], w.reach[secondAt], w.reach[parentAt] = dnstest.Nobody, dnstest.Nobody, dnstest.Nobody
			},
			nameServers: "ns1.comune.test. ns2.fornitore.example.", address: "169.254.0.2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.reach[netip.MustParseAddr("198.51.100.54")] = w.second.Listen(t)
			for _, s := range []*dnstest.Server{w.resolver, w.first, w.second} {
				s.Say("www.comune.test. A", dnstest.Reply{Answer: dnstest.Records(t, "www.comune.test. 300 IN A 192.0.2.10")})
			}
			test.arrange(w)
			got := Collect(t.Context(), w.network.Session(), Request{Domain: "comune.test", Names: []string{"www.comune.test"}})
			if ns := strings.Join(got.Lookup("comune.test", "NS").Records, " "); ns != test.nameServers {
				t.Errorf("name servers %q, want %q", ns, test.nameServers)
			}
			if a := strings.Join(got.Lookup("www.comune.test", "A").Records, " "); a != test.address {
				t.Errorf("address %q, want %q", a, test.address)
			}
		})
	}
}

// An alias at the apex of a zone hides the zone from a resolver; the top level
// above is not taken for it.
func TestAliasAtTheApexIsNoNameOfTheTopLevel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alias := dnstest.Records(t, "comune.test. 300 IN CNAME www.fornitore.example.")
	soa := dnstest.Records(t, "example. 300 IN SOA ns.example. admin.example. 1 7200 3600 1209600 300")
	for _, kind := range []string{"NS", "A", "AAAA", "MX", "TXT", "CAA"} {
		w.resolver.Say("comune.test. "+kind, dnstest.Reply{Answer: alias, Authority: soa})
	}
	got := Collect(t.Context(), w.network.Session(), Request{Domain: "comune.test"})
	if got.Zone != "comune.test" {
		t.Errorf("zone %q, want that of the delegation", got.Zone)
	}
	for _, s := range got.Servers {
		if s.Host == "ns.test" {
			t.Errorf("the top level's server %s stands for the town's", s.Host)
		}
	}
}
