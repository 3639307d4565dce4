package records

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ReverseName gives the name at which the PTR record of an address stands
// (RFC 1035 section 3.5, RFC 3596 section 2.5); it is empty for no address.
func ReverseName(addr netip.Addr) string {
	addr = addr.Unmap()
	var name strings.Builder
	for _, b := range slices.Backward(addr.AsSlice()) {
		if addr.Is4() {
			name.WriteString(strconv.Itoa(int(b)) + ".")
			continue
		}
		const digits = "0123456789abcdef"
		name.WriteString(string([]byte{digits[b&15], '.', digits[b>>4], '.'}))
	}
	switch {
	case addr.Is4():
		return name.String() + "in-addr.arpa"
	case addr.Is6():
		return name.String() + "ip6.arpa"
	}
	return ""
}
