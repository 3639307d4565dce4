package message

import (
	"net/netip"
	"slices"
)

// special are the networks of the IANA registries of special-purpose addresses
// (RFC 6890) that are none of those which package netip tells by itself, and the
// addresses that stand for an IPv4 one (RFC 6052, 3056, 4380).
var special = []string{
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
}

// Reserved reports an address that is no public one. campanile has looked
// already; this is the second lock.
func Reserved(address netip.Addr) bool {
	address = address.Unmap()
	if !address.IsGlobalUnicast() || address.IsPrivate() {
		return true
	}
	return slices.ContainsFunc(special, func(text string) bool { return netip.MustParsePrefix(text).Contains(address) })
}
