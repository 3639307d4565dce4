package dnssec

import (
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
)

// denial is the NSEC and NSEC3 records of an authority section that the zone
// has signed.
type denial struct {
	zone       string
	nsec       []gap
	nsec3      *hashed
	iterations uint16          // of NSEC3, the most
	signatures []*dns.RRSIG    // over the records, of those that hold
	failed     *failure        // why another record does not count
	failedAt   string          // that record
	optedOut   bool            // an opt-out is part of the proof
	kinds      map[uint16]bool // of denial records that came, signed or not
}

// readDenial validates the denial records of a section that belong to the zone.
func (z *zone) readDenial(section []dns.RR, v *Validator, w *work) *denial {
	d := &denial{zone: z.name, kinds: map[uint16]bool{}}
	var list []*dns.NSEC3
	for _, s := range denialSets(section, z.name) {
		d.kinds[s.kind] = true
		sig, f := verify(s, z.name, z.keys, v.session.Now(), w)
		if f != nil {
			if d.failed == nil || f.rank() > d.failed.rank() || f.exhausted {
				d.failed, d.failedAt = f, s.at()
			}
			if f.exhausted {
				break
			}
			continue
		}
		d.signatures = append(d.signatures, sig)
		for _, rr := range s.records {
			switch rr := rr.(type) {
			case *dns.NSEC:
				d.nsec = append(d.nsec, newGap(rr))
			case *dns.NSEC3:
				if readable(rr) {
					d.iterations = max(d.iterations, rr.Iterations)
					list = append(list, rr)
				}
			}
		}
	}
	d.nsec3 = newHashed(z.name, list)
	return d
}

// denialSets lists the sets of NSEC and NSEC3 records of a section in or below
// the zone, in the order of the section.
func denialSets(section []dns.RR, zone string) []rrset {
	var list []rrset
	for _, rr := range section {
		kind, owner := rr.Header().Rrtype, dns.CanonicalName(rr.Header().Name)
		known := slices.ContainsFunc(list, func(s rrset) bool { return s.owner == owner && s.kind == kind })
		if (kind == dns.TypeNSEC || kind == dns.TypeNSEC3) && !known && dns.IsSubDomain(zone, owner) {
			list = append(list, pick(section, owner, kind))
		}
	}
	return list
}

// first gives the signature over the denial that expires first.
func (d *denial) first() evidence.Signature {
	var least evidence.Signature
	for _, sig := range d.signatures {
		least = earlier(least, signatureOf(sig))
	}
	return least
}

// fault says why the denial of a name does not hold, and at which records: a
// signature that fails over one of its records says more than what is missing
// without that record.
func (d *denial) fault(name string, kind uint16, record string) (*failure, string) {
	at := observe.Name(name) + " " + typeName(kind)
	switch {
	case d.failed != nil:
		return d.failed, d.failedAt
	case len(d.kinds) == 0:
		return &failure{fault: evidence.FaultDenial, detail: at + " is denied without an NSEC or NSEC3 record"}, at
	case record != "":
		return &failure{fault: evidence.FaultDenial, detail: record + " does not say what the answer says of " + at}, at
	}
	return &failure{fault: evidence.FaultDenial, detail: "the NSEC or NSEC3 records that came do not speak of " + at}, at
}
