package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// existence says whether a name exists, by every answer about it: seen where one
// of them shows it, absent only where all of them deny the whole name (RFC 8020).
// Some broken servers deny a name that has another type of record. The zero
// observation means that nothing was asked about it.
func existence(b *evidence.Bundle, name string) evidence.Observation {
	var result evidence.Observation
	for _, l := range b.DNS.Lookups {
		if l.Name != name && !slices.Contains(l.Aliases, name) {
			continue
		}
		switch o := shown(l, name); {
		case o.State == evidence.Seen:
			return o
		case result == (evidence.Observation{}) || result.State == evidence.Absent:
			result = o
		}
	}
	return result
}

// shown says what one answer shows of a name that it is about, or that it met on
// its way through aliases.
func shown(l evidence.Lookup, name string) evidence.Observation {
	if !l.Known() {
		return evidence.Observation{State: evidence.Unknown, Problem: problemOf(l.Observation), Detail: l.Type + " " + l.Name}
	}
	// RFC 6604 section 3: the code is about the last name of a chain of aliases.
	last := l.Name
	if len(l.Aliases) > 0 {
		last = l.Aliases[len(l.Aliases)-1]
	}
	if name == last && l.State == evidence.Absent && l.Rcode == "NXDOMAIN" {
		return defect()
	}
	return sound()
}

// lookUp gives the answer to a question, also where it was spared because another
// one had denied the whole name (RFC 8020 section 2).
func lookUp(b *evidence.Bundle, name, kind string) evidence.Lookup {
	if !wasAsked(b, name, kind) {
		for _, other := range []string{"A", "AAAA"} {
			if l := b.DNS.Lookup(name, other); l.NXDomain() {
				return l
			}
		}
	}
	return b.DNS.Lookup(name, kind)
}

// wasAsked reports whether the question stands in the evidence, whatever became
// of it.
func wasAsked(b *evidence.Bundle, name, kind string) bool {
	return slices.ContainsFunc(b.DNS.Lookups, func(l evidence.Lookup) bool { return l.Name == name && l.Type == kind })
}

// below gives the labels by which a name stands under the domain, the first one
// of the name first; nil for the domain itself and for foreign names.
func below(name, domain string) []string {
	labels, ok := strings.CutSuffix(name, "."+domain)
	if !ok {
		return nil
	}
	return strings.Split(labels, ".")
}
