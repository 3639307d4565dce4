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

// visitExchangers speaks with each server that takes mail for the domain. A
// domain without MX is left alone: its address may be a web server's.
func visitExchangers(ctx context.Context, s *network.Session, r Request) ([]evidence.Exchange, []evidence.Lookup) {
	mx := s.Ask(ctx, r.Domain, dns.TypeMX)
	list := exchanges(mx.Records)
	near := list[:min(len(list), maxHosts)]
	lookups := append([]evidence.Lookup{observe.Lookup(mx)}, ask.All(ctx, s, about(near))...)
	calls := make([][]call, len(near))
	ask.Each(len(near), func(i int) { calls[i] = resolve(ctx, s, &near[i]) })
	for i := len(near); i < len(list); i++ {
		list[i].Addresses = evidence.Skipped(evidence.TooMany, "only the first mail exchangers are visited")
	}
	ring(slices.Concat(calls...), func(c call) { *c.server = converse(ctx, s, r, c.host, c.address) })
	return list, lookups
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

// about lists the questions on each host: where it is, and which certificate
// it promises to show (RFC 7672 section 2.2).
func about(hosts []evidence.Exchange) []ask.Question {
	var list []ask.Question
	for _, x := range hosts {
		list = append(list, ask.Addresses(x.Host)...)
		list = append(list, ask.Question{Name: "_25._tcp." + x.Host, Type: dns.TypeTLSA})
	}
	return list
}

// call is one SMTP session to hold.
type call struct {
	host    string
	address netip.Addr
	server  *evidence.Server
}

// resolve notes the addresses of a host and gives a call for each.
func resolve(ctx context.Context, s *network.Session, x *evidence.Exchange) []call {
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
	calls := make([]call, len(addresses))
	for i, address := range addresses {
		calls[i] = call{x.Host, address, &x.Servers[i]}
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

// ring makes the calls: different addresses at once, one session at a time for
// each address, however many hosts stand there.
func ring(calls []call, hold func(call)) {
	lines := byAddress(calls)
	ask.Each(len(lines), func(i int) {
		for _, c := range lines[i] {
			hold(c)
		}
	})
}

func byAddress(calls []call) [][]call {
	place := map[netip.Addr]int{}
	var lines [][]call
	for _, c := range calls {
		i, known := place[c.address]
		if !known {
			i = len(lines)
			place[c.address] = i
			lines = append(lines, nil)
		}
		lines[i] = append(lines[i], c)
	}
	return lines
}
