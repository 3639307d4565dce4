package dns

import (
	"crypto"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/internal/dnstest"
	"campanile/collectors/network"
)

// now is the time of every test.
var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// signer signs records for one zone.
type signer struct {
	t       *testing.T
	zone    string
	key     *dns.DNSKEY
	private crypto.Signer
	from    time.Time
	until   time.Time
}

func newSigner(t *testing.T, zone string) *signer {
	t.Helper()
	key := &dns.DNSKEY{
		Hdr:   dns.RR_Header{Name: zone, Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 300},
		Flags: dns.ZONE | dns.SEP, Protocol: 3, Algorithm: dns.ECDSAP256SHA256,
	}
	private, err := key.Generate(256)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{t, zone, key, private.(crypto.Signer), now.Add(-24 * time.Hour), now.Add(7 * 24 * time.Hour)}
}

// lines signs each line as a record set of its own.
func (s *signer) lines(lines ...string) []dns.RR {
	s.t.Helper()
	var signed []dns.RR
	for _, rr := range dnstest.Records(s.t, lines...) {
		signed = append(signed, rr, s.signature(rr))
	}
	return signed
}

func (s *signer) signature(set ...dns.RR) *dns.RRSIG {
	s.t.Helper()
	sig := &dns.RRSIG{
		Algorithm: s.key.Algorithm, KeyTag: s.key.KeyTag(), SignerName: s.zone,
		Inception: uint32(s.from.Unix()), Expiration: uint32(s.until.Unix()),
	}
	if err := sig.Sign(s.private, set); err != nil {
		s.t.Fatal(err)
	}
	return sig
}

// keys is the zone's own DNSKEY set, signed.
func (s *signer) keys() []dns.RR { return []dns.RR{s.key, s.signature(s.key)} }

// ds is the line that the parent publishes.
func (s *signer) ds() string { return s.key.ToDS(dns.SHA256).String() }

func (s *signer) anchor() Anchor {
	s.t.Helper()
	return mustRead(s.t, s.ds())
}

// world is a signed root, a signed top level and a signed municipality.
type world struct {
	t *testing.T
	*dnstest.Server
	root, test, town *signer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t, dnstest.New(t), newSigner(t, "."), newSigner(t, "test."), newSigner(t, "comune.test.")}
	w.Add(w.root.keys()...)
	w.Add(w.root.lines(". 300 IN SOA a.root.example. admin.example. 1 7200 3600 1209600 300", w.test.ds())...)
	w.Add(w.test.lines("test. 300 IN SOA ns.test. admin.test. 1 7200 3600 1209600 300", w.town.ds())...)
	w.Add(w.town.lines("comune.test. 300 IN SOA ns1.comune.test. admin.comune.test. 1 7200 3600 1209600 300")...)
	return w
}

// deny lets the question for DS of a name be denied by the given records.
func (w *world) deny(name string, proof []dns.RR) {
	w.Say(name+" DS", dnstest.Reply{Authority: proof})
}

// records parses zone-file lines that nobody signs.
func (w *world) records(lines ...string) []dns.RR {
	w.t.Helper()
	return dnstest.Records(w.t, lines...)
}

// signer is one more zone.
func (w *world) signer(zone string) *signer {
	w.t.Helper()
	return newSigner(w.t, zone)
}

// session is the network with the server as its only resolver.
func session(t *testing.T, s *dnstest.Server) *network.Session {
	t.Helper()
	world := &network.Network{
		Resolvers: []netip.AddrPort{s.Listen(t)},
		Now:       func() time.Time { return now },
		Limits:    network.Limits{Query: 2 * time.Second},
	}
	return world.Session()
}
