package checks

import (
	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// spfInvalid fails a record at which receivers give up (permerror): it breaks
// the grammar somewhere (RFC 7208 section 4.6), or leads to a name without a
// record (sections 5.2 and 6.1), with several (4.5), or back to where it came
// from (4.6.4).
func spfInvalid(b *evidence.Bundle) []Finding {
	analysis, ended := oneSPF(b)
	if ended != nil {
		return ended
	}
	domain := b.Target.Domain
	if len(analysis.Faults) == 0 {
		return soundSPF(domain, analysis, records.SPFGap{}, nil)
	}
	first := analysis.Faults[0]
	return fail(domain, Facts{
		"record": analysis.Root.Text, "offender": spfTerm(domain, first.SPFPlace), "reason": string(first.Reason),
	})
}

// spfPointer fails a record that uses "ptr", which is slow, hard on the reverse
// zones, and not to be published (RFC 7208 section 5.5).
func spfPointer(b *evidence.Bundle) []Finding {
	analysis, ended := oneSPF(b)
	if ended != nil {
		return ended
	}
	if len(analysis.Pointers) == 0 {
		return soundSPF(b.Target.Domain, analysis, records.SPFGap{}, nil)
	}
	first := analysis.Pointers[0]
	return fail(b.Target.Domain, Facts{"record": first.Text, "found_at": first.Owner})
}
