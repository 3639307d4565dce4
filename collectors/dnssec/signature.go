package dnssec

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
)

// Bounds on the work that an answer can ask of us (CVE-2023-50387, KeyTrap).
// BIND and Unbound stop in the same region: whoever is over them is not
// resolved by others either, and that is a fault of the zone.
const (
	maxPerTag        = 4  // keys of one tag and algorithm that are tried for a signature
	maxVerifications = 16 // signatures verified over one record set
	maxWork          = 96 // signatures verified for one answer, the keys of its zones not counted
)

// work is what is left of maxWork.
type work struct{ left int }

// rrset is a record set with the signatures over it (RFC 2181 section 5,
// RFC 4035 section 2.2).
type rrset struct {
	owner      string
	kind       uint16
	records    []dns.RR
	signatures []*dns.RRSIG
}

// pick takes a record set out of a section of a message.
func pick(section []dns.RR, owner string, kind uint16) rrset {
	s := rrset{owner: owner, kind: kind}
	for _, rr := range section {
		h := rr.Header()
		if h.Class != dns.ClassINET || dns.CanonicalName(h.Name) != owner {
			continue
		}
		if h.Rrtype == kind {
			s.records = append(s.records, named(rr, owner))
		}
		if sig, ok := rr.(*dns.RRSIG); ok && sig.TypeCovered == kind {
			s.signatures = append(s.signatures, sig)
		}
	}
	return s
}

// named gives the record with its owner spelt as the others of its set: the
// case of letters is none of its data (RFC 4343 section 3).
func named(rr dns.RR, owner string) dns.RR {
	if rr.Header().Name == owner {
		return rr
	}
	rr = dns.Copy(rr)
	rr.Header().Name = owner
	return rr
}

// at names the set in evidence.
func (s rrset) at() string { return observe.Name(s.owner) + " " + typeName(s.kind) }

// failure is why no signature over a record set counts.
type failure struct {
	fault     evidence.Fault
	detail    string
	signature *dns.RRSIG
	unusable  bool // the fault is ours: others may verify it
	exhausted bool // the work for the answer is used up
}

// rank orders failures: of several signatures, the one that came nearest to
// holding says most about what is wrong.
func (f *failure) rank() int {
	order := []evidence.Fault{
		evidence.FaultNoSignature, evidence.FaultKeyMissing, evidence.FaultWrong,
		evidence.FaultNotYet, evidence.FaultExpired, evidence.FaultTooCostly,
	}
	if f.unusable {
		return len(order)
	}
	return slices.Index(order, f.fault)
}

// verify finds a signature of the zone over the set that holds now, by one of
// its keys (RFC 4035 section 5.3). Of several it gives the one that holds
// longest: as long as that one does, so does the set.
func verify(s rrset, zone string, keys []*dns.DNSKEY, now time.Time, w *work) (*dns.RRSIG, *failure) {
	signatures := slices.SortedFunc(slices.Values(s.signatures), func(a, b *dns.RRSIG) int {
		later := cmp.Compare(int32(b.Expiration-a.Expiration), 0) // serial numbers, RFC 1982
		return cmp.Or(later, cmp.Compare(a.KeyTag, b.KeyTag), cmp.Compare(a.Signature, b.Signature))
	})
	nearest := &failure{fault: evidence.FaultNoSignature, detail: fmt.Sprintf("%s comes without a signature of zone %q", s.at(), observe.Name(zone))}
	left := maxVerifications
	for _, sig := range signatures {
		f := admit(s, sig, zone, now)
		if f == nil {
			f = try(s, sig, keys, &left, w)
		}
		if f == nil {
			return sig, nil
		}
		if f.exhausted || f.fault == evidence.FaultTooCostly {
			return nil, f
		}
		if f.rank() >= nearest.rank() {
			nearest = f
		}
	}
	return nil, nearest
}

// admit holds a signature against RFC 4035 section 5.3.1, before any
// cryptography. Of the original TTL nothing can be wrong: it is part of what is
// signed, and a TTL above it is only to be lowered (section 5.3.3).
func admit(s rrset, sig *dns.RRSIG, zone string, now time.Time) *failure {
	fail := func(fault evidence.Fault, format string, values ...any) *failure {
		return &failure{fault: fault, detail: fmt.Sprintf("the signature of key %d over %s ", sig.KeyTag, s.at()) + fmt.Sprintf(format, values...), signature: sig}
	}
	switch {
	case sig.Hdr.Class != dns.ClassINET || dns.CanonicalName(sig.Hdr.Name) != s.owner || sig.TypeCovered != s.kind:
		return fail(evidence.FaultWrong, "is over other records")
	case dns.CanonicalName(sig.SignerName) != zone:
		return fail(evidence.FaultWrong, "is of %q, and the records are in zone %q", observe.Name(sig.SignerName), observe.Name(zone))
	case int(sig.Labels) > labelsOf(s.owner):
		return fail(evidence.FaultWrong, "counts %d labels, more than the name has", sig.Labels)
	case expanded(s, sig) && !mayExpand(s.kind):
		return fail(evidence.FaultWrong, "is of a wildcard, which such records cannot come from")
	case !verifies(sig.Algorithm):
		return fail(evidence.FaultNoSignature, "is of algorithm %d, which is not verified here", sig.Algorithm)
	case sig.ValidityPeriod(now):
		return nil
	}
	period := fmt.Sprintf("holds from %s to %s, now is %s", dns.TimeToString(sig.Inception), dns.TimeToString(sig.Expiration), now.UTC().Format("20060102150405"))
	if int32(uint32(now.Unix())-sig.Inception) < 0 {
		return fail(evidence.FaultNotYet, "%s", period)
	}
	return fail(evidence.FaultExpired, "%s", period)
}

// try verifies a signature with the keys that it may be of.
func try(s rrset, sig *dns.RRSIG, keys []*dns.DNSKEY, left *int, w *work) *failure {
	fail := func(fault evidence.Fault, format string, values ...any) *failure {
		return &failure{fault: fault, detail: fmt.Sprintf(format, values...), signature: sig}
	}
	tried := 0
	worst := fail(evidence.FaultKeyMissing, "the signature over %s is of key %d, which the zone does not publish", s.at(), sig.KeyTag)
	for _, key := range keys {
		if key.Algorithm != sig.Algorithm || key.KeyTag() != sig.KeyTag {
			continue
		}
		*left--
		w.left--
		tried++
		switch {
		case tried > maxPerTag || *left < 0:
			return fail(evidence.FaultTooCostly, "too many keys or signatures fit %s: more than %d keys with tag %d, or %d signatures", s.at(), maxPerTag, sig.KeyTag, maxVerifications)
		case w.left < 0:
			// Many short links may each be in order: nobody's fault.
			return &failure{detail: fmt.Sprintf("more than %d signatures to verify for one answer", maxWork), exhausted: true}
		case sig.Verify(key, s.records) == nil:
			return nil
		}
		worst = fail(evidence.FaultWrong, "the signature of key %d over %s does not verify", sig.KeyTag, s.at())
		if beyondUs(key) {
			worst = &failure{detail: fmt.Sprintf("key %d of %s is of a size that is not verified here", sig.KeyTag, observe.Name(key.Hdr.Name)), unusable: true}
		}
	}
	return worst
}

// labelsOf counts the labels of a name as the Labels field does: without the
// root and without the label of a wildcard (RFC 4034 section 3.1.3).
func labelsOf(name string) int {
	count := dns.CountLabel(name)
	if len(name) > 1 && name[:2] == "*." {
		count--
	}
	return count
}

// expanded reports whether the signature is one over a wildcard, from which the
// records at the name were made (RFC 4035 section 5.3.2).
func expanded(s rrset, sig *dns.RRSIG) bool { return int(sig.Labels) < labelsOf(s.owner) }

// mayExpand tells the types that a wildcard gives to other names. A denial at a
// name that a wildcard made would deny what it does not speak of (RFC 4592
// section 4.5 and RFC 5155 section 3 never make one), and a zone does not start
// at such a name.
func mayExpand(kind uint16) bool {
	switch kind {
	case dns.TypeNSEC, dns.TypeNSEC3, dns.TypeDS, dns.TypeDNSKEY, dns.TypeSOA:
		return false
	}
	return true
}
