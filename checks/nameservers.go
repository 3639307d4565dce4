package checks

import (
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
)

// nameserverSingle fails a zone with fewer than two name servers: RFC 2182
// section 5 asks for more than one, in different places.
func nameserverSingle(b *evidence.Bundle) []Finding {
	zone := zoneOf(b)
	ns := b.DNS.Lookup(zone, "NS")
	if ns.State == evidence.Absent && ns.NXDomain() {
		return notApplicable(zone)
	}
	if ns.State != evidence.Seen {
		return unknown(zone, "dns NS "+zone, uncertain(b, ns.Observation))
	}
	servers := slices.Compact(slices.Sorted(slices.Values(hosts(ns.Records))))
	if len(servers) < 2 {
		return fail(zone, Facts{"nameservers": strings.Join(servers, ", "), "count": strconv.Itoa(len(servers))})
	}
	return pass(zone, Facts{"nameservers": strings.Join(servers, ", ")})
}

// zoneOf gives the zone that holds the domain, or the domain itself where the
// evidence does not say.
func zoneOf(b *evidence.Bundle) string {
	if b.DNS.Zone != "" {
		return b.DNS.Zone
	}
	return b.Target.Domain
}

// hosts reads NS, CNAME or PTR data: one name each.
func hosts(rdata []string) []string {
	list := make([]string, len(rdata))
	for i, name := range rdata {
		list[i] = strings.ToLower(strings.TrimSuffix(name, "."))
	}
	return list
}

// uncertain turns an absence that cannot be (a zone without NS records) into an
// unknown: the zone is another one, which we do not know, or its server is broken.
func uncertain(b *evidence.Bundle, o evidence.Observation) evidence.Observation {
	switch {
	case o.State != evidence.Absent:
		return o
	case b.DNS.Zone == "":
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.DependsOnOther}
	}
	return evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed}
}

// caaMissing fails a domain for which no CAA record is found by climbing from
// the name to the top (RFC 8659 section 3).
func caaMissing(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	if b.DNS.Lookup(domain, "CAA").NXDomain() {
		return notApplicable(domain)
	}
	for name := domain; strings.Contains(name, "."); name = parent(name) {
		caa := b.DNS.Lookup(name, "CAA")
		switch caa.State {
		case evidence.Seen:
			return pass(domain, Facts{"found_at": name})
		case evidence.Absent:
		case evidence.NotAsked, evidence.Unknown:
			return unknown(domain, "dns CAA "+name, caa.Observation)
		}
	}
	return fail(domain, nil)
}

func parent(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}

// dnssecMissing fails a domain that a signed denial of DS proves to be outside
// the chain of trust (RFC 4035 section 5.2). A resolver that hides the proof
// settles nothing.
func dnssecMissing(b *evidence.Bundle) []Finding {
	signed := b.DNS.Signed
	switch signed.State {
	case evidence.Seen:
		return pass(b.Target.Domain, nil)
	case evidence.Absent:
		return fail(b.Target.Domain, Facts{"zone": signed.Zone, "proof": signed.Proof})
	case evidence.NotAsked, evidence.Unknown:
	}
	return unknown(b.Target.Domain, "dnssec "+b.Target.Domain, signed.Observation)
}
