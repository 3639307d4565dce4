package lab

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// hash is the hashed form of one name of a zone, with its NSEC3 record.
type hash struct {
	text  string // base32hex, lower case
	name  string
	proof *rrset
}

// RFC 9276 section 3.1: no further iterations, and no salt.
const (
	iterations = 0
	salt       = ""
)

func parameters(origin string) *dns.NSEC3PARAM {
	return &dns.NSEC3PARAM{
		Hdr:  dns.RR_Header{Name: origin, Rrtype: dns.TypeNSEC3PARAM, Class: dns.ClassINET, Ttl: ttl},
		Hash: dns.SHA1, Iterations: iterations, Salt: salt,
	}
}

func hashOf(name string) string {
	return strings.ToLower(dns.HashName(name, dns.SHA1, iterations, salt))
}

// sealHashed builds the chain of NSEC3 records, which holds the names between
// an owner and the zone too (RFC 5155 section 7.1), and signs everything.
func (t *table) sealHashed(today time.Time) error {
	for _, name := range t.names() {
		t.hashes = append(t.hashes, hash{text: hashOf(name), name: name})
	}
	slices.SortFunc(t.hashes, func(a, b hash) int { return cmp.Compare(a.text, b.text) })
	for i, h := range t.hashes {
		next := t.hashes[(i+1)%len(t.hashes)].text
		t.hashes[i].proof = &rrset{records: []dns.RR{&dns.NSEC3{
			Hdr:  dns.RR_Header{Name: h.text + "." + t.origin, Rrtype: dns.TypeNSEC3, Class: dns.ClassINET, Ttl: ttl},
			Hash: dns.SHA1, Iterations: iterations, Salt: salt,
			HashLength: 20, NextDomain: next, TypeBitMap: t.typesHashed(h.name),
		}}}
		if err := t.signSet(t.hashes[i].proof, today); err != nil {
			return err
		}
	}
	return t.sign(today)
}

// names lists the owners and the names between them and the zone.
func (t *table) names() []string {
	list := []string{t.origin}
	for _, owner := range t.owners {
		for name := owner; name != t.origin; name = parent(name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// typesHashed lists what exists at a name. The NSEC3 record stands elsewhere
// (RFC 5155 section 3.1.9), and a bare delegation has no signature.
func (t *table) typesHashed(name string) []uint16 {
	var types []uint16
	signed := false
	for kind := range t.sets[name] {
		types = append(types, kind)
		signed = signed || kind != dns.TypeNS || name == t.origin
	}
	if signed {
		types = append(types, dns.TypeRRSIG)
	}
	slices.Sort(types)
	return types
}

// hashedDenial proves that the zone has no set of the type at the name (RFC 5155
// section 7.2.3), or no such name (section 7.2.2): the closest encloser is
// there, the next closer name and the wildcard are not.
func (t *table) hashedDenial(name string) []*rrset {
	if t.exists(name) {
		return []*rrset{t.matching(name)}
	}
	encloser := t.closestEncloser(name)
	next := name
	for parent(next) != encloser {
		next = parent(next)
	}
	proofs := []*rrset{t.matching(encloser)}
	for _, gone := range []string{next, "*." + encloser} {
		if proof := t.covering(gone); !slices.Contains(proofs, proof) {
			proofs = append(proofs, proof)
		}
	}
	return proofs
}

func (t *table) matching(name string) *rrset {
	i, _ := t.position(name)
	return t.hashes[i].proof
}

// covering gives the record before the place where the name would stand; the
// last one closes the circle.
func (t *table) covering(name string) *rrset {
	i, _ := t.position(name)
	return t.hashes[(i+len(t.hashes)-1)%len(t.hashes)].proof
}

func (t *table) position(name string) (int, bool) {
	return slices.BinarySearchFunc(t.hashes, hashOf(name), func(h hash, text string) int { return cmp.Compare(h.text, text) })
}
