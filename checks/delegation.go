package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// delegationMismatch fails a zone whose parent sends visitors to other name
// servers than the zone itself names (RFC 1034 section 4.2.2: the two sets should
// be the same).
func delegationMismatch(b *evidence.Bundle) []Finding {
	return ofZone(b, func(zone string, own []string) []Finding {
		above, known := delegated(b)
		if !known {
			return unknown(zone, "dns delegation "+zone, referral(b))
		}
		facts := Facts{"zone": zone, "at_parent": strings.Join(above, ", "), "in_zone": strings.Join(own, ", ")}
		if slices.Equal(above, own) {
			return pass(zone, facts)
		}
		return fail(zone, facts)
	})
}

// delegated gives the name servers that the parent names, sorted, each once.
func delegated(b *evidence.Bundle) (servers []string, known bool) {
	servers = unique(hosts(b.DNS.Delegation.NameServers))
	return servers, b.DNS.Delegation.State == evidence.Seen && len(servers) > 0
}

// referral gives the reason why the parent's word is not known: a referral
// without name servers is none, and a parent that denies a zone which answers
// is not to be believed either.
func referral(b *evidence.Bundle) evidence.Observation {
	if o := b.DNS.Delegation.Observation; !o.Known() {
		return o
	}
	return evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed}
}
