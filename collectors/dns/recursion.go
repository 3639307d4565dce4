package dns

import (
	"context"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// recurse finds out whether the server resolves foreign names for us. One that
// does not offer recursion (RA, RFC 1035 section 4.1.1) has said so already. A
// server that offers it is asked for a foreign record; the question is the same
// for every town, so that a provider's server gets it once.
func (p *plan) recurse(ctx context.Context, s *server, said network.Reply) {
	if !said.RecursionAvailable {
		s.recursion = evidence.AbsentAt(said.At)
		return
	}
	s.recursion = evidence.UnknownAt(said.At, evidence.DependsOnOther, "it serves every foreign name that we ask for itself")
	for _, name := range foreignNames(p.request.Domain) {
		reply := p.session.AskServer(ctx, s.address, network.Query{Name: name, Type: dns.TypeSOA, Recursion: true})
		if reply.Err == nil && reply.Authoritative {
			continue // its own zone: no sign of recursion
		}
		s.recursion = recursionIn(reply, name)
		return
	}
}

// foreignNames lists names whose SOA record is nobody's secret and no burden: the
// top level of the domain, and for servers that serve that one too, the
// infrastructure top level arpa (RFC 3172). The root itself would prove
// nothing: its servers are in the hints that every server has.
func foreignNames(domain string) []string {
	top := domain[strings.LastIndex(domain, ".")+1:]
	return []string{top, "arpa"}
}

func recursionIn(reply network.Reply, name string) evidence.Observation {
	if reply.Err != nil {
		return observe.Failure(reply.At, reply.Err)
	}
	resolved := reply.Rcode == dns.RcodeSuccess && len(owned(reply.Answer, dns.CanonicalName(name), dns.TypeSOA)) > 0
	denied := reply.Rcode == dns.RcodeNameError && len(owned(reply.Authority, ".", dns.TypeSOA)) > 0
	switch {
	case resolved || denied:
		o := evidence.SeenAt(reply.At)
		o.Detail = "it resolved the SOA record of " + name + " for us"
		return o
	case reply.Rcode == dns.RcodeServerFailure:
		return evidence.UnknownAt(reply.At, evidence.ServFail, "it offers recursion and answers SERVFAIL for "+name)
	}
	return evidence.AbsentAt(reply.At)
}
