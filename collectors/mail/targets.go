package mail

import (
	"context"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// maxReports bounds the domains of others that take reports.
const maxReports = 4

// askTargets asks those who take the aggregate reports, and are not of the
// domain, whether they do (RFC 9990 section 4, RFC 7489 section 7.1). The name
// with an asterisk comes first: where the supplier takes reports about anybody
// it holds the answer for all its customers.
func askTargets(ctx context.Context, s *network.Session, domain string, walk []evidence.Lookup) []evidence.Lookup {
	facts := records.DMARCFacts{Name: domain, Registered: registered(domain)}
	for _, l := range walk {
		facts.Answers = append(facts.Answers, dmarcAnswer(l))
	}
	found := records.DiscoverDMARC(facts)
	record, _ := records.ParseDMARC(found.Record)
	var lookups []evidence.Lookup
	for _, target := range external(record.AggregateTo, found.PolicyDomain) {
		for _, who := range []string{"*", found.PolicyDomain} {
			l := ask.One(ctx, s, who+"._report._dmarc."+target, dns.TypeTXT)
			lookups = append(lookups, l)
			if len(records.DMARCRecords(l.Records)) > 0 {
				break
			}
		}
	}
	return lookups
}

// external lists the domains of mailboxes that need not be the policy domain's
// own: neither in it, nor in the same organization by the Public Suffix List.
func external(uris []string, policy string) []string {
	var list []string
	for _, uri := range uris {
		target := mailboxDomain(uri)
		switch {
		case target == "" || target == policy || strings.HasSuffix(target, "."+policy):
		case registered(policy) != "" && registered(policy) == registered(target):
		case !slices.Contains(list, target) && len(list) < maxReports:
			list = append(list, target)
		}
	}
	return list
}

// mailboxDomain gives the domain of a mailto URI, without the size limit that
// older records have (RFC 7489 section 6.2); nothing for another URI.
func mailboxDomain(uri string) string {
	scheme, rest, _ := strings.Cut(uri, ":")
	if !strings.EqualFold(scheme, "mailto") {
		return ""
	}
	box, _, _ := strings.Cut(rest, "?")
	box, _, _ = strings.Cut(box, "!")
	domain := box[strings.LastIndexByte(box, '@')+1:]
	return strings.ToLower(strings.TrimSuffix(domain, "."))
}
