package dns

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// maxReferrers bounds how many name servers of the zone above are asked before
// the delegation is given up.
const maxReferrers = 2

// refer asks a name server of the zone above for the zone's name servers. Its
// referral brings the delegation, and with DO the DS records or the proof that
// there are none (RFC 4035 section 3.1.4).
func (p *plan) refer(ctx context.Context) []network.Answer {
	zone := p.home.apex
	if zone == "" {
		zone = p.request.Domain // its own servers do not answer; the zone above may know more
	}
	p.delegation = evidence.Delegation{Parent: p.above.apex}
	hosts := p.above.hosts()
	if p.above.apex == "" || len(hosts) == 0 || zone == "." {
		p.delegation.Observation = evidence.UnknownAt(p.session.Now(), evidence.DependsOnOther, "the name servers of the zone above are not known")
		return nil
	}
	for _, host := range hosts[:min(len(hosts), maxReferrers)] {
		address := addressOf(ctx, p.session, host)
		if !address.IsValid() {
			p.delegation.Server = host
			p.delegation.Observation = evidence.UnknownAt(p.session.Now(), evidence.NoAddress, "no address is known for "+host)
			continue
		}
		reply := p.session.AskServer(ctx, address, network.Query{Name: zone, Type: dns.TypeNS})
		p.delegation.Server = fmt.Sprintf("%s %s", host, address)
		p.delegation.Observation = p.referral(reply, zone)
		if p.delegation.Known() {
			break
		}
	}
	return nil
}

// addressOf gives one address of a host, IPv4 before IPv6.
func addressOf(ctx context.Context, s *network.Session, host string) netip.Addr {
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		if list := network.AddressesOf(s.Ask(ctx, host, kind).Records); len(list) > 0 {
			return list[0]
		}
	}
	return netip.Addr{}
}

// referral reads what a server of the zone above says.
func (p *plan) referral(reply network.Reply, zone string) evidence.Observation {
	at := dns.CanonicalName(zone)
	set := owned(reply.Authority, at, dns.TypeNS)
	switch {
	case reply.Err != nil:
		return observe.Failure(reply.At, reply.Err)
	case reply.Rcode == dns.RcodeRefused:
		return evidence.UnknownAt(reply.At, evidence.Refused, "the server answers REFUSED")
	case reply.Authoritative && len(owned(reply.Answer, at, dns.TypeNS)) > 0:
		return evidence.UnknownAt(reply.At, evidence.DependsOnOther, "the server answers for the zone itself, so it refers nobody to it")
	case reply.Authoritative && len(reply.Answer) == 0 && p.deniedAbove(reply):
		return evidence.AbsentAt(reply.At)
	case reply.Rcode != dns.RcodeSuccess || reply.Authoritative || len(reply.Answer) > 0 || len(set) == 0:
		return evidence.UnknownAt(reply.At, evidence.Malformed, "the server gives no referral, it answers "+dns.RcodeToString[reply.Rcode])
	}
	p.delegation.NameServers = hostsIn(set)
	if p.home.apex == "" {
		p.home.apex = zone
	}
	p.learnDS(reply, at)
	return evidence.SeenAt(reply.At)
}

// deniedAbove reports a denial from the zone above itself.
func (p *plan) deniedAbove(reply network.Reply) bool {
	denied := reply.Rcode == dns.RcodeSuccess || reply.Rcode == dns.RcodeNameError
	return denied && len(owned(reply.Authority, dns.CanonicalName(p.above.apex), dns.TypeSOA)) > 0
}

// learnDS gives what the referral says of DS records to whoever validates, as
// if the question had been asked. Only what comes with a signature is of use;
// where the zone above is not signed, nobody asks.
func (p *plan) learnDS(reply network.Reply, zone string) {
	answer := network.Answer{Name: zone, Type: dns.TypeDS, At: reply.At}
	for _, rr := range reply.Authority {
		kind := rr.Header().Rrtype
		if sig, ok := rr.(*dns.RRSIG); ok {
			kind = sig.TypeCovered
		}
		switch kind {
		case dns.TypeDS:
			answer.Answer = append(answer.Answer, rr)
		case dns.TypeNSEC, dns.TypeNSEC3:
			answer.Proof = append(answer.Proof, rr)
		}
	}
	answer.Records = owned(answer.Answer, zone, dns.TypeDS)
	if answer.Signed() {
		p.session.Know(answer)
	}
}

func owned(section []dns.RR, name string, kind uint16) []dns.RR {
	return slices.DeleteFunc(slices.Clone(section), func(rr dns.RR) bool {
		return rr.Header().Rrtype != kind || dns.CanonicalName(rr.Header().Name) != name
	})
}

// strangers lists the name servers that only the zone above names.
func (p *plan) strangers() []string {
	own := p.home.hosts()
	return slices.DeleteFunc(slices.Clone(p.delegation.NameServers), func(host string) bool { return slices.Contains(own, host) })
}
