package checks

import (
	"cmp"
	"strings"

	"campanile/collectors/evidence"
)

// reverseMissing fails a mail exchanger with an address that has no name, or
// whose name does not lead back to it (RFC 1912 section 2.1): many receivers
// distrust what comes from there.
func reverseMissing(b *evidence.Bundle) []Finding {
	return eachExchange(b, func(x evidence.Exchange) []Finding {
		return byServers(x, "dns PTR", func(s evidence.Server) (evidence.Observation, Facts) {
			if s.Reverse.State != evidence.Absent {
				return s.Reverse.Observation, nil
			}
			reason := "missing"
			if len(s.Reverse.Names) > 0 {
				reason = "not-confirmed"
			}
			ptr := cmp.Or(strings.Join(s.Reverse.Names, ", "), "-")
			return defect(), Facts{"address": s.Address, "reason": reason, "ptr": ptr}
		})
	})
}
