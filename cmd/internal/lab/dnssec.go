package lab

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// signer is one DNSSEC key with its record.
type signer struct {
	record *dns.DNSKEY
	key    crypto.Signer
}

func newSigner(origin string, algorithm uint8, flags uint16) (signer, error) {
	s := signer{record: &dns.DNSKEY{
		Hdr:       dns.RR_Header{Name: origin, Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: ttl},
		Flags:     flags,
		Protocol:  3,
		Algorithm: algorithm,
	}}
	purpose := fmt.Sprintf("zone %s, flags %d", origin, flags)
	public, err := s.make(purpose)
	if err != nil {
		return signer{}, err
	}
	s.record.PublicKey = base64.StdEncoding.EncodeToString(public)
	return s, nil
}

// make sets the private key and gives the public one as DNSKEY holds it
// (RFC 6605 section 4, RFC 8080 section 3, RFC 3110 section 2).
func (s *signer) make(purpose string) ([]byte, error) {
	switch s.record.Algorithm {
	case dns.ED25519:
		key := edwards(purpose)
		s.key = key
		return key.Public().(ed25519.PublicKey), nil
	case dns.ECDSAP256SHA256:
		key, err := p256(purpose)
		if err != nil {
			return nil, err
		}
		s.key = steady{key}
		public, err := key.PublicKey.Bytes()
		if err != nil {
			return nil, fmt.Errorf("writing the key of %s: %w", purpose, err)
		}
		return public[1:], nil // without the byte that says "not compressed"
	case dns.RSASHA256:
		key, err := rsaKey(short())
		if err != nil {
			return nil, err
		}
		s.key = steady{key}
		// RFC 3110 section 2: the length of the exponent, the exponent, the modulus.
		return slices.Concat([]byte{3, 1, 0, 1}, key.N.Bytes()), nil
	}
	return nil, fmt.Errorf("the lab does not sign with algorithm %d", s.record.Algorithm)
}

// sign signs every set that the zone is authoritative for.
func (t *table) sign(today time.Time) error {
	for _, owner := range t.owners {
		for kind, set := range t.sets[owner] {
			// NS records of a delegation belong to the child (RFC 4035 section 2.2).
			if kind == dns.TypeNS && owner != t.origin {
				continue
			}
			if err := t.signSet(set, today); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *table) signSet(set *rrset, today time.Time) error {
	header := set.records[0].Header()
	// The key signing key signs the keys, the other one the rest.
	key := t.keys[1]
	if header.Rrtype == dns.TypeDNSKEY {
		key = t.keys[0]
	}
	signature := &dns.RRSIG{
		Hdr:        dns.RR_Header{Ttl: ttl},
		Algorithm:  key.record.Algorithm,
		SignerName: t.origin,
		KeyTag:     key.record.KeyTag(),
		Inception:  uint32(today.AddDate(0, 0, t.from).Unix()),
		Expiration: uint32(today.AddDate(0, 0, t.to).Unix()),
	}
	if err := signature.Sign(key.key, set.records); err != nil {
		return fmt.Errorf("signing %s %s: %w", header.Name, dns.TypeToString[header.Rrtype], err)
	}
	set.signatures = []dns.RR{signature}
	return nil
}

// denial proves, with NSEC records, that the zone has no set of the type at the
// name, or no such name (RFC 4035 section 3.1.3).
func (t *table) denial(name string) []*rrset {
	switch {
	case len(t.keys) == 0:
		return nil
	case t.hashed:
		return t.hashedDenial(name)
	}
	here, found := slices.BinarySearchFunc(t.owners, name, compareNames)
	if found {
		return []*rrset{t.nsec(here)}
	}
	proofs := []*rrset{t.nsec(here - 1)}
	if t.hasBelow(name) {
		return proofs // an empty non-terminal: the record before it shows that names follow below
	}
	wildcard, _ := slices.BinarySearchFunc(t.owners, "*."+t.closestEncloser(name), compareNames)
	if other := t.nsec(wildcard - 1); other != proofs[0] {
		proofs = append(proofs, other)
	}
	return proofs
}

func (t *table) nsec(i int) *rrset { return t.sets[t.owners[i]][dns.TypeNSEC] }

// exists reports whether there is anything at the name or below.
func (t *table) exists(name string) bool { return t.sets[name] != nil || t.hasBelow(name) }

// hasBelow reports whether owners stand below the name: in canonical order they
// follow it at once.
func (t *table) hasBelow(name string) bool {
	i, found := slices.BinarySearchFunc(t.owners, name, compareNames)
	if found {
		i++
	}
	return i < len(t.owners) && dns.IsSubDomain(name, t.owners[i])
}

// closestEncloser is the longest existing ancestor of a name that does not
// exist (RFC 4592 section 3.3.1).
func (t *table) closestEncloser(name string) string {
	for name != t.origin && !t.exists(name) {
		name = parent(name)
	}
	return name
}

// parent cuts the first label off; the root is its own parent.
func parent(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}
