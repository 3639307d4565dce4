package mail

import (
	"context"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// maxNames bounds the names of one address that are looked up.
const maxNames = 4

// lookBack asks for the names of the address, and whether one leads back to it,
// which receivers want of a server that sends (RFC 1912 section 2.1). An address
// that we may not contact is left alone in this too.
func (c *call) lookBack(ctx context.Context, s *network.Session) {
	if c.server.Problem == evidence.NotPermitted {
		c.server.Reverse.Observation = evidence.Skipped(evidence.NotPermitted, c.server.Detail)
		return
	}
	answer := s.Ask(ctx, records.ReverseName(c.address), dns.TypePTR)
	pointer := observe.Lookup(answer)
	c.lookups = append(c.lookups, pointer)
	c.server.Reverse.Observation = pointer.Observation
	if pointer.State != evidence.Seen {
		return
	}
	c.server.Reverse = c.confirm(ctx, s, pointed(answer.Records))
}

// confirm looks the names up until one leads back.
func (c *call) confirm(ctx context.Context, s *network.Session, names []string) evidence.Reverse {
	kind := dns.TypeA
	if c.address.Is6() {
		kind = dns.TypeAAAA
	}
	few := names[:min(len(names), maxNames)]
	verdict := evidence.AbsentAt(s.Now())
	if len(names) > len(few) {
		verdict = evidence.UnknownAt(s.Now(), evidence.TooMany, "the address has more names than we look up")
	}
	for _, name := range few {
		back := s.Ask(ctx, name, kind)
		forward := observe.Lookup(back)
		c.lookups = append(c.lookups, forward)
		if slices.Contains(network.AddressesOf(back.Records), c.address) {
			return evidence.Reverse{Observation: evidence.SeenAt(s.Now()), Names: []string{name}}
		}
		if !forward.Known() {
			verdict = forward.Observation
		}
	}
	return evidence.Reverse{Observation: verdict, Names: few}
}

// pointed lists the names of PTR records, sorted.
func pointed(rrs []dns.RR) []string {
	var names []string
	for _, rr := range rrs {
		if ptr, ok := rr.(*dns.PTR); ok {
			names = append(names, observe.Name(ptr.Ptr))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
