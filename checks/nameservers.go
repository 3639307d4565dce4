package checks

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
)

// ofZone judges the zone that holds the domain by the hosts of its own NS set,
// sorted, each once. A domain that does not exist has no zone to judge.
func ofZone(b *evidence.Bundle, judge func(zone string, hosts []string) []Finding) []Finding {
	zone := zoneOf(b)
	ns := b.DNS.Lookup(zone, "NS")
	switch {
	case ns.NXDomain():
		return notApplicable(zone)
	case ns.State != evidence.Seen:
		return unknown(zone, "dns NS "+zone, uncertain(b, ns.Observation))
	case len(ns.Aliases) > 0: // the records are those of another zone
		return unknown(zone, "dns NS "+zone, garbled)
	}
	return judge(zone, unique(hosts(ns.Records)))
}

// unique sorts a list and leaves each value in it once.
func unique(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// nameserverSingle fails a zone with fewer than two name servers: RFC 2182
// section 5 asks for more than one, in different places.
func nameserverSingle(b *evidence.Bundle) []Finding {
	return ofZone(b, func(zone string, servers []string) []Finding {
		if len(servers) < 2 {
			return fail(zone, Facts{"nameservers": strings.Join(servers, ", "), "count": strconv.Itoa(len(servers))})
		}
		return pass(zone, Facts{"nameservers": strings.Join(servers, ", ")})
	})
}

// nameserverIPv6Missing fails a zone with fewer than two name servers that have
// an IPv6 address (RFC 10001, which replaces RFC 3901; RFC 2182 section 5 asks for
// two of everything). A single server is another rule's finding.
func nameserverIPv6Missing(b *evidence.Bundle) []Finding {
	return ofZone(b, func(zone string, servers []string) []Finding {
		if len(servers) < 2 {
			return notApplicable(zone)
		}
		count, gap := 0, evidence.Lookup{}
		for _, host := range servers {
			switch l := b.DNS.Lookup(host, "AAAA"); {
			case l.State == evidence.Seen && slices.ContainsFunc(l.Records, is6):
				count++
			case l.State == evidence.Seen:
				gap = evidence.Lookup{Name: host, Type: "AAAA", Observation: garbled}
			case l.State != evidence.Absent:
				gap = l
			}
		}
		facts := Facts{"zone": zone, "nameservers": strings.Join(servers, ", "), "count": strconv.Itoa(count)}
		switch {
		case count >= 2:
			return pass(zone, facts)
		case gap.Name != "":
			return unknown(zone, "dns AAAA "+gap.Name, gap.Observation)
		}
		return fail(zone, facts)
	})
}

// nameserversOneNetwork fails a zone whose name servers all stand in one network,
// which one cut cable takes away (RFC 2182 section 3.1). Only a kind of address
// that two servers have can be compared.
func nameserversOneNetwork(b *evidence.Bundle) []Finding {
	return ofZone(b, func(zone string, servers []string) []Finding {
		facts := Facts{"zone": zone, "nameservers": strings.Join(servers, ", ")}
		networks, comparable, gap := networksOf(b, servers)
		switch {
		case len(servers) < 2:
			return notApplicable(zone) // another rule's finding
		case len(networks["A"]) > 1 || len(networks["AAAA"]) > 1:
			return pass(zone, facts)
		case gap.Name != "":
			return unknown(zone, "dns "+gap.Type+" "+gap.Name, gap.Observation)
		case !comparable:
			return notApplicable(zone)
		}
		facts["network"] = strings.Join(slices.Concat(networks["A"], networks["AAAA"]), ", ")
		return fail(zone, facts)
	})
}

// networkBits is the size of a network that tends to share one cable and one
// router: the longest prefixes that the Internet routes.
var networkBits = map[string]int{"A": 24, "AAAA": 48}

// networksOf lists the networks of the servers by kind of address, and the first
// question that nobody answered.
func networksOf(b *evidence.Bundle, servers []string) (networks map[string][]string, comparable bool, gap evidence.Lookup) {
	networks = map[string][]string{}
	for kind, bits := range networkBits {
		having := 0
		for _, host := range servers {
			l := b.DNS.Lookup(host, kind)
			if !l.Known() && (gap.Name == "" || l.Name+l.Type < gap.Name+gap.Type) {
				gap = l
			}
			found := prefixes(l, bits)
			networks[kind] = unique(append(networks[kind], found...))
			having += min(1, len(found))
		}
		comparable = comparable || having > 1
	}
	return networks, comparable, gap
}

// prefixes gives the networks of the addresses that a look-up found.
func prefixes(l evidence.Lookup, bits int) []string {
	var list []string
	if l.State != evidence.Seen {
		return nil
	}
	for _, record := range l.Records {
		if address, err := netip.ParseAddr(record); err == nil {
			if prefix, err := address.Prefix(bits); err == nil {
				list = append(list, prefix.String())
			}
		}
	}
	return list
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
