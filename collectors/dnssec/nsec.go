package dnssec

import (
	"github.com/miekg/dns"

	"campanile/collectors/internal/observe"
)

// gap is a validated NSEC record (RFC 4034 section 4): the types at its owner,
// and nothing between it and the next name.
type gap struct {
	owner, next string
	types       []uint16
}

func newGap(rr *dns.NSEC) gap {
	return gap{dns.CanonicalName(rr.Hdr.Name), dns.CanonicalName(rr.NextDomain), rr.TypeBitMap}
}

// of gives what the record of the zone says of a name.
func (g gap) of(name, zone string) statement {
	record := "NSEC at " + observe.Name(g.owner)
	if g.owner == name {
		return statement{verb: exists, types: g.types, record: record}
	}
	// RFC 6840 section 4.1: the parent's record at a delegation, or one at a
	// DNAME, says nothing about names below.
	above := dns.IsSubDomain(g.owner, name)
	switch {
	case above && (isCut(g.types) || has(g.types, dns.TypeDNAME)):
		return statement{}
	case !dns.IsSubDomain(zone, name), !dns.IsSubDomain(zone, g.next), !between(g.owner, name, g.next):
		return statement{}
	case dns.IsSubDomain(name, g.next):
		// RFC 4035 section 3.1.3.2: nothing stands at the name, something below.
		return statement{verb: empty, record: record}
	}
	// The names of the zone around the gap show how far up the name is missing.
	shared := max(dns.CompareDomainName(name, g.owner), dns.CompareDomainName(name, g.next))
	return statement{verb: absent, encloser: tail(name, shared), record: record}
}
