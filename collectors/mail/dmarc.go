package mail

import (
	"cmp"
	"context"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// walkDMARC asks for the policy of the domain, and where it has none, of its
// parents (RFC 9989 section 4.10).
func walkDMARC(ctx context.Context, s *network.Session, domain string) []evidence.Lookup {
	var lookups []evidence.Lookup
	for i, name := range records.DMARCNames(domain) {
		l := ask.One(ctx, s, name, dns.TypeTXT)
		lookups = append(lookups, l)
		if ends(l, i == 0) {
			break
		}
	}
	return lookups
}

// ends reports whether the walk stops at this answer: at a record of the domain
// itself, at a parent that says where the organization begins (psd), and at a
// failure, which receivers take for a reason to wait.
func ends(l evidence.Lookup, own bool) bool {
	answer := dmarcAnswer(l)
	return answer.EndsWalk() || own && len(records.DMARCRecords(answer.Records)) == 1
}

// dmarcAnswer is what the grammar needs of a look-up; whatever is not known has
// a problem.
func dmarcAnswer(l evidence.Lookup) records.DMARCAnswer {
	answer := records.DMARCAnswer{Name: l.Name, Records: l.Records}
	if !l.Known() {
		answer.Problem = string(cmp.Or(l.Problem, evidence.Interrupted))
	}
	return answer
}
