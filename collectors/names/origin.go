package names

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// maxOrigins bounds the addresses whose origin is asked for.
const maxOrigins = 12

// Unrecognised lists the addresses of the mail, name and web servers whose
// supplier neither a name nor a range gives away, at most twelve.
func Unrecognised(b *evidence.Bundle, suppliers []records.Supplier) []netip.Addr {
	d := detective{b: b, suppliers: suppliers}
	known := Recognise(b, suppliers, nil)
	var list []netip.Addr
	for _, role := range []struct {
		name   string
		traces []trace
	}{{"mail", d.mailTraces()}, {"dns", d.nsTraces()}, {"web", d.webTraces()}} {
		if slices.ContainsFunc(known, func(s evidence.Supplier) bool { return s.Role == role.name }) {
			continue
		}
		for _, t := range role.traces {
			if t.address.IsValid() && !slices.Contains(list, t.address) && len(list) < maxOrigins {
				list = append(list, t.address)
			}
		}
	}
	return list
}

// AskOrigins asks a look-up service which autonomous system announces each
// address: TXT at the reversed address below the service's domain, and for IPv6
// below the same domain with a 6 behind its first label. This tells a third
// party which addresses somebody looks at; it is done only when asked for.
func AskOrigins(ctx context.Context, s *network.Session, service string, addresses []netip.Addr) (Origins, []evidence.Lookup) {
	names := make([]string, len(addresses))
	for i, address := range addresses {
		names[i] = originName(address, service)
	}
	lookups := ask.All(ctx, s, questions(names, dns.TypeTXT))
	origins := Origins{}
	for i, l := range lookups {
		for _, text := range records.Texts(l.Records) {
			if number, ok := originOf(text); ok {
				origins[addresses[i]] = number
				break
			}
		}
	}
	return origins, lookups
}

func originName(address netip.Addr, service string) string {
	reversed, isFour := strings.CutSuffix(records.ReverseName(address.Unmap()), ".in-addr.arpa")
	if isFour {
		return reversed + "." + service
	}
	first, rest, _ := strings.Cut(service, ".")
	return strings.TrimSuffix(reversed, ".ip6.arpa") + "." + first + "6." + rest
}

// originOf reads "64496 | 192.0.2.0/24 | ..."; of several systems the first.
func originOf(text string) (number uint32, ok bool) {
	first, _, found := strings.Cut(text, "|")
	fields := strings.Fields(first)
	if !found || len(fields) == 0 {
		return 0, false
	}
	n, err := strconv.ParseUint(fields[0], 10, 32)
	return uint32(n), err == nil && n > 0
}
