// Package dns collects what the DNS says about a municipality's names: their
// records, the zone that holds them, and whether the chain of DS records
// reaches it.
//
// It must not judge, and it asks only through a network.Session.
package dns

import (
	"context"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Request is what to look at.
type Request struct {
	Domain string   // ASCII, lower case, no final dot
	Names  []string // host names to resolve besides, such as www
	Anchor Anchor   // where the DNSSEC chain starts
}

// Collect asks for the records of the domain and its names. What fails is in
// the look-ups; equal answers give equal evidence, whichever came first.
func Collect(ctx context.Context, s *network.Session, r Request) evidence.DNS {
	home, lookups := findZone(ctx, s, r.Domain)
	var signed evidence.Signed
	lookups = append(lookups, ask.Jobs(
		func() []evidence.Lookup { return ask.All(ctx, s, questions(r)) },
		func() []evidence.Lookup { return climbAll(ctx, s, append([]string{r.Domain}, r.Names...)) },
		func() []evidence.Lookup { return nameServers(ctx, s, r.Domain, home.apex) },
		func() []evidence.Lookup {
			var asked []evidence.Lookup
			signed, asked = chain(ctx, s, r, home)
			return asked
		},
	)...)
	return evidence.DNS{Zone: home.apex, Lookups: ask.Unique(lookups), Signed: signed}
}

// questions lists what is asked whatever the answers are.
func questions(r Request) []ask.Question {
	var list []ask.Question
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeMX, dns.TypeTXT} {
		list = append(list, ask.Question{Name: r.Domain, Type: kind})
	}
	return append(list, ask.Addresses(r.Names...)...)
}

// climbAll asks for CAA along the way up from each name.
func climbAll(ctx context.Context, s *network.Session, names []string) []evidence.Lookup {
	ways := make([][]evidence.Lookup, len(names))
	ask.Each(len(names), func(i int) { ways[i] = climb(ctx, s, names[i]) })
	return slices.Concat(ways...)
}

// climb asks for CAA at the name and its parents until one has a record (RFC
// 8659 section 3). It stops below the top level, whose records are not the
// municipality's, and at a failure, behind which an authority must not look.
func climb(ctx context.Context, s *network.Session, name string) []evidence.Lookup {
	var lookups []evidence.Lookup
	for ; strings.Contains(name, "."); name = parent(name) {
		l := ask.One(ctx, s, name, dns.TypeCAA)
		lookups = append(lookups, l)
		if l.State != evidence.Absent {
			break
		}
	}
	return lookups
}

func parent(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}

// maxNameServers bounds the name servers whose addresses are asked for; a
// referral has no room for more.
const maxNameServers = 16

// nameServers asks for the NS records of the domain and of its zone, and for
// the addresses of each host.
func nameServers(ctx context.Context, s *network.Session, domain, zone string) []evidence.Lookup {
	list := []ask.Question{{Name: domain, Type: dns.TypeNS}}
	if zone != "" && zone != domain {
		list = append(list, ask.Question{Name: zone, Type: dns.TypeNS})
	}
	lookups := ask.All(ctx, s, list)
	var hosts []string
	for _, l := range lookups {
		for _, host := range l.Records {
			hosts = append(hosts, observe.Name(host))
		}
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	hosts = hosts[:min(len(hosts), maxNameServers)]
	return append(lookups, ask.All(ctx, s, ask.Addresses(hosts...))...)
}
