package checks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
)

// nameserverUnresponsive fails a zone that is delegated to a name server which
// does not answer for it while another one does (a lame delegation, RFC 1912
// section 2.8). Silence is not an answer: it may be our way to the server.
func nameserverUnresponsive(b *evidence.Bundle) []Finding {
	return ofZone(b, func(zone string, own []string) []Finding {
		above, known := delegated(b)
		lame, gap := lameServers(b, unique(slices.Concat(own, above)))
		switch {
		case len(lame) > 0 && answersForZone(b):
			return fail(zone, Facts{"zone": zone, "nameservers": strings.Join(lame, ", ")})
		case len(lame) > 0 && gap.Known():
			// None of them answers: something on our way may answer in their place.
			return unknown(zone, "dns SOA "+zone, evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed})
		case !gap.Known():
			return unknown(zone, "dns SOA "+zone+" at "+gap.address, gap.Observation)
		case !known:
			return unknown(zone, "dns delegation "+zone, referral(b))
		}
		return pass(zone, Facts{"zone": zone, "nameservers": strings.Join(own, ", ")})
	})
}

// lameServers lists the hosts that do not answer for the zone, and the first one
// of which that is not known.
func lameServers(b *evidence.Bundle, servers []string) (lame []string, gap view) {
	gap = view{"", sound()}
	for _, host := range servers {
		switch o := authority(b, host); o.State {
		case evidence.Seen:
		case evidence.Absent:
			lame = append(lame, host)
		case evidence.NotAsked, evidence.Unknown:
			if gap.Known() {
				gap = view{host, o}
			}
		}
	}
	return lame, gap
}

// answersForZone reports whether one of the name servers answers with authority,
// which shows too that our questions reach the servers themselves.
func answersForZone(b *evidence.Bundle) bool {
	return slices.ContainsFunc(b.DNS.Servers, func(s evidence.NameServer) bool {
		return s.State == evidence.Seen && s.Authoritative == evidence.Seen
	})
}

// heard is what a server denied, unless something may have answered in its place:
// it resolves foreign names, and no server at the same kind of address answers
// with authority. Many networks lead port 53 to their own resolver, some of them
// over IPv4 only.
func heard(b *evidence.Bundle, s evidence.NameServer, o evidence.Observation, why evidence.Problem) evidence.Observation {
	resolves := s.Recursion.State != evidence.Absent // or may, for all we know
	itself := slices.ContainsFunc(b.DNS.Servers, func(other evidence.NameServer) bool {
		return authorityAt(other).State == evidence.Seen && is6(other.Address) == is6(s.Address)
	})
	if o.State != evidence.Absent || itself || !resolves {
		return o
	}
	return evidence.Observation{State: evidence.Unknown, Problem: why}
}

// authority says whether a host answers for the zone at all its addresses. One
// that has no address can answer nobody.
func authority(b *evidence.Bundle, host string) evidence.Observation {
	var views []view
	for _, s := range b.DNS.Servers {
		if s.Host == host {
			views = append(views, view{s.Address, heard(b, s, authorityAt(s), evidence.Malformed)})
		}
	}
	if len(views) > 0 {
		return together(views).Observation
	}
	for _, kind := range []string{"A", "AAAA"} {
		switch l := b.DNS.Lookup(host, kind); l.State {
		case evidence.Absent:
		case evidence.Seen:
			return evidence.Observation{}
		case evidence.NotAsked, evidence.Unknown:
			return l.Observation
		}
	}
	return defect()
}

func authorityAt(s evidence.NameServer) evidence.Observation {
	switch {
	case s.State != evidence.Seen:
		return silence(s)
	case s.Authoritative == evidence.Seen || s.Authoritative == evidence.Absent:
		return evidence.Observation{State: s.Authoritative}
	}
	return evidence.Observation{State: evidence.Unknown, Problem: evidence.DependsOnOther}
}

// silence is what a server that gave no answer shows: nothing.
func silence(s evidence.NameServer) evidence.Observation {
	if s.Known() {
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.DependsOnOther}
	}
	return s.Observation
}

// eachServer hands the name servers that were asked directly to a judge. Where
// there are none it tells why.
func eachServer(b *evidence.Bundle, what string, judge func(zone string) []Finding) []Finding {
	zone := zoneOf(b)
	switch ns := b.DNS.Lookup(zone, "NS"); {
	case len(b.DNS.Servers) > 0:
		return judge(zone)
	case ns.NXDomain():
		return notApplicable(zone)
	case ns.State != evidence.Seen:
		return unknown(zone, "dns NS "+zone, uncertain(b, ns.Observation))
	}
	if o := b.DNS.Delegation.Observation; !o.Known() {
		return unknown(zone, what+zone, o)
	}
	return unknown(zone, what+zone, evidence.Observation{})
}

// soaSerialMismatch fails a zone whose servers hand out different versions of it,
// and still do at a second look (RFC 1034 section 4.3.5: a secondary that has
// missed a change catches up within the refresh time).
func soaSerialMismatch(b *evidence.Bundle) []Finding {
	return eachServer(b, "dns SOA ", func(zone string) []Finding {
		told, views := serials(b.DNS.Servers)
		later := slices.DeleteFunc(slices.Clone(told), func(s evidence.NameServer) bool { return s.Again == 0 })
		all := together(views)
		switch {
		case differ(told, firstSerial) && slices.ContainsFunc(told, func(s evidence.NameServer) bool { return primary(s) != primary(told[0]) }):
			// Several primaries count on their own (Active Directory, two providers).
			return unknown(zone, "dns SOA "+zone, evidence.Observation{State: evidence.Unknown, Problem: evidence.DependsOnOther})
		case differ(later, firstSerial) && differ(later, secondSerial):
			return fail(zone, Facts{"zone": zone, "serials": listSerials(later)})
		case len(views) == 0 || len(views) == 1 && len(told) == 1:
			return notApplicable(zone) // nothing to compare with
		case all.State != evidence.Seen:
			return unknown(zone, "dns SOA "+zone+" at "+all.address, all.Observation)
		case len(told) < 2:
			return unknown(zone, "dns SOA "+zone, evidence.Observation{State: evidence.Unknown, Problem: evidence.NoRoute})
		case differ(told, firstSerial) && len(later) < len(told):
			return unknown(zone, "dns SOA "+zone, evidence.Observation{State: evidence.Unknown, Problem: evidence.DependsOnOther})
		}
		return pass(zone, Facts{"zone": zone})
	})
}

// serials lists the servers that told a serial, and what all of them showed. One
// that does not answer for the zone is left out: that is another rule's finding.
func serials(servers []evidence.NameServer) (told []evidence.NameServer, views []view) {
	for _, s := range servers {
		o := authorityAt(s)
		switch {
		case o.State == evidence.Absent:
			continue
		case o.State == evidence.Seen && s.Serial == 0:
			o = evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed}
		case o.State == evidence.Seen:
			told = append(told, s)
		}
		views = append(views, view{s.Host, o})
	}
	return told, views
}

// primary is the server that an SOA record says the zone comes from (MNAME, RFC
// 1035 section 3.3.13); its serial is the only one that others can lag behind.
func primary(s evidence.NameServer) string {
	if fields := strings.Fields(s.Proof); len(fields) > 4 && fields[3] == "SOA" {
		return strings.ToLower(fields[4])
	}
	return ""
}

func firstSerial(s evidence.NameServer) int64  { return s.Serial }
func secondSerial(s evidence.NameServer) int64 { return s.Again }

func differ(servers []evidence.NameServer, serial func(evidence.NameServer) int64) bool {
	return slices.ContainsFunc(servers, func(s evidence.NameServer) bool { return serial(s) != serial(servers[0]) })
}

func listSerials(servers []evidence.NameServer) string {
	list := make([]string, len(servers))
	for i, s := range servers {
		list[i] = fmt.Sprintf("%s %d", s.Host, s.Again)
	}
	return strings.Join(unique(list), ", ")
}

// zoneTransferOpen fails a zone that a name server hands out whole to strangers
// (RFC 5936 section 5): a list of every machine that the town runs.
func zoneTransferOpen(b *evidence.Bundle) []Finding {
	return eachServer(b, "dns AXFR ", func(zone string) []Finding {
		giving, all := lenient(b, func(s evidence.NameServer) evidence.Observation {
			return heard(b, s, transferAt(b, s), evidence.DependsOnOther)
		})
		if len(giving) == 0 {
			return closed(zone, "dns AXFR "+zone, all)
		}
		most := slices.MaxFunc(giving, func(a, b evidence.NameServer) int { return a.Transferred - b.Transferred }).Transferred
		return fail(zone, Facts{"zone": zone, "nameservers": hostsOf(giving), "count": strconv.Itoa(most)})
	})
}

// transferAt gives what the host of a server says to a transfer: it is asked at
// one of its addresses, and stands for the others.
func transferAt(b *evidence.Bundle, s evidence.NameServer) evidence.Observation {
	if s.State != evidence.Seen || s.Transfer != (evidence.Observation{}) {
		return s.Transfer
	}
	for _, other := range b.DNS.Servers {
		if other.Host == s.Host && other.Transfer.Known() {
			return other.Transfer
		}
	}
	return s.Transfer
}

// recursionOpen fails a zone one of whose name servers resolves foreign names for
// strangers (RFC 5358 section 4): attackers use such servers against others. It
// counts only where the servers themselves hear us: a box that answers every
// question on port 53 in their place resolves foreign names too.
func recursionOpen(b *evidence.Bundle) []Finding {
	return eachServer(b, "dns recursion ", func(zone string) []Finding {
		resolving, all := lenient(b, func(s evidence.NameServer) evidence.Observation {
			if o := heard(b, s, defect(), evidence.DependsOnOther); s.Recursion.State == evidence.Seen && !o.Known() {
				return o
			}
			return s.Recursion
		})
		if len(resolving) == 0 {
			return closed(zone, "dns recursion "+zone, all)
		}
		return fail(zone, Facts{"zone": zone, "nameservers": hostsOf(resolving)})
	})
}

// lenient lists the servers that did for us what they should refuse to strangers,
// and what all of them showed, where absent is the defect.
func lenient(b *evidence.Bundle, question func(evidence.NameServer) evidence.Observation) (list []evidence.NameServer, all view) {
	views := make([]view, len(b.DNS.Servers))
	for i, s := range b.DNS.Servers {
		o := question(s)
		switch {
		case o.State == evidence.Seen:
			list = append(list, s)
			o = defect()
		case o.State == evidence.Absent:
			o = sound()
		case o == (evidence.Observation{}):
			o = silence(s)
		}
		views[i] = view{s.Host, o}
	}
	return list, together(views)
}

// closed is the verdict where no server did what it should refuse.
func closed(zone, what string, all view) []Finding {
	if all.State == evidence.Seen {
		return pass(zone, Facts{"zone": zone})
	}
	return unknown(zone, what+" at "+all.address, all.Observation)
}

func hostsOf(servers []evidence.NameServer) string {
	list := make([]string, len(servers))
	for i, s := range servers {
		list[i] = s.Host
	}
	return strings.Join(unique(list), ", ")
}
