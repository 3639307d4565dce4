package checks

import (
	"net/netip"

	"campanile/collectors/records"
)

// oneOwner reports whether two hosts lie in one registered name. An address has
// none.
func oneOwner(a, b string) bool {
	_, err := netip.ParseAddr(a)
	return a == b || err != nil && records.Registered(a) == records.Registered(b)
}
