package checks

import (
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// spfTooManyLookups counts the terms that ask the DNS, through every include
// and redirect, as a receiver would in the worst case (RFC 7208 section 4.6.4).
func spfTooManyLookups(b *evidence.Bundle) []Finding {
	analysis, ended := oneSPF(b)
	if ended != nil {
		return ended
	}
	domain := b.Target.Domain
	lookups := strconv.Itoa(analysis.Lookups)
	if analysis.Lookups > records.MaxSPFLookups {
		return fail(domain, Facts{"lookups": lookups, "offender": spfTerm(domain, analysis.Offender)})
	}
	// The same section: an "mx" must not lead to more than ten hosts either.
	if len(analysis.Crowded) > 0 {
		first := analysis.Crowded[0]
		return fail(domain, Facts{"lookups": strconv.Itoa(first.Hosts), "offender": spfTerm(domain, first.SPFPlace)})
	}
	return soundSPF(domain, analysis, firstSPFGap(analysis, func(g records.SPFGap) bool { return g.Type == "MX" }), Facts{"lookups": lookups})
}

// spfVoidLookups counts the terms that ask for what does not exist. RFC 7208
// section 4.6.4 lets receivers stop at the third.
func spfVoidLookups(b *evidence.Bundle) []Finding {
	analysis, ended := oneSPF(b)
	if ended != nil {
		return ended
	}
	domain := b.Target.Domain
	count := strconv.Itoa(len(analysis.Voids))
	if len(analysis.Voids) > records.MaxSPFVoidLookups {
		return fail(domain, Facts{"count": count, "names": voidNames(analysis.Voids)})
	}
	var gap records.SPFGap
	if analysis.VoidAtMost > records.MaxSPFVoidLookups {
		gap = firstSPFGap(analysis, func(g records.SPFGap) bool { return g.Void })
	}
	return soundSPF(domain, analysis, gap, Facts{"count": count})
}

// namesShown is how many names anybody reads.
const namesShown = 20

// voidNames lists what does not exist, each name once.
func voidNames(voids []records.SPFVoid) string {
	var names []string
	for _, void := range voids {
		name := cutShort(void.Name)
		switch {
		case slices.Contains(names, name):
		case len(names) == namesShown:
			return strings.Join(names, ", ") + " ..."
		default:
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// firstSPFGap gives the first gap that matters, or the zero gap.
func firstSPFGap(a records.SPFAnalysis, matters func(records.SPFGap) bool) records.SPFGap {
	if i := slices.IndexFunc(a.Gaps, matters); i >= 0 {
		return a.Gaps[i]
	}
	return records.SPFGap{}
}
