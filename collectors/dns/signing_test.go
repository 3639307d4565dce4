package dns

import (
	"crypto"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/dnssec"
	"campanile/collectors/internal/dnstest"
)

// now is the time of every test.
var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// signer signs records for one zone.
type signer struct {
	t       *testing.T
	zone    string
	key     *dns.DNSKEY
	private crypto.Signer
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
	if key.KeyTag() == 0 { // one in 65536; the library does not sign with it
		return newSigner(t, zone)
	}
	return &signer{t, zone, key, private.(crypto.Signer), now.Add(7 * 24 * time.Hour)}
}

// sign gives the lines, those of one name and type as one set, with signatures.
func (s *signer) sign(lines ...string) []dns.RR {
	s.t.Helper()
	records := append(dnstest.Records(s.t, lines...), s.key)
	sets := map[string][]dns.RR{}
	for _, rr := range records {
		key := rr.Header().Name + " " + dns.TypeToString[rr.Header().Rrtype]
		sets[key] = append(sets[key], rr)
	}
	for _, set := range sets {
		sig := &dns.RRSIG{
			Algorithm: s.key.Algorithm, KeyTag: s.key.KeyTag(), SignerName: s.zone,
			Inception: uint32(now.Add(-24 * time.Hour).Unix()), Expiration: uint32(s.until.Unix()),
		}
		if err := sig.Sign(s.private, set); err != nil {
			s.t.Fatal(err)
		}
		records = append(records, sig)
	}
	return records
}

// ds is the line that the parent publishes.
func (s *signer) ds() string { return s.key.ToDS(dns.SHA256).String() }

func (s *signer) anchor() dnssec.Anchor {
	s.t.Helper()
	anchor, err := dnssec.ReadAnchor(strings.NewReader(s.ds()))
	if err != nil {
		s.t.Fatal(err)
	}
	return anchor
}
