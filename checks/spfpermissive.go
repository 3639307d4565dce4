package checks

import (
	"cmp"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// manyAddresses is the number of IPv4 addresses above which a record protects
// nobody: a whole /12. What known suppliers need is their own business.
const manyAddresses = 1 << 20

// spfPermissive fails a record that lets strangers write in the domain's name:
// "+all", "?all", no end at all, or networks of more than 2^20 addresses.
func spfPermissive(b *evidence.Bundle) []Finding {
	analysis, ended := oneSPF(b)
	if ended != nil {
		return ended
	}
	domain, record := b.Target.Domain, analysis.Root.Text
	switch {
	case analysis.Open != "":
		return fail(domain, Facts{"record": record, "reason": analysis.Open})
	case analysis.Outside.IPv4 > manyAddresses:
		return fail(domain, Facts{"record": record, "reason": "too-many-addresses"})
	}
	var gap records.SPFGap
	if analysis.OutsideAtMost() > manyAddresses {
		gap = slices.MaxFunc(analysis.Gaps, func(a, b records.SPFGap) int { return cmp.Compare(a.Hides, b.Hides) })
	}
	return soundSPF(domain, analysis, gap, nil)
}
