package dns

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

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
	var asked []network.Answer
	parent := p.above.apex
	for range maxZonesBetween {
		p.delegation = evidence.Delegation{Parent: parent}
		p.delegation.Observation = evidence.UnknownAt(p.session.Now(), evidence.DependsOnOther, "the name servers of the zone above are not known")
		if zone == "." || parent == "" {
			return asked
		}
		if parent = p.referrers(ctx, zone); parent == "" {
			return asked
		}
		p.above = place{}
		asked = append(asked, p.above.find(ctx, p.session, parent)...)
	}
	return asked
}

// maxZonesBetween bounds the zones between the first one asked and ours.
const maxZonesBetween = 3

// findAbove finds a zone above the name whose servers can be asked for the
// delegation: the one above its parent, which many towns share, for
// comune.<town>.<province>.it has as many parents as there are towns. The parent
// itself is taken where it is known already, or is a top level.
func (p *plan) findAbove(ctx context.Context, name string) []network.Answer {
	parent := parentOf(name)
	known, ok := p.session.Known(parent, dns.TypeNS)
	if top := !strings.Contains(parent, "."); top || ok && len(known.Records) > 0 && len(known.Aliases) == 0 {
		return p.above.find(ctx, p.session, parent)
	}
	return p.above.find(ctx, p.session, parentOf(parent))
}

// referrers asks the name servers of the zone above until one refers us to the
// zone, or to another one between the two.
func (p *plan) referrers(ctx context.Context, zone string) (between string) {
	hosts := p.above.hosts()
	for _, host := range hosts[:min(len(hosts), maxReferrers)] {
		address := addressOf(ctx, p.session, host)
		if !address.IsValid() {
			p.delegation.Server = host
			p.delegation.Observation = evidence.UnknownAt(p.session.Now(), evidence.NoAddress, "no address is known for "+host)
			continue
		}
		reply := p.session.AskServer(ctx, address, network.Query{Name: zone, Type: dns.TypeNS})
		if between = cutBetween(reply, p.above.apex, zone); between != "" {
			return between
		}
		p.delegation.Server = fmt.Sprintf("%s %s", host, address)
		p.delegation.Observation = p.referral(reply, zone)
		if p.delegation.Known() {
			break
		}
	}
	return ""
}

// cutBetween gives the zone that a referral leads to when it lies between the
// one asked and ours.
func cutBetween(reply network.Reply, above, zone string) string {
	if reply.Err != nil || reply.Rcode != dns.RcodeSuccess || reply.Authoritative || len(reply.Answer) > 0 {
		return ""
	}
	for _, rr := range reply.Authority {
		owner := observe.Name(rr.Header().Name)
		if rr.Header().Rrtype == dns.TypeNS && owner != above && owner != zone &&
			dns.IsSubDomain(dns.CanonicalName(above), rr.Header().Name) && dns.IsSubDomain(rr.Header().Name, dns.CanonicalName(zone)) {
			return owner
		}
	}
	return ""
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
	case reply.RecursionAvailable && !reply.Authoritative:
		// Where port 53 is led elsewhere, a resolver refers from its memory.
		return evidence.UnknownAt(reply.At, evidence.Malformed, "a resolver answers in place of the server")
	case reply.Authoritative && len(reply.Answer) == 0 && p.deniedAbove(reply):
		return evidence.AbsentAt(reply.At)
	case reply.Rcode != dns.RcodeSuccess || reply.Authoritative || len(reply.Answer) > 0 || len(set) == 0:
		return evidence.UnknownAt(reply.At, evidence.Malformed, "the server gives no referral, it answers "+dns.RcodeToString[reply.Rcode])
	}
	p.delegation.NameServers = hostsIn(set)
	if p.home.apex == "" {
		p.home.apex = zone
	}
	p.glue = slices.DeleteFunc(slices.Clone(reply.Additional), func(rr dns.RR) bool { return !dns.IsSubDomain(at, rr.Header().Name) })
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
