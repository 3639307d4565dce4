package dns

import (
	"context"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// place is where a name lives.
type place struct {
	apex    string         // the zone that holds it; empty when not known
	missing bool           // the name does not exist at all
	servers network.Answer // the NS records of the zone
}

// find asks for NS at the name and its parents until one is the apex of a zone.
// A denial names the zone too: its SOA record has the apex as its owner
// (RFC 2308 section 3).
func (p *place) find(ctx context.Context, s *network.Session, name string) []network.Answer {
	var asked []network.Answer
	for n := name; n != ""; n = parentOf(n) {
		answer := s.Ask(ctx, n, dns.TypeNS)
		asked = append(asked, answer)
		if answer.Err != nil {
			return asked
		}
		if _, missing := answer.Denied(); missing && n == name {
			p.missing = true
		}
		p.apex = apexIn(answer)
		switch {
		case p.apex != "" && !strings.Contains(p.apex, ".") && len(asked[0].Aliases) > 0:
			// No registry keeps aliases: this one stands at the apex of the zone,
			// against RFC 1034 section 3.6.2, and hides it.
			p.apex = ""
			return asked
		case p.apex == n:
			p.servers = answer
			return asked
		case p.apex != "":
			p.servers = s.Ask(ctx, p.apex, dns.TypeNS)
			return append(asked, p.servers)
		}
	}
	return asked
}

// apexIn reads the zone's own name out of an answer to a question for NS. Behind
// an alias the answer speaks of another name's zone, and an owner that is not
// at or above the name is not its zone.
func apexIn(answer network.Answer) string {
	switch {
	case len(answer.Aliases) > 0:
		return ""
	case len(answer.Records) > 0:
		return observe.Name(answer.Name)
	}
	for _, rr := range answer.Proof {
		if rr.Header().Rrtype == dns.TypeSOA && dns.IsSubDomain(rr.Header().Name, answer.Name) {
			return observe.Name(rr.Header().Name)
		}
	}
	return ""
}

// maxNameServers bounds the name servers of one zone that are asked; a referral
// has no room for more.
const maxNameServers = 16

// hosts lists the name servers of the zone, sorted.
func (p *place) hosts() []string { return hostsIn(p.servers.Records) }

func hostsIn(records []dns.RR) []string {
	var list []string
	for _, rr := range records {
		if ns, ok := rr.(*dns.NS); ok {
			list = append(list, observe.Name(ns.Ns))
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), maxNameServers)]
}

// parentOf takes the first label off; above the top level is the root.
func parentOf(name string) string {
	_, rest, more := strings.Cut(name, ".")
	switch {
	case more:
		return rest // empty for the root itself
	case name == "":
		return ""
	}
	return "."
}
