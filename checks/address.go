package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// addressPrivate fails a public name that leads to an address which no public
// host can have (IANA special-purpose registries): visitors end nowhere, or on a
// machine of their own network.
func addressPrivate(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	var findings []Finding
	gap, resolves := b.DNS.Lookup(domain, "A"), false
	if gap.Known() {
		gap = lookUp(b, domain, "AAAA")
	}
	for _, l := range b.DNS.Lookups {
		if !isAddress(l) || !isTheirs(b, l.Name) {
			continue
		}
		resolves = resolves || l.State == evidence.Seen
		switch {
		case l.State == evidence.Seen && len(l.Reserved) > 0:
			findings = addHost(findings, l.Name, "addresses", strings.Join(l.Reserved, ", "))
		case !l.Known() && gap.Known():
			gap = l
		}
	}
	if gap.Known() && !resolves {
		return notApplicable(domain) // no name leads anywhere
	}
	return orElse(findings, domain, gap)
}

func isAddress(l evidence.Lookup) bool { return l.Type == "A" || l.Type == "AAAA" }

// isTheirs reports whether a name belongs to the municipality.
func isTheirs(b *evidence.Bundle, name string) bool {
	return name == b.Target.Domain || slices.ContainsFunc(b.Names, func(n evidence.Name) bool { return n.Name == name })
}

// addHost adds a failing host, or what its other look-up found.
func addHost(findings []Finding, host, fact, value string) []Finding {
	for _, f := range findings {
		if f.Subject == host {
			f.Facts[fact] += ", " + value
			return findings
		}
	}
	return append(findings, fail(host, Facts{"host": host, fact: value})...)
}

// orElse adds the one verdict on the domain to what failed by name: a pass where
// nothing did, or the question that is open.
func orElse(failures []Finding, domain string, gap evidence.Lookup) []Finding {
	failing := slices.ContainsFunc(failures, func(f Finding) bool { return f.Subject == domain })
	switch {
	case !gap.Known() && !failing:
		return append(failures, unknown(domain, "dns "+gap.Type+" "+gap.Name, gap.Observation)...)
	case len(failures) == 0:
		return pass(domain, nil)
	}
	return failures
}

// wildcard fails a domain under which a name that nobody ever made has an
// address, or an alias (RFC 4592): every slip and every forgery leads somewhere.
func wildcard(b *evidence.Bundle) []Finding {
	domain, name := b.Target.Domain, b.DNS.MadeUp
	if name == "" {
		return wildcardNotAsked(b)
	}
	var answers []string
	gap := evidence.Lookup{}
	for _, kind := range []string{"A", "AAAA"} {
		l := lookUp(b, name, kind)
		if !l.Known() {
			gap = l
			continue
		}
		answers = append(answers, l.Aliases...)
		if l.State == evidence.Seen {
			answers = append(answers, l.Records...)
		}
	}
	switch {
	case len(answers) > 0:
		return fail(domain, Facts{"made_up": name, "answer": strings.Join(unique(answers), ", ")})
	case gap.Name != "":
		return unknown(domain, "dns "+gap.Type+" "+gap.Name, gap.Observation)
	}
	return pass(domain, nil)
}

// wildcardNotAsked tells why: a domain that does not exist has no names below it.
func wildcardNotAsked(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	if existence(b, domain).State == evidence.Absent {
		return notApplicable(domain)
	}
	return unknown(domain, "dns A *."+domain, evidence.Observation{})
}
