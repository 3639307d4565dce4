package names

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// maxTargets bounds the names that references are followed to.
const maxTargets = 40

// References lists what the municipality's records lead to, and asks what is
// needed to judge it: whether a target exists that no look-up has shown, and,
// where it does not, whether anybody holds the name that would have to be
// registered for it.
func References(ctx context.Context, s *network.Session, b *evidence.Bundle, suppliers []records.Supplier) ([]evidence.Reference, []evidence.Lookup) {
	references := refer(b)
	references = references[:min(len(references), evidence.MaxReferences)]
	home := home(b)
	for i := range references {
		r := &references[i]
		r.Registrable = registrable(r.To, home)
		if s, ok := recognise(suppliers, claimable, r.To); ok {
			r.Claimable, r.Visit = s.Name, len(s.Unclaimed) > 0
		}
		if s, ok := recognise(suppliers, patternsOf(r.Type), r.To); ok {
			r.Supplier = s.ID
		}
	}
	found := ask.All(ctx, s, questions(targets(references, b.DNS.Lookups), dns.TypeA))
	missing := unregistered(references, slices.Concat(b.DNS.Lookups, found))
	return references, append(found, ask.All(ctx, s, questions(missing, dns.TypeNS))...)
}

// refer lists the references, sorted, each once.
func refer(b *evidence.Bundle) []evidence.Reference {
	var list []evidence.Reference
	add := func(from, kind, to string) {
		if to = observe.Name(to); to != "" && to != "." && own(b, from) {
			list = append(list, evidence.Reference{From: from, Type: kind, To: to})
		}
	}
	for _, l := range b.DNS.Lookups {
		from := l.Name
		if from == b.DNS.MadeUp {
			from = "*." + from[strings.IndexByte(from, '.')+1:] // nobody asked for a made-up name but we
		}
		// What comes behind a supplier's name hangs on the town's own alias too.
		for _, alias := range l.Aliases {
			add(from, "CNAME", alias)
			if own(b, alias) {
				from = alias
			}
		}
		// What stands behind an alias is the target's own.
		switch {
		case len(l.Aliases) > 0:
		case l.Type == "MX" || l.Type == "NS":
			for _, host := range lastFields([]evidence.Lookup{l}, l.Type) {
				add(l.Name, l.Type, host)
			}
		case l.Type == "TXT":
			for _, name := range followed(l) {
				add(l.Name, "SPF", name)
			}
		}
	}
	for _, host := range b.DNS.Delegation.NameServers {
		add(b.DNS.Zone, "NS", host)
	}
	slices.SortFunc(list, func(a, b evidence.Reference) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Type, b.Type), cmp.Compare(a.To, b.To))
	})
	return slices.Compact(list)
}

// own reports whether the record at the name is the municipality's, or its
// zone's.
func own(b *evidence.Bundle, name string) bool {
	return name != "" && (within(name, b.Target.Domain) || name == b.DNS.Zone)
}

// followed lists the records that the SPF records of an answer refer to; a
// redirect after "all" is dead (RFC 7208 section 6.1).
func followed(l evidence.Lookup) []string {
	var names []string
	for _, text := range records.SPFRecords(l.Records) {
		record, _ := records.ParseSPF(text) // what can be read of it
		for _, term := range record.Terms {
			if name := term.Follows(); name != "" && (term.Name != "redirect" || record.Redirects()) {
				names = append(names, name)
			}
		}
	}
	return names
}

// targets lists the names of which it is not known whether they exist.
func targets(references []evidence.Reference, lookups []evidence.Lookup) []string {
	var names []string
	for _, r := range references {
		if !slices.Contains(names, r.To) && !shown(r, lookups) && len(names) < maxTargets {
			names = append(names, r.To)
		}
	}
	return names
}

// shown reports whether a look-up has settled that the target exists or not. An
// answer through an alias shows that the alias leads somewhere; that it leads
// to nothing is asked at the target itself, as some servers get the code of such
// an answer wrong (RFC 6604).
func shown(r evidence.Reference, lookups []evidence.Lookup) bool {
	return slices.ContainsFunc(lookups, func(l evidence.Lookup) bool {
		return l.Name == r.To && l.Known() && len(l.Aliases) == 0 ||
			l.State == evidence.Seen && (l.Name == r.To || slices.Contains(l.Aliases, r.To))
	})
}

// unregistered lists the registrable names of targets that do not exist.
func unregistered(references []evidence.Reference, lookups []evidence.Lookup) []string {
	var names []string
	for _, r := range references {
		gone := slices.ContainsFunc(lookups, func(l evidence.Lookup) bool { return l.Name == r.To && l.NXDomain() })
		if gone && r.Registrable != "" && !slices.Contains(names, r.Registrable) {
			names = append(names, r.Registrable)
		}
	}
	return names
}

// home lists what the municipality holds itself: its domain, its zone, and the
// name that it is registered under.
func home(b *evidence.Bundle) []string {
	domain := b.Target.Domain
	return []string{domain, cmp.Or(b.DNS.Zone, domain), cmp.Or(registered(domain), domain)}
}

// registrable gives the part of a name that somebody has to register; "" below
// what is the municipality's own.
func registrable(name string, home []string) string {
	if slices.ContainsFunc(home, func(own string) bool { return within(name, own) }) {
		return ""
	}
	return registered(name)
}

// registered is one label below the suffix under which registries sell names.
// The geographic ones of Italy (to.it, cn.it) are such suffixes; the suffixes of
// hosting services, the private part of the list, are not: nobody registers
// there, one claims.
func registered(name string) string {
	suffix, ours := publicsuffix.PublicSuffix(name)
	for !ours && strings.Contains(suffix, ".") {
		_, above, _ := strings.Cut(suffix, ".")
		suffix, ours = publicsuffix.PublicSuffix(above)
	}
	rest, ok := strings.CutSuffix(name, "."+suffix)
	if !ok {
		return "" // a suffix itself
	}
	return rest[strings.LastIndexByte(rest, '.')+1:] + "." + suffix
}

func within(name, domain string) bool { return name == domain || strings.HasSuffix(name, "."+domain) }
