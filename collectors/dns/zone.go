package dns

import (
	"context"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// place is where a domain lives.
type place struct {
	apex    string // the zone that holds it; empty when not known
	missing bool   // the domain does not exist at all
}

// findZone finds the zone that holds the domain: the domain itself when it has
// an SOA record, else the owner of the SOA record in the denial (RFC 2308
// section 2.1). Where the denial names none, the parents are asked.
func findZone(ctx context.Context, s *network.Session, domain string) (place, []evidence.Lookup) {
	var lookups []evidence.Lookup
	for name := domain; name != ""; name = parent(name) {
		answer := s.Ask(ctx, name, dns.TypeSOA)
		lookups = append(lookups, observe.Lookup(answer))
		if answer.Err != nil {
			break
		}
		if _, missing := answer.Denied(); missing && name == domain && len(answer.Aliases) == 0 {
			return place{missing: true}, lookups
		}
		if apex := apexIn(answer); apex != "" {
			return place{apex: observe.Name(apex)}, lookups
		}
	}
	return place{}, lookups
}

// apexIn reads the zone's own name out of an answer to a question for SOA.
// Behind an alias the answer speaks of another name's zone, and an owner that
// is not above the name is not its zone.
func apexIn(answer network.Answer) string {
	switch {
	case len(answer.Aliases) > 0:
		return ""
	case len(answer.Records) > 0:
		return answer.Name
	}
	for _, rr := range answer.Proof {
		owner := dns.CanonicalName(rr.Header().Name)
		if rr.Header().Rrtype == dns.TypeSOA && owner != answer.Name && dns.IsSubDomain(owner, answer.Name) {
			return owner
		}
	}
	return ""
}
