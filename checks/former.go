package checks

import (
	"cmp"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// lookAlikeOfficial fails an older official domain of the inventory that leads
// elsewhere than today's: people who follow an old link trust whoever holds it now.
// One at the same name servers may be the town's or any other customer's.
func lookAlikeOfficial(b *evidence.Bundle) []Finding {
	var findings []Finding
	for _, former := range unique(b.Target.Former) {
		findings = append(findings, formerDomain(b, former)...)
	}
	if findings == nil {
		return notApplicable(b.Target.Domain)
	}
	return findings
}

func formerDomain(b *evidence.Bundle, former string) []Finding {
	facts := Facts{"former": former}
	held, gap := stillHeld(b, former)
	addresses, aliases := answersOf(b, former)
	switch {
	case within(former, b.Target.Domain):
		return notApplicable(former)
	case held:
		return pass(former, facts)
	case existence(b, former).State == evidence.Absent:
		return notApplicable(former)
	case gap.Name != "":
		return unknown(former, "dns "+gap.Type+" "+gap.Name, gap.Observation)
	case len(addresses) == 0:
		return notApplicable(former) // it leads nowhere
	}
	facts["leads_to"] = cmp.Or(strings.Join(slices.Concat(aliases, addresses), ", "), "-")
	return fail(former, facts)
}

// stillHeld reports whether something shows that a former domain is in the
// town's hands, and the first question that might have shown it.
func stillHeld(b *evidence.Bundle, former string) (held bool, gap evidence.Lookup) {
	domain := b.Target.Domain
	then, now := answersAt(b, former, former), answersAt(b, domain, zoneOf(b))
	if www := "www." + domain; wasAsked(b, www, "A") {
		now = append(now, b.DNS.Lookup(www, "A"), b.DNS.Lookup(www, "AAAA"))
	}
	visited := leadsHome(b, former)
	common := slices.DeleteFunc(slices.Clone(then), func(l evidence.Lookup) bool { return !shares(l, now, domain) })
	if visited.State == evidence.Seen || slices.ContainsFunc(common, func(l evidence.Lookup) bool { return l.Type != "NS" }) {
		return true, gap
	}
	if len(common) > 0 {
		common[0].Observation = evidence.Observation{State: evidence.Unknown, Problem: evidence.DependsOnOther}
		return false, common[0]
	}
	if visited.State != evidence.Absent {
		gap = evidence.Lookup{Name: former, Type: "A", Observation: visited}
	}
	for _, l := range slices.Concat(then, now) {
		if !l.Known() {
			return false, l
		}
	}
	return false, gap
}

// answersAt gives the look-ups that say where a domain is: its addresses, and the
// name servers of its zone.
func answersAt(b *evidence.Bundle, name, zone string) []evidence.Lookup {
	return []evidence.Lookup{b.DNS.Lookup(name, "A"), b.DNS.Lookup(name, "AAAA"), b.DNS.Lookup(zone, "NS")}
}

// shares reports whether what a former domain answers is what today's domain
// answers too, or an alias to it.
func shares(then evidence.Lookup, now []evidence.Lookup, domain string) bool {
	if then.State != evidence.Seen {
		return false
	}
	if slices.ContainsFunc(then.Aliases, func(alias string) bool { return within(alias, domain) }) {
		return true
	}
	return slices.ContainsFunc(now, func(l evidence.Lookup) bool {
		return l.State == evidence.Seen && l.Type == then.Type && slices.ContainsFunc(then.Records, func(record string) bool {
			return slices.ContainsFunc(l.Records, func(other string) bool { return strings.EqualFold(record, other) })
		})
	})
}

// leadsHome says whether a visit to the former domain ended on today's site:
// absent where it did not, and where nobody went there.
func leadsHome(b *evidence.Bundle, former string) evidence.Observation {
	result := defect()
	s := siteOf(b, former)
	for _, v := range []evidence.Visit{s.HTTPS, s.HTTP} {
		switch {
		case v.State == evidence.Seen && within(hostOf(v.Last().URL), b.Target.Domain):
			return sound()
		case v.URL != "" && v.State != evidence.Seen && v.Problem != evidence.Refused:
			result = evidence.Observation{State: evidence.Unknown, Problem: problemOf(v.Observation)}
		}
	}
	return result
}

// answersOf lists where a name leads: its aliases and its addresses.
func answersOf(b *evidence.Bundle, name string) (addresses, aliases []string) {
	for _, kind := range []string{"A", "AAAA"} {
		if l := b.DNS.Lookup(name, kind); l.State == evidence.Seen {
			addresses = append(addresses, l.Records...)
			aliases = append(aliases, l.Aliases...)
		}
	}
	return unique(addresses), unique(aliases)
}
