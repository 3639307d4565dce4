package checks

import (
	"net/netip"
	"slices"
	"strings"
)

// registrable gives the part of a host name that its owner had to register: two
// labels, or three below the second levels that registries keep for everybody. Of
// those it knows what the countries judged here have; whoever shares another one
// counts as one owner, and nobody is blamed for it.
func registrable(host string) string {
	labels := strings.Split(host, ".")
	count := len(labels)
	if count < 3 || !isSharedLevel(labels[count-2], labels[count-1]) {
		return strings.Join(labels[max(0, count-2):], ".")
	}
	return strings.Join(labels[count-3:], ".")
}

// isSharedLevel recognises a second level under which people register names.
func isSharedLevel(second, top string) bool {
	switch top {
	case "it":
		return isProvince(second) || second == "gov" || second == "edu"
	case "fr":
		return slices.Contains([]string{"asso", "com", "gouv", "nom", "prd", "tm"}, second)
	}
	return len(top) == 2 && slices.Contains([]string{"ac", "co", "com", "edu", "gob", "gov", "gv", "net", "nom", "or", "org"}, second)
}

// oneOwner reports whether two hosts lie in one registered name. An address has
// none.
func oneOwner(a, b string) bool {
	_, err := netip.ParseAddr(a)
	return a == b || err != nil && registrable(a) == registrable(b)
}
