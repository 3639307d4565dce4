package scan

import (
	"context"
	"maps"
	"net/netip"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/names"
	"campanile/collectors/web"
)

// find looks for the other names of the municipality, and gives the sites to
// visit among them.
func (l *look) find(ctx context.Context) []string {
	if !l.b.Asked(evidence.DNSFamily) && !l.visits() {
		return nil
	}
	var sites []string
	most := 0
	if l.visits() {
		most = l.Sites
	}
	found, lookups := names.Find(ctx, l.search, names.Request{
		Bundle: l.b, Listed: l.Names[l.b.Target.Domain], Sites: most, Reserved: l.Network.Permit.AllowReserved,
	})
	for _, n := range found[len(l.b.Names):] {
		if n.Site {
			sites = append(sites, n.Name)
		}
	}
	l.b.Names = found
	l.add(names.Confirm(ctx, l.search, l.b, lookups))
	return sites
}

// former asks where the older domains of the inventory lead, and gives those
// that lead anywhere.
func (l *look) former(ctx context.Context) []string {
	if !l.b.Asked(evidence.DNSFamily) {
		return nil
	}
	var hosts []string
	lookups := names.Former(ctx, l.session, l.b.Target.Former)
	l.add(lookups)
	for _, found := range lookups {
		if found.State == evidence.Seen && found.Type != "NS" && !slices.Contains(hosts, found.Name) {
			hosts = append(hosts, found.Name)
		}
	}
	return hosts
}

// further visits the other sites. A former domain gets one ordinary visit: it
// tells a redirect to today's site from a stranger's.
func (l *look) further(ctx context.Context, sites, former []string) {
	if sites = l.welcome(sites); len(sites) > 0 {
		l.visit(ctx, sites, false)
	}
	if l.b.Asked(evidence.WebFamily) {
		l.b.Sites = append(l.b.Sites, web.Collect(ctx, l.session, web.Request{Names: l.welcome(former), Agent: l.agent()})...)
	}
}

// behind follows what the records lead to, and says which suppliers and
// products are known.
func (l *look) behind(ctx context.Context) {
	if l.b.Asked(evidence.DNSFamily) {
		references, lookups := names.References(ctx, l.search, l.b, l.Suppliers)
		l.b.DNS.References = references
		l.add(lookups)
	}
	l.known = l.origins(ctx)
	l.b.Suppliers = names.Recognise(l.b, l.Suppliers, l.known)
	l.b.Platforms = names.Platforms(l.b, l.Platforms)
}

// origins says which autonomous systems announce the addresses that no name
// gives away: from the user's own file, or from a look-up service where the user
// asked for one.
func (l *look) origins(ctx context.Context) names.Origins {
	origins := names.Origins{}
	var open []netip.Addr
	for _, address := range names.Unrecognised(l.b, l.Suppliers) {
		number, ok := uint32(0), false
		if l.Origin != nil {
			number, ok = l.Origin(address)
		}
		if ok {
			origins[address] = number
		} else {
			open = append(open, address)
		}
	}
	if l.OriginService != "" {
		answers, lookups := names.AskOrigins(ctx, l.session, l.OriginService, open)
		maps.Copy(origins, answers)
		l.add(lookups)
	}
	return origins
}
