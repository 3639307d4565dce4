package dns

import (
	"context"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// climb asks for CAA at the parents of the domain and its names until one has a
// record (RFC 8659 section 3). It stops below the top level, whose records are
// not the municipality's, and at a failure, behind which an authority must not
// look. Where the top level delegates the zone itself, the names between the two
// are the registry's as well.
func (p *plan) climb(ctx context.Context) []network.Answer {
	var asked []network.Answer
	for _, start := range append([]string{p.request.Domain}, p.request.Names...) {
		for name := start; strings.Contains(name, ".") && name != "." && !p.ofRegistry(name); name = parentOf(name) {
			answer, known := p.answer(name, dns.TypeCAA)
			if !known {
				answer = p.session.Ask(ctx, name, dns.TypeCAA)
				asked = append(asked, answer)
			}
			if denied, _ := answer.Denied(); !denied {
				break
			}
		}
	}
	return asked
}

func (p *plan) ofRegistry(name string) bool {
	fromTop := p.delegation.State == evidence.Seen && !strings.Contains(p.delegation.Parent, ".")
	return fromTop && !dns.IsSubDomain(dns.CanonicalName(p.zone()), dns.CanonicalName(name))
}
