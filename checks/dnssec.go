package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// dnssecMissing fails a domain that a signed denial of DS proves to be outside
// the chain of trust (RFC 4035 section 5.2). A resolver that hides the proof
// settles nothing; a chain that is there and does not hold is dnssec-invalid's.
func dnssecMissing(b *evidence.Bundle) []Finding {
	return eachState(b, func(signed evidence.Signed) []Finding {
		switch {
		case signed.State == evidence.Absent:
			return fail(b.Target.Domain, Facts{"zone": cmp.Or(signed.Zone, zoneOf(b)), "proof": cmp.Or(signed.Proof, "-")})
		case signed.Fault != "":
			return notApplicable(b.Target.Domain)
		}
		return pass(b.Target.Domain, nil)
	})
}

// dnssecInvalid fails a domain whose signatures do not hold: whoever validates
// gets no answer at all, and neither site nor mail (RFC 4035 section 5.5). That
// goes for a zone which is too costly to validate too.
func dnssecInvalid(b *evidence.Bundle) []Finding {
	return eachState(b, func(signed evidence.Signed) []Finding {
		zone := cmp.Or(signed.Zone, zoneOf(b))
		switch {
		case signed.State == evidence.Absent:
			return notApplicable(b.Target.Domain)
		case signed.Fault != "":
			return fail(b.Target.Domain, Facts{"zone": zone, "reason": string(signed.Fault), "at": cmp.Or(signed.FaultAt, zone)})
		}
		return pass(b.Target.Domain, Facts{"zone": zone})
	})
}

// eachState judges what is known of the chain of trust: that it is there, or that
// it provably is not. A domain that does not exist has no zone to sign.
func eachState(b *evidence.Bundle, judge func(evidence.Signed) []Finding) []Finding {
	domain, signed := b.Target.Domain, b.DNS.Signed
	switch {
	case signed.Known():
		return judge(signed)
	case existence(b, domain).State == evidence.Absent:
		return notApplicable(domain)
	}
	return unknown(domain, "dnssec "+domain, signed.Observation)
}

// leastLeft is the time that an operator needs to notice and to sign again.
const leastLeft = 3 * 24 * time.Hour

// dnssecExpiring fails a zone whose signatures nobody seems to renew: of the one
// that expires first less than a fifth of its validity is left, and less than
// three days. Short signatures that are renewed every day stay above the fifth.
func dnssecExpiring(b *evidence.Bundle) []Finding {
	return eachState(b, func(signed evidence.Signed) []Finding {
		domain, sig := b.Target.Domain, signed.First
		life, left := sig.Expiration.Sub(sig.Inception), sig.Expiration.Sub(b.Taken)
		switch {
		case signed.State == evidence.Absent || signed.Fault != "":
			return notApplicable(domain) // nothing to renew, or dnssec-invalid's
		case sig.Expiration.IsZero() || sig.Inception.IsZero():
			return unknown(domain, "dnssec RRSIG "+zoneOf(b), evidence.Observation{})
		case left < 0:
			// RFC 4035 section 5.3.1: another signature holds in its place.
			return notApplicable(domain)
		}
		facts := Facts{
			"zone": cmp.Or(signed.Zone, zoneOf(b)), "expires_on": sig.Expiration.Format(time.DateOnly),
			"days": strconv.Itoa(int(left / (24 * time.Hour))), "record": strings.TrimSpace(sig.Name + " " + sig.Type),
		}
		if left < leastLeft && left < life/5 {
			return fail(domain, facts)
		}
		return pass(domain, facts)
	})
}

// weakAlgorithms are those that the registry of DNSSEC algorithms (RFC 9904, with
// RFC 9905 for SHA-1 and RFC 9906 for GOST) says must not sign, or should not.
var weakAlgorithms = map[uint8]string{
	1: "RSAMD5", 3: "DSA", 5: "RSASHA1", 6: "DSA-NSEC3-SHA1", 7: "RSASHA1-NSEC3-SHA1", 12: "ECC-GOST",
}

// dnssecAlgorithmWeak fails a signed zone with a weak algorithm, with short RSA
// keys, or with a DS record of a weak digest only. It reads the records and not
// the verdict on the chain: validators may take such a zone for unsigned.
func dnssecAlgorithmWeak(b *evidence.Bundle) []Finding {
	zone := zoneOf(b)
	if wasAsked(b, zone, "DS") {
		return weakness(b.Target.Domain, zone, b.DNS.Lookup(zone, "DS"), b.DNS.Lookup(zone, "DNSKEY"))
	}
	return eachState(b, func(signed evidence.Signed) []Finding {
		if signed.State == evidence.Absent {
			return notApplicable(b.Target.Domain) // the chain ends above the zone
		}
		return unknown(b.Target.Domain, "dns DS "+zone, evidence.Observation{})
	})
}

func weakness(domain, zone string, ds, keys evidence.Lookup) []Finding {
	weakAbove, dsRead := weakDS(ds)
	weakKeys, keysRead := weakDNSKEY(keys)
	weak := unique(slices.Concat(weakAbove, weakKeys))
	switch {
	case ds.State == evidence.Absent:
		// RFC 4035 section 5.2: without a DS record the zone is not signed for anybody.
		return notApplicable(domain)
	case ds.State == evidence.Seen && len(weak) > 0:
		return fail(domain, Facts{"zone": zone, "weak": strings.Join(weak, ", ")})
	case dsRead.State != evidence.Seen:
		return unknown(domain, "dns DS "+zone, dsRead)
	case keysRead.State != evidence.Seen:
		return unknown(domain, "dns DNSKEY "+zone, keysRead)
	}
	return pass(domain, Facts{"zone": zone})
}

// weakDS lists the weak algorithms of the keys that a DS set names, and its
// digests where no record has a good one: SHA-1 (1) and GOST R 34.11-94 (3) are
// not to be used (RFC 9905, RFC 9906). It says whether all of it was read.
func weakDS(ds evidence.Lookup) (weak []string, read evidence.Observation) {
	if ds.State != evidence.Seen {
		return nil, ds.Observation
	}
	read = sound()
	var digests []string
	good := false
	for _, rdata := range ds.Records {
		record, err := records.ParseDS(rdata)
		if err != nil {
			read = garbled
			continue
		}
		weak = append(weak, nameWeak(record.Algorithm)...)
		switch record.DigestType {
		case 1:
			digests = append(digests, "DS SHA-1")
		case 3:
			digests = append(digests, "DS GOST")
		default:
			good = true
		}
	}
	if good || read != sound() {
		return weak, read
	}
	return append(weak, digests...), read
}

// nameWeak names an algorithm if it is weak.
func nameWeak(algorithm uint8) []string {
	if name := weakAlgorithms[algorithm]; name != "" {
		return []string{fmt.Sprintf("%s (%d)", name, algorithm)}
	}
	return nil
}

// weakDNSKEY lists the weak keys of a zone, and says whether all were read. A
// revoked key signs nothing any more (RFC 5011 section 2.1).
func weakDNSKEY(keys evidence.Lookup) (weak []string, read evidence.Observation) {
	if keys.State != evidence.Seen {
		return nil, missingKeys(keys)
	}
	read = sound()
	for _, rdata := range keys.Records {
		key, err := records.ParseDNSKEY(rdata)
		name := nameWeak(key.Algorithm)
		switch {
		case err == nil && key.Flags&revoked != 0:
		case name != nil:
			weak = append(weak, name...)
		case err != nil:
			read = garbled
		case isRSA(key.Algorithm) && key.Bits < 2048:
			weak = append(weak, fmt.Sprintf("RSA %d", key.Bits))
		}
	}
	return weak, read
}

// garbled is what records show that cannot be read.
var garbled = evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed}

// revoked is the flag of a key that is no longer to be trusted (RFC 5011 section 7).
const revoked = 0x80

// isRSA recognises RSA/SHA-256 and RSA/SHA-512 (RFC 5702); RSA with older hashes
// is weak at any length.
func isRSA(algorithm uint8) bool { return algorithm == 8 || algorithm == 10 }

// missingKeys is what a zone with DS records and without keys shows: that fault is
// dnssec-invalid's.
func missingKeys(keys evidence.Lookup) evidence.Observation {
	if keys.State == evidence.Absent {
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Bogus}
	}
	return keys.Observation
}
