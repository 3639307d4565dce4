package mail

import (
	"context"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// DMARCFacts asks what readers of DMARC ask about mail from a name, newer and
// older ones: at most eight questions for the tree walk (RFC 9989 section
// 4.10), one at the name that older readers fall back to (RFC 7489 section
// 3.2), and, where a policy of a name above could apply, whether the name
// exists.
func DMARCFacts(ctx context.Context, s *network.Session, name string) records.DMARCFacts {
	facts := records.DMARCFacts{Name: name, Registered: registered(name)}
	for _, query := range records.DMARCNames(name) {
		answer := askDMARC(ctx, s, query)
		facts.Answers = append(facts.Answers, answer)
		if answer.EndsWalk() {
			break // a failure too: behind it nothing can be concluded
		}
	}
	if found := records.DMARCRecords(facts.Answers[0].Records); len(found) > 0 || facts.Answers[0].Problem != "" {
		return facts // nobody looks further for a policy, or it is not known where to
	}
	if query := facts.OlderQuery(); query != "" && !hasAnswer(facts, query) {
		facts.Answers = append(facts.Answers, askDMARC(ctx, s, query))
	}
	facts.Missing, facts.MissingProblem = missing(ctx, s, name)
	return facts
}

func askDMARC(ctx context.Context, s *network.Session, query string) records.DMARCAnswer {
	answer := dmarcAnswer(ask.One(ctx, s, query, dns.TypeTXT))
	answer.Name = query
	return answer
}

func hasAnswer(facts records.DMARCFacts, query string) bool {
	for _, a := range facts.Answers {
		if a.Name == query {
			return true
		}
	}
	return false
}

// missing reports whether a name does not exist: NXDOMAIN, to a question of any
// type (RFC 9989 section 3.2.13, RFC 8020).
func missing(ctx context.Context, s *network.Session, name string) (gone bool, problem string) {
	answer := s.Ask(ctx, name, dns.TypeA)
	if answer.Err != nil {
		return false, network.Problem(answer.Err)
	}
	_, gone = answer.Denied()
	return gone, ""
}

// registered gives the organizational domain by the Public Suffix List: one
// label below the public suffix. A public suffix has none.
func registered(name string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(strings.TrimSuffix(name, "."))
	if err != nil {
		return ""
	}
	return domain
}
