package dns

import (
	"context"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// maxDoubts bounds the questions of the last round.
const maxDoubts = 6

// doubts is the last round. The resolver of an office may serve a zone of its own
// under the town's name, and any resolver remembers old name servers for days:
// where its answer would be the town's defect, a server that both the zone above
// and its own authority speak for has the last word.
func (p *plan) doubts() []job {
	i := slices.IndexFunc(p.servers, func(s *server) bool {
		return s.soa != nil && slices.ContainsFunc(s.hosts, func(host string) bool { return slices.Contains(p.delegation.NameServers, host) })
	})
	if i < 0 || !p.delegation.Known() {
		return nil
	}
	address := p.servers[i].address
	return []job{func(ctx context.Context) []network.Answer {
		left := maxDoubts
		for j, a := range p.answers { // nobody else is at work in this round
			if !p.doubtful(a) || left == 0 {
				continue
			}
			left--
			own := p.session.AskServer(ctx, address, network.Query{Name: a.Name, Type: a.Type, Recursion: true}).AnswerOf()
			if own.Err != nil || a.Type == dns.TypeNS && len(own.Records) == 0 {
				continue
			}
			p.answers[j] = own
			if a.Type == dns.TypeNS {
				p.home.servers = own
			}
		}
		return nil
	}}
}

// doubtful reports whether an answer would be a defect: other name servers than
// those of the zone above, or an address that no public host can have.
func (p *plan) doubtful(a network.Answer) bool {
	zone := dns.CanonicalName(p.home.apex)
	switch {
	case a.Err != nil || len(a.Aliases) > 0 || !dns.IsSubDomain(zone, a.Name):
		return false
	case a.Type == dns.TypeNS:
		return a.Name == zone && !slices.Equal(hostsIn(a.Records), p.delegation.NameServers)
	}
	return slices.ContainsFunc(network.AddressesOf(a.Records), p.session.Misplaced)
}
