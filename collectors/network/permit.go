package network

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"net/netip"
	"strings"
	"sync"
)

// Permit says which addresses may be contacted. The zero value allows every
// address that IANA calls globally reachable.
type Permit struct {
	// AllowReserved admits loopback, private and documentation addresses, for
	// labs and intranets.
	AllowReserved bool
	// OptOut lists the networks that asked to be left alone.
	OptOut []netip.Prefix
	// LeftAlone reports that an address asked for the same since the scan began;
	// nil never does. It is asked before every connection and every datagram, once
	// more after the wait for a turn, so that an entry counts at once. It must be
	// safe for several goroutines.
	LeftAlone func(address netip.Addr) bool
}

// Check gives nil when the address may be contacted, else an *Error with
// problem not-permitted.
func (p Permit) Check(address netip.Addr) error {
	if !address.IsValid() {
		return notPermitted(address, "is not an address")
	}
	zone := address.Zone()
	address = address.Unmap().WithZone("") // a prefix holds no address with a zone
	for _, prefix := range p.OptOut {
		if prefix.Contains(address) {
			return notPermitted(address, "asked to be left alone")
		}
	}
	if p.LeftAlone != nil && p.LeftAlone(address) {
		return notPermitted(address, "asked to be left alone")
	}
	if inner, ok := translated(address); ok {
		return p.Check(inner)
	}
	if p.AllowReserved {
		return nil
	}
	if zone != "" {
		return notPermitted(address, "has a zone")
	}
	if why, reserved := Reserved(address); reserved {
		return notPermitted(address, "is reserved: "+why)
	}
	return nil
}

// Reserved says which block of IANA's special-purpose registries keeps an
// address off the global Internet: loopback, private, documentation ...
func Reserved(address netip.Addr) (why string, reserved bool) {
	address = address.Unmap().WithZone("")
	if inner, ok := translated(address); ok {
		return Reserved(inner)
	}
	block, found := lookUpBlock(address)
	if !found || block.global {
		return "", false
	}
	return block.name + ", " + block.reference, true
}

// Misplaced reports whether an address has no place in the DNS of a public body.
// In a lab or an intranet, where reserved addresses are allowed, only those that
// every machine takes for itself or its own cable are left: loopback, link-local
// and unspecified.
func (p Permit) Misplaced(address netip.Addr) bool {
	address = address.Unmap()
	if p.AllowReserved {
		return address.IsLoopback() || address.IsLinkLocalUnicast() || address.IsUnspecified()
	}
	_, reserved := Reserved(address)
	return reserved
}

// Misplaced is the same by the permit of the session.
func (s *Session) Misplaced(address netip.Addr) bool { return s.network.Permit.Misplaced(address) }

func notPermitted(address netip.Addr, why string) error {
	return &Error{Problem: "not-permitted", Err: fmt.Errorf("%s %s", address, why)}
}

// translated gives the IPv4 address inside a translation address (RFC 6052
// section 2.1), behind which a private network could hide.
func translated(address netip.Addr) (netip.Addr, bool) {
	if !netip.MustParsePrefix("64:ff9b::/96").Contains(address) {
		return netip.Addr{}, false
	}
	bytes := address.As16()
	return netip.AddrFrom4([4]byte(bytes[12:])), true
}

type block struct {
	prefix    netip.Prefix
	name      string
	global    bool
	reference string
}

//go:embed iana/special-purpose.csv
var specialPurpose string

// blocks reads the embedded registry once; it is ours, so a mistake in it is a
// bug that the first test shows.
var blocks = sync.OnceValue(func() []block {
	reader := csv.NewReader(strings.NewReader(specialPurpose))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil {
		panic("network: iana/special-purpose.csv: " + err.Error())
	}
	list := make([]block, len(rows))
	for i, row := range rows {
		list[i] = block{netip.MustParsePrefix(row[0]), row[1], row[2] == "true", row[3]}
	}
	return list
})

// lookUpBlock gives the most specific block that holds the address.
func lookUpBlock(address netip.Addr) (best block, found bool) {
	for _, candidate := range blocks() {
		if candidate.prefix.Contains(address) && (!found || candidate.prefix.Bits() > best.prefix.Bits()) {
			best, found = candidate, true
		}
	}
	return best, found
}
