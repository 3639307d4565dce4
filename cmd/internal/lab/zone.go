package lab

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// zone is how a zone is written down. SOA and NS records follow from servers;
// delegations, DS, DNSKEY, NSEC and signatures are added when it is built.
type zone struct {
	origin    string   // with the final dot
	algorithm uint8    // of its DNSSEC keys; 0: not signed
	from, to  int      // days from today that signatures hold; default: 7 ago, in 14
	hashed    bool     // denies with NSEC3 and not with NSEC (RFC 5155)
	servers   []string // name servers, with the final dot
	above     []string // those that the zone above names, where they are others
	records   string   // the rest, as a zone file
}

// rrset is the records of one owner and type, with their signatures.
type rrset struct {
	records    []dns.RR
	signatures []dns.RR
}

// table is a zone that can answer.
type table struct {
	zone
	keys   []signer // key signing key first; none: not signed
	secure bool     // signed, and so is everything above
	stale  bool     // signed, and the signatures have expired
	owners []string // that have records, in canonical order (RFC 4034 section 6.1)
	sets   map[string]map[uint16]*rrset
	hashes []hash // of its names, in order, where it denies with NSEC3
}

const ttl = 3600 // seconds, of every record

func newTable(z zone, serial uint32) (*table, error) {
	if z.from == 0 && z.to == 0 {
		z.from, z.to = -7, 14
	}
	t := &table{zone: z, stale: z.algorithm != 0 && z.to < 0, sets: map[string]map[uint16]*rrset{}}
	if z.algorithm != 0 {
		for _, flags := range []uint16{dns.ZONE | dns.SEP, dns.ZONE} {
			key, err := newSigner(z.origin, z.algorithm, flags)
			if err != nil {
				return nil, err
			}
			t.keys = append(t.keys, key)
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "@ IN SOA %s hostmaster.campanile.test. %d 14400 3600 1209600 %d\n", z.servers[0], serial, ttl)
	for _, server := range z.servers {
		fmt.Fprintf(&text, "@ IN NS %s\n", server)
	}
	for _, key := range t.keys {
		fmt.Fprintln(&text, key.record)
	}
	return t, t.read(text.String() + z.records)
}

// read adds the records of a zone file.
func (t *table) read(text string) error {
	parser := dns.NewZoneParser(strings.NewReader(text), t.origin, "zone "+t.origin)
	parser.SetDefaultTTL(ttl)
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		t.add(rr)
	}
	if err := parser.Err(); err != nil {
		return fmt.Errorf("reading the lab's records: %w", err)
	}
	return nil
}

func (t *table) add(rr dns.RR) {
	owner, kind := dns.CanonicalName(rr.Header().Name), rr.Header().Rrtype
	if t.sets[owner] == nil {
		t.sets[owner] = map[uint16]*rrset{}
	}
	if t.sets[owner][kind] == nil {
		t.sets[owner][kind] = &rrset{}
	}
	t.sets[owner][kind].records = append(t.sets[owner][kind].records, rr)
}

// seal fixes the order of owners and, in a signed zone, adds the chain of NSEC
// or NSEC3 records and signs everything. Nothing may be added afterwards.
func (t *table) seal(today time.Time) error {
	if t.hashed {
		t.add(parameters(t.origin))
	}
	t.owners = t.owners[:0]
	for owner := range t.sets {
		t.owners = append(t.owners, owner)
	}
	slices.SortFunc(t.owners, compareNames)
	switch {
	case len(t.keys) == 0:
		return nil
	case t.hashed:
		return t.sealHashed(today)
	}
	for i, owner := range t.owners {
		t.add(&dns.NSEC{
			Hdr:        dns.RR_Header{Name: owner, Rrtype: dns.TypeNSEC, Class: dns.ClassINET, Ttl: ttl},
			NextDomain: t.owners[(i+1)%len(t.owners)],
			TypeBitMap: t.typesAt(owner),
		})
	}
	return t.sign(today)
}

// typesAt lists what exists at an owner, NSEC and RRSIG included (RFC 4034
// section 4.1.2).
func (t *table) typesAt(owner string) []uint16 {
	types := []uint16{dns.TypeNSEC, dns.TypeRRSIG}
	for kind := range t.sets[owner] {
		types = append(types, kind)
	}
	slices.Sort(types)
	return types
}

// compareNames is the canonical order of names: label by label from the right
// (RFC 4034 section 6.1). Names are in lower case.
func compareNames(a, b string) int {
	left, right := dns.SplitDomainName(a), dns.SplitDomainName(b)
	slices.Reverse(left)
	slices.Reverse(right)
	return slices.CompareFunc(left, right, cmp.Compare[string])
}
