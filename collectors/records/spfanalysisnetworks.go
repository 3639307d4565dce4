package records

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strings"
)

// SPFNetwork is a range of addresses that may send, and the first term that says
// so.
type SPFNetwork struct {
	SPFPlace
	Prefix   netip.Prefix
	Supplier string // known supplier through whose record, by ID
}

// SPFAmount is a number of different addresses. What two terms name counts once;
// what an earlier term shuts out is counted all the same.
type SPFAmount struct {
	IPv4 uint64
	IPv6 float64 // up to 2^128, so beyond 2^53 the last digits are lost
}

// spfRange tells networks apart.
type spfRange struct {
	prefix   netip.Prefix
	supplier string
}

func (w *spfWalk) admit(step *SPFStep, prefix netip.Prefix, at spfPlace) {
	key := spfRange{prefix.Masked(), at.supplier}
	if !w.known[key] {
		w.known[key] = true
		w.Networks = append(w.Networks, SPFNetwork{at.of(step), key.prefix, key.supplier})
	}
}

func (w *spfWalk) admitEverybody(step *SPFStep, at spfPlace) {
	w.admit(step, netip.PrefixFrom(netip.IPv4Unspecified(), 0), at)
	w.admit(step, netip.PrefixFrom(netip.IPv6Unspecified(), 0), at)
}

// admitNetwork adds what an ip4 or ip6 names (RFC 7208 section 5.6).
func (w *spfWalk) admitNetwork(step *SPFStep, at spfPlace) {
	text, _, _ := strings.Cut(step.Value, "/")
	if address, err := netip.ParseAddr(text); err == nil {
		w.admitAround(step, address, at)
	}
}

// admitAddresses adds the addresses of a host, each with its neighbours as far
// as the prefix length goes, and says how many there are.
func (w *spfWalk) admitAddresses(step *SPFStep, records []string, at spfPlace) int {
	if at.admits && w.spend(len(records)) {
		for _, record := range records {
			if address, err := netip.ParseAddr(record); err == nil {
				w.admitAround(step, address.Unmap(), at)
			}
		}
	}
	return len(records)
}

func (w *spfWalk) admitAround(step *SPFStep, address netip.Addr, at spfPlace) {
	bits := step.Bits6
	if address.Is4() {
		bits = step.Bits4
	}
	if bits < 0 {
		bits = address.BitLen()
	}
	if prefix, err := address.Prefix(bits); err == nil {
		w.admit(step, prefix, at)
	}
}

// manyAnswers is more than the A records that fit into one answer of 64 KiB.
const manyAnswers = 4096

// hides gives the number of IPv4 addresses outside known suppliers that a host
// may add whose addresses are not known.
func (p spfPlace) hides(bits int) uint64 {
	switch {
	case !p.admits || p.supplier != "":
		return 0
	case bits < 0:
		return manyAnswers
	}
	return min(uint64(manyAnswers)<<(32-bits), 1<<32)
}

// amount counts the different addresses of networks, of all or of those that
// come through no known supplier. Two networks either have nothing in common or
// one holds the other.
func amount(networks []SPFNetwork, outside bool) SPFAmount {
	var prefixes []netip.Prefix
	for _, network := range networks {
		if !outside || network.Supplier == "" {
			prefixes = append(prefixes, network.Prefix)
		}
	}
	slices.SortFunc(prefixes, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	var sum SPFAmount
	var last netip.Prefix
	for _, prefix := range prefixes {
		switch {
		case last.IsValid() && last.Contains(prefix.Addr()):
			continue
		case prefix.Addr().Is4():
			sum.IPv4 += 1 << (32 - prefix.Bits())
		default:
			sum.IPv6 += math.Ldexp(1, 128-prefix.Bits())
		}
		last = prefix
	}
	return sum
}
