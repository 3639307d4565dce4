package dns

import (
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/internal/dnstest"
	"campanile/collectors/network"
)

// The addresses of the test's servers.
var (
	resolverAt = netip.MustParseAddr("203.0.113.53")
	parentAt   = netip.MustParseAddr("203.0.113.1")
	firstAt    = netip.MustParseAddr("192.0.2.53")
	secondAt   = netip.MustParseAddr("198.51.100.53")
)

const soaData = " 300 IN SOA ns1.comune.test. admin.comune.test. 7 7200 3600 1209600 300"

// town is the zone of a municipality whose site is its own and whose www is an
// alias of it.
var town = []string{
	"comune.test." + soaData,
	"comune.test. 300 IN NS ns1.comune.test.",
	"comune.test. 300 IN NS ns2.fornitore.example.",
	"comune.test. 300 IN A 192.0.2.10",
	"comune.test. 300 IN MX 10 mx.comune.test.",
	"comune.test. 300 IN TXT \"v=spf1 -all\"",
	"www.comune.test. 300 IN CNAME comune.test.",
	"ns1.comune.test. 300 IN A 192.0.2.53",
}

// top is the zone above, and what the rest of the world has.
var top = []string{
	"test. 300 IN SOA ns.test. admin.test. 1 7200 3600 1209600 300",
	"test. 300 IN NS ns.test.",
	"ns.test. 300 IN A 203.0.113.1",
	"arpa. 300 IN SOA ns.arpa. admin.arpa. 1 7200 3600 1209600 300",
	"example. 300 IN SOA ns.example. admin.example. 1 7200 3600 1209600 300",
	"ns2.fornitore.example. 300 IN A 198.51.100.53",
}

var delegated = []string{
	"comune.test. 300 IN NS ns1.comune.test.",
	"comune.test. 300 IN NS ns2.fornitore.example.",
}

// world is a resolver and the servers that it would ask.
type world struct {
	t *testing.T

	resolver, parent, first, second *dnstest.Server
	reach                           dnstest.Internet
	network                         *network.Network
}

// newWorld has the town as it should be; a test breaks something before it asks.
func newWorld(t *testing.T) *world {
	t.Helper()
	return assemble(t, dnstest.Records(t, town...), dnstest.Records(t, append(top, delegated...)...))
}

func assemble(t *testing.T, zone, above []dns.RR) *world {
	t.Helper()
	w := &world{
		t:        t,
		resolver: dnstest.New(t, top...),
		parent:   dnstest.NewAuthority(t, []string{"test."}),
		first:    dnstest.NewAuthority(t, []string{"comune.test."}),
		second:   dnstest.NewAuthority(t, []string{"comune.test."}),
	}
	w.resolver.Add(zone...)
	w.parent.Add(above...)
	w.first.Add(zone...)
	w.second.Add(zone...)
	w.reach = dnstest.Internet{
		resolverAt: w.resolver.Listen(t), parentAt: w.parent.Listen(t), firstAt: w.first.Listen(t), secondAt: w.second.Listen(t),
	}
	w.network = w.afresh()
	return w
}

// afresh is a network that remembers nothing.
func (w *world) afresh() *network.Network {
	return &network.Network{
		Resolvers: []netip.AddrPort{netip.AddrPortFrom(resolverAt, 53)},
		Connect:   w.reach.Connect,
		Now:       func() time.Time { return now },
		Permit:    network.Permit{AllowReserved: true},
		Limits: network.Limits{
			Query: 2 * time.Second, Dial: time.Second, Server: 200 * time.Millisecond,
			PerSecond: 1000, ServerPerSecond: 1000, ServerAtOnce: 100,
		},
	}
}

// replaceSecond puts another server at the address of the second one.
func (w *world) replaceSecond(s *dnstest.Server) { w.reach[secondAt] = s.Listen(w.t) }

// replaceParent puts another server at the address of the zone above's.
func (w *world) replaceParent(s *dnstest.Server) { w.reach[parentAt] = s.Listen(w.t) }
