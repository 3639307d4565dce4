package dnssec

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/internal/observe"
)

// verifies reports whether we verify signatures of the algorithm. RFC 9905
// forbids signing with SHA-1 (5 and 7), yet BIND, Unbound and the others go on
// to validate it by default, and a zone that they call secure is not unsigned:
// checks say that the algorithm is weak. Ed448 (16) is missing in the library.
func verifies(algorithm uint8) bool {
	return slices.Contains([]uint8{
		dns.RSASHA1, dns.RSASHA1NSEC3SHA1, dns.RSASHA256, dns.RSASHA512,
		dns.ECDSAP256SHA256, dns.ECDSAP384SHA384, dns.ED25519,
	}, algorithm)
}

// usableDS gives the DS records that we can follow. Where there is none, the
// zone below counts as unsigned (RFC 4035 section 5.2).
func usableDS(set []dns.RR) []*dns.DS {
	var usable []*dns.DS
	strong := false
	for _, rr := range set {
		ds, ok := rr.(*dns.DS)
		if !ok || !verifies(ds.Algorithm) {
			continue
		}
		switch ds.DigestType {
		case dns.SHA256, dns.SHA384:
			strong = true
			usable = append(usable, ds)
		case dns.SHA1:
			usable = append(usable, ds)
		}
	}
	if strong {
		// RFC 4509 section 3: SHA-1 is ignored when there is better.
		usable = slices.DeleteFunc(usable, func(ds *dns.DS) bool { return ds.DigestType == dns.SHA1 })
	}
	return usable
}

// describeDS names the records for people, "DS 1234, 5678 at comune.example".
func describeDS(name string, set []dns.RR) string {
	var tags []string
	for _, rr := range set {
		if ds, ok := rr.(*dns.DS); ok {
			tags = append(tags, strconv.Itoa(int(ds.KeyTag)))
		}
	}
	slices.Sort(tags)
	return "DS " + strings.Join(slices.Compact(tags), ", ") + " at " + observe.Name(name)
}

// methods lists the algorithms and digests of DS records, for people.
func methods(set []dns.RR) string {
	var list []string
	for _, rr := range set {
		if ds, ok := rr.(*dns.DS); ok {
			list = append(list, fmt.Sprintf("algorithm %d with digest type %d", ds.Algorithm, ds.DigestType))
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ", ")
}

// maxDigests bounds how many pairs of DS and key with equal tags are compared.
const maxDigests = 32

// pointedAt gives the keys that a DS record names (RFC 4034 section 5.2), and
// whether there were more candidates than we compare.
func pointedAt(keys []*dns.DNSKEY, list []*dns.DS) (found []*dns.DNSKEY, tooMany bool) {
	left := maxDigests
	for _, key := range keys {
		tag := key.KeyTag()
		for _, ds := range list {
			if ds.KeyTag != tag || ds.Algorithm != key.Algorithm {
				continue
			}
			if left--; left < 0 {
				return found, true
			}
			if strings.EqualFold(ds.Digest, digestOf(key, ds.DigestType)) {
				found = append(found, key)
				break
			}
		}
	}
	return found, false
}

// isZoneKey reports whether a key may sign the records of its zone: RFC 4034
// section 2.1 for the flag and the protocol, RFC 5011 section 2.1 for REVOKE.
func isZoneKey(key *dns.DNSKEY) bool {
	return key.Flags&dns.ZONE != 0 && key.Flags&dns.REVOKE == 0 && key.Protocol == 3 && key.Hdr.Class == dns.ClassINET
}

// beyondUs reports whether a key is one that other validators may well use and
// our library does not: RSA below 1024 bits, above 4096, or with an exponent of
// more than 31 bits (RFC 3110 section 2 knows no such bounds).
func beyondUs(key *dns.DNSKEY) bool {
	switch key.Algorithm {
	case dns.RSASHA1, dns.RSASHA1NSEC3SHA1, dns.RSASHA256, dns.RSASHA512:
	default:
		return false
	}
	raw, err := base64.StdEncoding.DecodeString(key.PublicKey)
	if err != nil || len(raw) < 3 {
		return false
	}
	exponent, start := int(raw[0]), 1
	if exponent == 0 {
		exponent, start = int(raw[1])<<8|int(raw[2]), 3
	}
	modulus := len(raw) - start - exponent
	if exponent == 0 || modulus <= 0 {
		return false
	}
	return modulus < 128 || modulus > 512 || exponent > 4 || exponent == 4 && raw[start] > 0x7f
}
