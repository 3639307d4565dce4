package scan

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/dns"
	"campanile/collectors/evidence"
	"campanile/collectors/mail"
	"campanile/collectors/network"
	"campanile/collectors/tls"
	"campanile/collectors/web"
)

// Collect takes the evidence of one municipality. The collectors run side by
// side; questions that two of them ask are sent once.
func (s Scanner) Collect(ctx context.Context, target evidence.Target) *evidence.Bundle {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	session := s.Network.Session()
	b := s.begin(session, target)
	names := []string{target.Domain, "www." + target.Domain}
	beyondPassive := s.Profile != evidence.Passive

	var mailLookups []evidence.Lookup
	var group errgroup.Group
	group.Go(func() error {
		b.DNS = dns.Collect(ctx, session, dns.Request{Domain: target.Domain, Names: names[1:], Anchor: s.Anchor})
		return nil
	})
	if b.Asked(evidence.MailFamily) {
		group.Go(func() error {
			b.Mail, mailLookups = mail.Collect(ctx, session, mail.Request{Domain: target.Domain, Helo: helo, Agent: s.agent(), Roots: s.Roots})
			return nil
		})
	}
	if b.Asked(evidence.TLSFamily) {
		group.Go(func() error {
			b.Endpoints = tls.Collect(ctx, session, tls.Request{Names: names, Versions: beyondPassive, Roots: s.Roots})
			return nil
		})
	}
	if b.Asked(evidence.WebFamily) {
		group.Go(func() error {
			b.Sites = web.Collect(ctx, session, web.Request{Names: names, Agent: s.agent(), WellKnown: beyondPassive})
			return nil
		})
	}
	_ = group.Wait() // collectors give evidence, never errors
	b.DNS.Lookups = once(append(b.DNS.Lookups, mailLookups...))
	b.Sent = count(session.Sent())
	return b
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
			{Name: target.Domain, Source: "given"},
			{Name: "www." + target.Domain, Source: "www"},
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
		DNSQueries: sent.Queries, Connections: sent.Connections, Requests: sent.Requests,
		Bytes: sent.Bytes, Received: sent.Received, ByAddress: map[string]evidence.SentTo{},
	}
	for address, to := range sent.ByAddress {
		c.ByAddress[address.String()] = evidence.SentTo{
			DNSQueries: to.Queries, Connections: to.Connections, Requests: to.Requests, Bytes: to.Bytes,
		}
	}
	return c
}
