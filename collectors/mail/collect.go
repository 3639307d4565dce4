// Package mail collects what the mail records and the mail servers of a domain
// say: SPF with its includes, DMARC by tree walk, MTA-STS, and STARTTLS at each
// exchanger. It never sends a message and never tries to log in.
//
// It must not judge, and it dials only through a network.Session.
package mail

import (
	"context"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
	"campanile/collectors/tls"
)

// Request is what to look at.
type Request struct {
	Domain string    // ASCII, lower case, no final dot
	Helo   string    // the name to greet with in EHLO
	Agent  string    // User-Agent for the policy file
	Roots  tls.Roots // trusted authorities, for the policy host and STARTTLS
}

// Collect gives the mail evidence and the DNS look-ups that it needed.
func Collect(ctx context.Context, s *network.Session, r Request) (evidence.Mail, []evidence.Lookup) {
	var collected evidence.Mail
	lookups := ask.Jobs(
		func() []evidence.Lookup {
			var asked []evidence.Lookup
			collected.Exchanges, asked = visitExchangers(ctx, s, r)
			return asked
		},
		func() []evidence.Lookup {
			var asked []evidence.Lookup
			collected.Policy, asked = findPolicy(ctx, s, r)
			return asked
		},
		func() []evidence.Lookup { return followSPF(ctx, s, r.Domain) },
		func() []evidence.Lookup { return walkDMARC(ctx, s, r.Domain) },
		func() []evidence.Lookup {
			// RFC 8460 section 3: where failed deliveries are reported.
			return []evidence.Lookup{ask.One(ctx, s, "_smtp._tls."+r.Domain, dns.TypeTXT)}
		},
	)
	return collected, ask.Unique(lookups)
}
