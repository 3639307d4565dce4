package mail

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Bounds of the visit: what a domain needs, not what it can list.
const (
	maxHosts     = 10
	maxAddresses = 4 // of one host
)

// route is the way that mail for the domain takes.
type route struct {
	mx        validated
	exchanges []evidence.Exchange // by preference
	hosts     []host              // of the first exchanges, slot by slot
}

// host is what the DNS says about one exchanger.
type host struct {
	addresses []validated // A and AAAA
	tlsa      []validated // at the host, and at the name that it is an alias of
}

// findRoute asks which hosts take mail, where they are, and which certificate
// they promise to show (RFC 7672 section 2.2).
func findRoute(ctx context.Context, s *network.Session, r Request) route {
	way := route{mx: inquire(ctx, s, r, ask.Question{Name: r.Domain, Type: dns.TypeMX})}
	way.exchanges = exchanges(way.mx.answer.Records)
	for i := maxHosts; i < len(way.exchanges); i++ {
		way.exchanges[i].Addresses = evidence.Skipped(evidence.TooMany, "only the first mail exchangers are visited")
	}
	way.hosts = make([]host, min(len(way.exchanges), maxHosts))
	ask.Each(len(way.hosts), func(i int) { way.hosts[i] = findHost(ctx, s, r, way.exchanges[i].Host) })
	return way
}

func findHost(ctx context.Context, s *network.Session, r Request, name string) host {
	questions := append(ask.Addresses(name), tlsaOf(name))
	found := make([]validated, len(questions))
	ask.Each(len(questions), func(i int) { found[i] = inquire(ctx, s, r, questions[i]) })
	h := host{addresses: found[:2], tlsa: found[2:]}
	// RFC 7672 section 2.2.2: the records of an alias stand at the name in the
	// end, before its own.
	if at := h.alias(); at != "" {
		h.tlsa = append(h.tlsa, inquire(ctx, s, r, tlsaOf(at)))
	}
	return h
}

func tlsaOf(host string) ask.Question {
	return ask.Question{Name: "_25._tcp." + host, Type: dns.TypeTLSA}
}

// alias gives the name that the host is an alias of, or nothing.
func (h host) alias() string {
	for _, l := range h.addresses {
		if len(l.Aliases) > 0 {
			return l.Aliases[len(l.Aliases)-1]
		}
	}
	return ""
}

// lookups lists everything that was asked on the way.
func (way route) lookups() []evidence.Lookup {
	list := []evidence.Lookup{way.mx.Lookup}
	for _, h := range way.hosts {
		for _, v := range slices.Concat(h.addresses, h.tlsa) {
			list = append(list, v.Lookup)
		}
	}
	return list
}

// exchanges lists the hosts of the MX records by preference. The root is no
// host: alone it says that the domain takes no mail (RFC 7505 section 3).
func exchanges(rrs []dns.RR) []evidence.Exchange {
	var list []evidence.Exchange
	for _, rr := range rrs {
		if mx, ok := rr.(*dns.MX); ok && mx.Mx != "." {
			list = append(list, evidence.Exchange{Host: observe.Name(mx.Mx), Preference: int(mx.Preference)})
		}
	}
	slices.SortFunc(list, func(a, b evidence.Exchange) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), cmp.Compare(a.Host, b.Host))
	})
	known := map[string]bool{}
	return slices.DeleteFunc(list, func(x evidence.Exchange) bool {
		again := known[x.Host]
		known[x.Host] = true
		return again
	})
}

// resolve notes the addresses of a host and gives a call for each.
func resolve(ctx context.Context, s *network.Session, x *evidence.Exchange) []*call {
	addresses, err := s.Addresses(ctx, x.Host)
	switch {
	case err != nil:
		x.Addresses = observe.Failure(s.Now(), err)
		return nil
	case len(addresses) == 0:
		x.Addresses = evidence.AbsentAt(s.Now())
		return nil
	}
	x.Addresses = evidence.SeenAt(s.Now())
	addresses = some(addresses)
	x.Servers = make([]evidence.Server, len(addresses))
	calls := make([]*call, len(addresses))
	for i, address := range addresses {
		calls[i] = &call{host: x.Host, address: address, server: &x.Servers[i]}
	}
	return calls
}

// some leaves so many addresses of a host, of both families where it has both.
func some(addresses []netip.Addr) []netip.Addr {
	if len(addresses) <= maxAddresses {
		return addresses
	}
	start := slices.IndexFunc(addresses, netip.Addr.Is6)
	if start < 0 {
		start = len(addresses)
	}
	four, six := addresses[:start], addresses[start:]
	six = six[:min(len(six), max(maxAddresses/2, maxAddresses-len(four)))]
	four = four[:min(len(four), maxAddresses-len(six))]
	return slices.Concat(four, six)
}
