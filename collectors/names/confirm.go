package names

import (
	"context"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// maxConfirmed bounds the questions of Confirm.
const maxConfirmed = 6

// Confirm asks a server of the zone itself for names that the resolver leads to
// addresses of a private network: an office's resolver often serves a zone of its
// own under the town's name, which the world never sees. Without such a server
// the look-ups stay as they are.
func Confirm(ctx context.Context, s *network.Session, b *evidence.Bundle, lookups []evidence.Lookup) []evidence.Lookup {
	server, ok := authority(b)
	if !ok {
		return lookups
	}
	left := maxConfirmed
	for i, l := range lookups {
		if left == 0 || len(l.Aliases) > 0 || !misplaced(s, l) {
			continue
		}
		left--
		own := s.AskServer(ctx, server, network.Query{Name: l.Name, Type: dns.StringToType[l.Type], Recursion: true}).AnswerOf()
		if own.Err == nil {
			lookups[i] = observe.Lookup(own)
		}
	}
	return lookups
}

// authority gives the address of a server that the zone above names and that
// answers for the zone.
func authority(b *evidence.Bundle) (netip.Addr, bool) {
	for _, server := range b.DNS.Servers {
		address, err := netip.ParseAddr(server.Address)
		if err == nil && server.Authoritative == evidence.Seen && slices.Contains(b.DNS.Delegation.NameServers, server.Host) {
			return address, true
		}
	}
	return netip.Addr{}, false
}

func misplaced(s *network.Session, l evidence.Lookup) bool {
	return slices.ContainsFunc(l.Reserved, func(text string) bool {
		address, err := netip.ParseAddr(text)
		return err == nil && s.Misplaced(address)
	})
}
