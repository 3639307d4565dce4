// Package names finds what belongs to a municipality besides its domain and
// www, each name with its source, what its records lead to, and which suppliers
// stand behind them. It asks the DNS only, and nobody else about the
// municipality unless somebody asked for that.
//
// It must not judge, and it asks only through a network.Session.
package names

import (
	"context"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
)

// Request is what to start from.
type Request struct {
	// Bundle holds what the first visit showed: look-ups, endpoints, sites, and
	// the names that were visited.
	Bundle *evidence.Bundle
	// Listed are names that the user knows of; those of other towns are passed over.
	Listed []string
	// Sites is how many names the web and TLS families look at, those of the
	// first visit included.
	Sites int
	// Reserved says that hosts at reserved addresses may be visited (labs,
	// intranets).
	Reserved bool
}

// maxResolved bounds the names whose addresses are asked for; what a list holds
// beyond is listed only.
const maxResolved = 100

// maxPEC bounds the domains of certified mail that are asked who serves them.
const maxPEC = 4

// Find gives every name of the municipality with its source, the weightiest
// source first, and the look-ups that it took to tell which of them to visit.
func Find(ctx context.Context, s *network.Session, r Request) ([]evidence.Name, []evidence.Lookup) {
	names := gather(r.Bundle, r.Listed)
	// RFC 8020 section 2: below a name that does not exist there is nothing.
	if r.Bundle.DNS.Lookup(r.Bundle.Target.Domain, "A").NXDomain() {
		return names, nil
	}
	lookups := resolve(ctx, s, names[:min(len(names), maxResolved)])
	labelled, asked := searchLabels(ctx, s, r.Bundle, names)
	names = append(names, labelled...)
	lookups = append(lookups, asked...)
	further := choose(names, lookups, r)
	// A visit needs both kinds of address; asked here they count as part of the search.
	lookups = append(lookups, ask.All(ctx, s, ask.Addresses(further...))...)
	certified := pecDomains(r.Bundle)
	lookups = append(lookups, ask.All(ctx, s, questions(certified[:min(len(certified), maxPEC)], dns.TypeMX))...)
	return names, ask.Unique(lookups)
}

// resolve asks for the addresses of the names.
func resolve(ctx context.Context, s *network.Session, names []evidence.Name) []evidence.Lookup {
	hosts := make([]string, len(names))
	for i, n := range names {
		hosts[i] = n.Name
	}
	return search(ctx, s, hosts, 2*len(hosts))
}

// atATime is how many questions of a search are put before it is looked whether
// anybody answers.
const atATime = 8

// search asks for the IPv4 address of each host, and for the IPv6 address where
// there is none though the name exists, so many questions at most. Where no
// answer comes it ends: a silent resolver must not eat the time of the scan.
func search(ctx context.Context, s *network.Session, hosts []string, most int) []evidence.Lookup {
	var lookups, found []evidence.Lookup
	for batch := range slices.Chunk(hosts[:min(len(hosts), most)], atATime) {
		found = ask.All(ctx, s, questions(batch, dns.TypeA))
		lookups = append(lookups, found...)
		if !slices.ContainsFunc(found, evidence.Lookup.Known) {
			return lookups
		}
	}
	var again []string
	for _, l := range lookups {
		if l.State == evidence.Absent && l.Rcode == "NOERROR" && len(lookups)+len(again) < most {
			again = append(again, l.Name)
		}
	}
	return append(lookups, ask.All(ctx, s, questions(again, dns.TypeAAAA))...)
}

func questions(names []string, kind uint16) []ask.Question {
	list := make([]ask.Question, len(names))
	for i, name := range names {
		list[i] = ask.Question{Name: name, Type: kind}
	}
	return list
}

// choose marks the names to visit, in order, and gives those that were not
// visited yet.
func choose(names []evidence.Name, lookups []evidence.Lookup, r Request) []string {
	left := r.Sites
	for _, n := range names {
		if n.Site {
			left--
		}
	}
	var further []string
	for i := range names {
		n := &names[i]
		if left <= 0 {
			break
		}
		if !n.Site && isSite(*n, r.Bundle.Target.Domain) && reachable(lookups, n.Name, r.Reserved) {
			n.Site = true
			further = append(further, n.Name)
			left--
		}
	}
	return further
}

// isSite leaves out hosts that no visitor opens: those of mail and of name
// service, and the names that programs look for by themselves. A link makes a
// site of any of them.
func isSite(n evidence.Name, domain string) bool {
	switch n.Source {
	case "link":
		return true
	case "mx", "ns":
		return false
	}
	return !slices.Contains(forPrograms, firstLabel(n.Name, domain))
}

// reachable reports whether the name has an address that may be visited.
func reachable(lookups []evidence.Lookup, name string, reserved bool) bool {
	return slices.ContainsFunc(lookups, func(l evidence.Lookup) bool {
		return l.Name == name && l.State == evidence.Seen && (l.Type == "A" || l.Type == "AAAA") &&
			(reserved || len(l.Reserved) < len(l.Records))
	})
}
