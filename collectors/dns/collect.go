// Package dns collects what the DNS says about a municipality's names: their
// records, the zone that holds them, what the zone's own name servers and those
// of the zone above say, and whether the signatures hold.
//
// It must not judge, and it asks only through a network.Session.
package dns

import (
	"context"

	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Request is what to look at.
type Request struct {
	Domain    string            // ASCII, lower case, no final dot
	Names     []string          // host names to resolve besides, such as www
	Validator *dnssec.Validator // follows the signatures; nil: nobody does
	Transfers bool              // ask the zone's servers for the whole zone, and hang up when they begin
	Basics    bool              // only what the other families need, from the resolver: addresses, MX, TXT, the chain of trust
}

// Collect asks in six rounds, each of which needs the answers of the one
// before. What fails is in the look-ups and the observations; equal answers
// give equal evidence, whichever came first.
func Collect(ctx context.Context, s *network.Session, r Request) evidence.DNS {
	p := newPlan(s, r)
	for _, round := range []func() []job{
		p.names,       // the records of the domain, its zone and the zone above
		p.places,      // where the name servers of both are
		p.authorities, // what they say themselves
		p.gaps,        // what is still open, from the resolver; transfers, recursion, the chain of trust
		p.secondLooks, // servers that only the zone above names; serials that differed
		p.doubts,      // what only the resolver says against the town
	} {
		p.run(ctx, round())
	}
	return p.evidence(ctx)
}
