// Package mail collects what the mail records and the mail servers of a domain
// say: SPF with its includes, DMARC by tree walk, DKIM keys, MTA-STS, and
// STARTTLS with its certificate and DANE records at each exchanger. It never
// sends a message and never tries to log in.
//
// It must not judge, and it dials only through a network.Session.
package mail

import (
	"context"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records"
	"campanile/collectors/tls"
)

// Request is what to look at.
type Request struct {
	Domain string    // ASCII, lower case, no final dot
	Helo   string    // the name to greet with in EHLO
	Agent  string    // User-Agent for the policy file
	Roots  tls.Roots // trusted authorities, for the policy host and STARTTLS
	// Depth says how much exchangers are asked besides one handshake: nothing; for
	// old versions and weak suites (evidence.GradeDepth, profile standard and up);
	// or for every version, suite and group (evidence.FullDepth).
	Depth string
	// Suppliers are those whose DKIM selectors are known, and whose certified
	// mail is only greeted.
	Suppliers []records.Supplier
	// Validator validates what DANE rests on; nil validates nothing.
	Validator *dnssec.Validator
	// Control is a host that is known to take mail, dialled when an exchanger of
	// the domain is silent or none offers encryption; empty where there is none.
	Control string
	// Memory is shared by the towns of one run; nil remembers nothing.
	Memory *Memory
}

// Collect gives the mail evidence and the DNS look-ups that it needed, but for
// those of the Validator.
func Collect(ctx context.Context, s *network.Session, r Request) (evidence.Mail, []evidence.Lookup) {
	var way route
	var announced evidence.Lookup
	var spf, dmarc []evidence.Lookup
	lookups := ask.Jobs(
		func() []evidence.Lookup {
			way = findRoute(ctx, s, r)
			return way.lookups()
		},
		func() []evidence.Lookup {
			announced = ask.One(ctx, s, "_mta-sts."+r.Domain, dns.TypeTXT)
			return []evidence.Lookup{announced}
		},
		func() []evidence.Lookup {
			spf = followSPF(ctx, s, r.Domain)
			return spf
		},
		func() []evidence.Lookup {
			dmarc = walkDMARC(ctx, s, r.Domain)
			return dmarc
		},
	)
	collected := evidence.Mail{Exchanges: way.exchanges}
	suppliers := recognise(r, way, spf)
	lookups = append(lookups, ask.Jobs(
		func() []evidence.Lookup {
			var asked []evidence.Lookup
			collected.Control, asked = visit(ctx, s, r, &way)
			return asked
		},
		func() []evidence.Lookup {
			var asked []evidence.Lookup
			collected.Policy, asked = findPolicy(ctx, s, r, announced)
			return asked
		},
		func() []evidence.Lookup {
			var asked []evidence.Lookup
			collected.Selectors, asked = findKeys(ctx, s, r.Domain, suppliers)
			return asked
		},
		func() []evidence.Lookup { return askForReports(ctx, s, r.Domain, announced, way) },
		func() []evidence.Lookup { return askTargets(ctx, s, r.Domain, dmarc) },
	)...)
	return collected, ask.Unique(lookups)
}

// askForReports asks where failed deliveries are reported (RFC 8460 section 3),
// which only means something where senders insist on TLS.
func askForReports(ctx context.Context, s *network.Session, domain string, announced evidence.Lookup, way route) []evidence.Lookup {
	insisted := len(records.MTASTSRecords(announced.Records)) > 0 ||
		slices.ContainsFunc(way.lookups(), func(l evidence.Lookup) bool { return l.Type == "TLSA" && l.State == evidence.Seen })
	if !insisted {
		return nil
	}
	return []evidence.Lookup{ask.One(ctx, s, "_smtp._tls."+domain, dns.TypeTXT)}
}

// validated is an answer with what validation makes of it.
type validated struct {
	evidence.Lookup
	answer network.Answer
	unsure evidence.Problem // why its security is not known
}

// inquire asks one question and validates the answer.
func inquire(ctx context.Context, s *network.Session, r Request, q ask.Question) validated {
	answer := s.Ask(ctx, q.Name, q.Type)
	v := validated{Lookup: observe.Lookup(answer), answer: answer}
	if answer.Err == nil {
		verdict := r.Validator.Validate(ctx, answer)
		v.Security, v.unsure = verdict.Security, verdict.Problem
	}
	return v
}
