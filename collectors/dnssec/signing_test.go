package dnssec

import (
	"crypto"
	"net/netip"
	"strings"
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
	tb      testing.TB
	zone    string
	key     *dns.DNSKEY
	private crypto.Signer
	from    time.Time
	until   time.Time
}

func newSigner(tb testing.TB, zone string) *signer {
	tb.Helper()
	return newSignerOf(tb, zone, dns.ECDSAP256SHA256, 256)
}

func newSignerOf(tb testing.TB, zone string, algorithm uint8, bits int) *signer {
	tb.Helper()
	key := &dns.DNSKEY{
		Hdr:   dns.RR_Header{Name: zone, Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 300},
		Flags: dns.ZONE | dns.SEP, Protocol: 3, Algorithm: algorithm,
	}
	private, err := key.Generate(bits)
	if err != nil {
		tb.Fatal(err)
	}
	if key.KeyTag() == 0 { // one in 65536; the library does not sign with it
		return newSignerOf(tb, zone, algorithm, bits)
	}
	return &signer{tb, zone, key, private.(crypto.Signer), now.Add(-24 * time.Hour), now.Add(7 * 24 * time.Hour)}
}

// lines signs each line as a record set of its own.
func (s *signer) lines(lines ...string) []dns.RR {
	s.tb.Helper()
	var signed []dns.RR
	for _, rr := range dnstest.Records(s.tb, lines...) {
		signed = append(signed, rr, s.signature(rr))
	}
	return signed
}

// set signs the lines as one record set.
func (s *signer) set(lines ...string) []dns.RR {
	s.tb.Helper()
	set := dnstest.Records(s.tb, lines...)
	return append(set, s.signature(set...))
}

// star signs a record as if the name in it were made by the wildcard above.
func (s *signer) star(encloser, line string) []dns.RR {
	s.tb.Helper()
	rr := dnstest.Records(s.tb, line)[0]
	model := dns.Copy(rr)
	model.Header().Name = wildcard(encloser)
	sig := s.signature(model)
	sig.Hdr.Name = rr.Header().Name
	return []dns.RR{rr, sig}
}

func (s *signer) signature(set ...dns.RR) *dns.RRSIG {
	s.tb.Helper()
	sig := &dns.RRSIG{
		Algorithm: s.key.Algorithm, KeyTag: s.key.KeyTag(), SignerName: s.zone,
		Inception: uint32(s.from.Unix()), Expiration: uint32(s.until.Unix()),
	}
	if err := sig.Sign(s.private, set); err != nil {
		s.tb.Fatal(err)
	}
	return sig
}

// within gives the same signer with another period.
func (s *signer) within(from, until time.Duration) *signer {
	other := *s
	other.from, other.until = now.Add(from), now.Add(until)
	return &other
}

// keys is the zone's own DNSKEY set, signed.
func (s *signer) keys() []dns.RR { return []dns.RR{s.key, s.signature(s.key)} }

// ds is the line that the parent publishes.
func (s *signer) ds() string { return s.key.ToDS(dns.SHA256).String() }

func (s *signer) anchor() Anchor {
	s.tb.Helper()
	anchor, err := ReadAnchor(strings.NewReader(s.ds()))
	if err != nil {
		s.tb.Fatal(err)
	}
	return anchor
}

// world is a signed root, a signed top level and a signed municipality.
type world struct {
	tb testing.TB
	*dnstest.Server
	root, test, town *signer
}

// soa makes a name the start of a zone.
const soa = " 300 IN SOA ns.example. admin.example. 1 7200 3600 1209600 300"

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{tb, dnstest.New(tb), newSigner(tb, "."), newSigner(tb, "test."), newSigner(tb, "comune.test.")}
	w.Add(w.root.keys()...)
	w.Add(w.test.keys()...)
	w.Add(w.town.keys()...)
	w.Add(w.root.lines("."+soa, w.test.ds())...)
	w.Add(w.test.lines("test."+soa, w.town.ds())...)
	w.Add(w.town.lines("comune.test."+soa, "comune.test. 300 IN MX 10 mail.comune.test.")...)
	// Between its apex and its end the town has no name but one.
	w.deny("www.comune.test.", w.town.lines("www.comune.test. 300 IN NSEC comune.test. A RRSIG NSEC"))
	return w
}

// deny lets the question for DS of a name be denied by the given records.
func (w *world) deny(name string, proof []dns.RR) {
	w.Say(name+" DS", dnstest.Reply{Authority: proof})
}

// records parses zone-file lines that nobody signs.
func (w *world) records(lines ...string) []dns.RR {
	w.tb.Helper()
	return dnstest.Records(w.tb, lines...)
}

// signer is one more zone.
func (w *world) signer(zone string) *signer {
	w.tb.Helper()
	return newSigner(w.tb, zone)
}

// session is the network with the server as its only resolver.
func session(tb testing.TB, s *dnstest.Server) *network.Session {
	tb.Helper()
	world := &network.Network{
		Resolvers: []netip.AddrPort{s.Listen(tb)},
		Now:       func() time.Time { return now },
		Limits:    network.Limits{Query: 2 * time.Second},
	}
	return world.Session()
}

// validator asks the world, which need not listen for it.
func (w *world) validator() *Validator {
	return New(session(w.tb, w.Server), w.root.anchor())
}
