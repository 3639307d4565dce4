package scan

import (
	"cmp"
	"context"
	cryptotls "crypto/tls"
	"net/netip"
	"slices"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/dns"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/mail"
	"campanile/collectors/names"
	"campanile/collectors/network"
	"campanile/collectors/tls"
	"campanile/collectors/web"
)

// Collect takes the evidence of one municipality: first its domain and www,
// then its other names, what its records lead to and who stands behind them,
// and last its further sites. Questions that two collectors ask are sent once.
func (s Scanner) Collect(ctx context.Context, target evidence.Target) *evidence.Bundle {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	session := s.Network.Session()
	l := look{Scanner: s, session: session, search: session.InSearchOfNames(), b: s.begin(session, target)}
	l.first(ctx)
	sites, former := l.find(ctx), l.former(ctx)
	l.behind(ctx)
	l.further(ctx, sites, former) // last: slow sites must not take the time of quick questions
	l.services(ctx)
	l.keepMisplaced()
	l.b.Sent = count(session.Sent())
	return l.b
}

// look is one municipality being looked at.
type look struct {
	Scanner
	session, search *network.Session // the same; questions of the search are counted apart
	b               *evidence.Bundle
	known           names.Origins // of the addresses that no name gives away
}

// first asks all families about the domain and www. DNS goes before the others,
// which run side by side: from one answer of www it learns the addresses of both,
// and from the delegation the DS records, and nobody has to ask for them again.
func (l *look) first(ctx context.Context) {
	b, domain := l.b, l.b.Target.Domain
	hosts := []string{domain, "www." + domain}
	validator := dnssec.New(l.session, l.Anchor)
	b.DNS = dns.Collect(ctx, l.session, dns.Request{
		Domain: domain, Names: hosts[1:], Validator: validator, Transfers: l.beyondPassive(), Basics: !b.Asked(evidence.DNSFamily),
	})
	var lookups []evidence.Lookup
	var group errgroup.Group
	group.Go(func() error {
		if b.Asked(evidence.MailFamily) {
			b.Mail, lookups = mail.Collect(ctx, l.session, mail.Request{
				Domain: domain, Helo: helo, Agent: l.agent(), Roots: l.Roots, Depth: l.depth(),
				Suppliers: l.Suppliers, Validator: validator, Control: l.Control, Memory: l.met,
			})
		}
		return nil
	})
	group.Go(func() error {
		l.visit(ctx, l.welcome(hosts), true)
		return nil
	})
	_ = group.Wait() // collectors give evidence, never errors
	l.add(lookups)
	l.add(validator.Lookups())
}

// visit looks at the sites of some hosts, and at their TLS. Where both are asked
// for, the first page of a host comes over the connection of its handshake. Home
// says that they are the domain and its www.
func (l *look) visit(ctx context.Context, hosts []string, home bool) {
	var endpoints []evidence.Endpoint
	var sites []evidence.Site
	servers := tls.Request{Names: hosts, Depth: l.depth(), Active: l.active, Roots: l.Roots, Memory: l.asked}
	pages := web.Request{Names: hosts, Agent: l.agent(), Home: home, WellKnown: l.beyondPassive(), Unclaimed: l.notices()}
	if l.b.Asked(evidence.TLSFamily) && l.b.Asked(evidence.WebFamily) {
		pages.Ahead = web.NewAhead(l.session, pages)
		servers.Kept = func(name string, address netip.Addr, conn *cryptotls.Conn) { pages.Ahead.Ask(ctx, name, address, conn) }
	}
	var group errgroup.Group
	group.Go(func() error {
		defer pages.Ahead.Over()
		if l.b.Asked(evidence.TLSFamily) {
			endpoints = tls.Collect(ctx, l.session, servers)
		}
		return nil
	})
	group.Go(func() error {
		if l.b.Asked(evidence.WebFamily) {
			sites = web.Collect(ctx, l.session, pages)
		}
		return nil
	})
	_ = group.Wait()
	l.b.Endpoints = append(l.b.Endpoints, endpoints...)
	l.b.Sites = append(l.b.Sites, sites...)
}

// welcome leaves out the names that asked to be left alone.
func (l *look) welcome(names []string) []string {
	if l.LeftAlone == nil {
		return names
	}
	return slices.DeleteFunc(slices.Clone(names), l.LeftAlone)
}

// welcomes reports that a name did not ask to be left alone.
func (l *look) welcomes(name string) bool { return l.LeftAlone == nil || !l.LeftAlone(name) }

// notices are the words by which hosting services tell that a name is free.
func (l *look) notices() []web.Notice {
	var list []web.Notice
	for _, supplier := range l.Suppliers {
		for _, text := range supplier.Unclaimed {
			list = append(list, web.Notice{Service: supplier.Name, Text: text})
		}
	}
	return list
}

func (l *look) add(lookups []evidence.Lookup) {
	l.b.DNS.Lookups = once(append(l.b.DNS.Lookups, lookups...))
}

// keepMisplaced leaves, of the reserved addresses, those that are out of place
// where this scan looks.
func (l *look) keepMisplaced() {
	inPlace := func(text string) bool {
		address, err := netip.ParseAddr(text)
		return err == nil && !l.Network.Permit.Misplaced(address)
	}
	for i := range l.b.DNS.Lookups {
		l.b.DNS.Lookups[i].Reserved = slices.DeleteFunc(l.b.DNS.Lookups[i].Reserved, inPlace)
	}
}

// visits reports whether any family looks at web sites.
func (l *look) visits() bool { return visitsSites(l.Families) }

func visitsSites(families []evidence.Family) bool {
	return slices.Contains(families, evidence.TLSFamily) || slices.Contains(families, evidence.WebFamily)
}

func (s Scanner) beyondPassive() bool { return s.Profile != evidence.Passive }

// depth is how much TLS servers are asked besides one ordinary handshake.
func (s Scanner) depth() string {
	if !s.beyondPassive() {
		return ""
	}
	return cmp.Or(s.Depth, evidence.GradeDepth)
}

// helo is the name in EHLO: it says what we are and resolves nowhere
// (RFC 2606 section 2).
const helo = "campanile.invalid"

// agent is the User-Agent: who scans, and where to ask.
func (s Scanner) agent() string {
	agent := s.Tool.Name + "/" + s.Tool.Version + " (outside check of public-body sites"
	if s.Contact != "" {
		agent += "; contact: " + s.Contact
	}
	return agent + ")"
}

func (s Scanner) begin(session *network.Session, target evidence.Target) *evidence.Bundle {
	b := &evidence.Bundle{
		Schema:   evidence.Schema,
		Tool:     s.Tool,
		Target:   target,
		Taken:    session.Now(),
		Profile:  s.Profile,
		Families: s.Families,
		Vantage:  evidence.Vantage{Contact: s.Contact, Anchor: s.Anchor.Digest(), Roots: s.Roots.Name},
		Names: []evidence.Name{
			{Name: target.Domain, Source: "given", Site: visitsSites(s.Families)},
			{Name: "www." + target.Domain, Source: "www", Site: visitsSites(s.Families)},
		},
	}
	for _, resolver := range s.Network.Resolvers {
		b.Vantage.Resolvers = append(b.Vantage.Resolvers, resolver.String())
	}
	return b
}

// once keeps one of several equal questions, the first that was answered.
func once(lookups []evidence.Lookup) []evidence.Lookup {
	var kept []evidence.Lookup
	for _, l := range lookups {
		i := slices.IndexFunc(kept, func(k evidence.Lookup) bool { return k.Name == l.Name && k.Type == l.Type })
		switch {
		case i < 0:
			kept = append(kept, l)
		case !kept[i].Known() && l.Known():
			kept[i] = l
		}
	}
	return kept
}

func count(sent network.Sent) evidence.Sent {
	c := evidence.Sent{
		DNSQueries: sent.Queries, NameQueries: sent.NameQueries, Connections: sent.Connections, Requests: sent.Requests,
		Bytes: sent.Bytes, Received: sent.Received, ByAddress: map[string]evidence.SentTo{},
	}
	for address, to := range sent.ByAddress {
		c.ByAddress[address.String()] = evidence.SentTo{
			DNSQueries: to.Queries, Connections: to.Connections, Requests: to.Requests, Bytes: to.Bytes,
		}
	}
	return c
}
