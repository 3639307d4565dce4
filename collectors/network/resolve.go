package network

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// try is one attempt at a question.
type try struct {
	server  netip.AddrPort
	network string
	limit   time.Duration
	queue   *queue // where to wait for a turn; nil: none
}

// plan spreads the time for one question over the servers: each once by UDP,
// the first again with more patience, and one by TCP for networks that drop
// UDP. The last try has whatever time is left. There is at least one server.
func (s *Session) plan() []try {
	servers := s.network.Resolvers
	share := s.limits.Query / time.Duration(2*len(servers)+5)
	var plan []try
	for _, server := range servers {
		plan = append(plan, try{server, "udp", 2 * share, nil})
	}
	return append(plan, try{servers[0], "udp", 3 * share, nil}, try{servers[0], "tcp", s.limits.Query, nil})
}

func (s *Session) resolve(ctx context.Context, name string, kind uint16) Answer {
	if err := ctx.Err(); err != nil {
		return Answer{Err: &Error{"interrupted", err}}
	}
	if len(s.network.Resolvers) == 0 {
		return Answer{Err: &Error{"no-route", errors.New("no resolver is known; give one with --resolver")}}
	}
	name, err := presented(name)
	if err != nil {
		return Answer{Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Query)
	defer cancel()
	var failure error
	unfit := map[netip.AddrPort]bool{} // answered, but with an excuse: asking again is rude and useless
	for _, try := range s.plan() {
		if unfit[try.server] {
			continue
		}
		reply, err := s.exchange(ctx, try, newQuery(name, kind))
		if err == nil {
			if err = usable(reply); err == nil {
				answer := read(reply, name, kind)
				if err = answer.unfounded(); err == nil {
					return answer
				}
			}
			unfit[try.server] = true
		}
		// The first failure tells most, unless we ourselves were the reason.
		if p := Problem(err); failure == nil || p == "interrupted" || p == budgetSpent {
			failure = err
		}
		if ctx.Err() != nil || Problem(err) == budgetSpent {
			break
		}
	}
	return Answer{Err: failure}
}

// presented gives the name as it comes back from the wire, with the escapes of
// RFC 1035 section 5.1, so that it can be held against what the server says.
func presented(name string) (string, error) {
	wire := make([]byte, 256)
	if _, err := dns.PackDomainName(name, wire, 0, nil, false); err != nil {
		return "", &Error{"malformed", fmt.Errorf("%q is not a domain name", name)}
	}
	back, _, err := dns.UnpackDomainName(wire, 0)
	if err != nil {
		return "", &Error{"malformed", fmt.Errorf("%q is not a domain name", name)}
	}
	return dns.CanonicalName(back), nil
}

// usable tells an answer from an excuse.
func usable(reply *dns.Msg) error {
	switch reply.Rcode {
	case dns.RcodeSuccess:
		if isReferral(reply) {
			return &Error{"malformed", errors.New("the resolver only refers to other servers; it does not resolve")}
		}
		return nil
	case dns.RcodeNameError:
		return nil
	case dns.RcodeRefused:
		return &Error{"refused", errors.New("the resolver answered REFUSED")}
	case dns.RcodeServerFailure:
		return &Error{"servfail", errors.New("the resolver answered SERVFAIL")}
	}
	return &Error{"malformed", fmt.Errorf("the resolver answered %s", dns.RcodeToString[reply.Rcode])}
}

// unfounded tells a denial that no zone stands behind from one that counts: a
// denial names its zone by the SOA record, or by signed records (RFC 2308 section
// 3). Without them NXDOMAIN comes from a list of names that the resolver blocks,
// and aliases without an end were not followed to it (RFC 2308 section 2.2). That
// a name merely lacks a type is told without them by many.
func (a Answer) unfounded() error {
	absent, _ := a.Denied()
	unfinished := len(a.Aliases) > 0 && a.Type != dns.TypeDS // an alias at all is what counts for DS
	if !absent || a.Rcode == dns.RcodeSuccess && !unfinished {
		return nil
	}
	last := a.Name
	if len(a.Aliases) > 0 {
		last = a.Aliases[len(a.Aliases)-1]
	}
	if slices.ContainsFunc(a.Proof, func(rr dns.RR) bool {
		kind := rr.Header().Rrtype
		return kind == dns.TypeNSEC || kind == dns.TypeNSEC3 || kind == dns.TypeSOA && dns.IsSubDomain(rr.Header().Name, last)
	}) {
		return nil
	}
	return &Error{"malformed", fmt.Errorf("the resolver denies %s without the SOA record of a zone", strings.TrimSuffix(last, "."))}
}

// isReferral tells "ask over there" from "there is none" (RFC 2308 section
// 2.2): name servers without an SOA, from a server that is no authority.
func isReferral(reply *dns.Msg) bool {
	has := func(kind uint16) bool {
		return slices.ContainsFunc(reply.Ns, func(rr dns.RR) bool { return rr.Header().Rrtype == kind })
	}
	return len(reply.Answer) == 0 && !reply.Authoritative && has(dns.TypeNS) && !has(dns.TypeSOA)
}

// maxAliases bounds a CNAME chain; resolvers follow about as many.
const maxAliases = 16

// read follows the alias chain inside the answer section, as RFC 1034 section
// 4.3.2 has it filled.
func read(reply *dns.Msg, name string, kind uint16) Answer {
	answer := Answer{Name: name, Type: kind, Rcode: reply.Rcode, Answer: reply.Answer, Proof: reply.Ns}
	owner := name
	for kind != dns.TypeCNAME {
		target := aliasOf(reply.Answer, owner)
		if target == "" {
			break
		}
		if len(answer.Aliases) == maxAliases || slices.Contains(answer.Aliases, target) || target == name {
			answer.Err = &Error{"too-many", fmt.Errorf("the aliases of %s run in a circle", strings.TrimSuffix(name, "."))}
			return answer
		}
		answer.Aliases = append(answer.Aliases, target)
		owner = target
	}
	for _, rr := range reply.Answer {
		if rr.Header().Rrtype == kind && dns.CanonicalName(rr.Header().Name) == owner {
			answer.Records = append(answer.Records, rr)
		}
	}
	return answer
}

func aliasOf(section []dns.RR, owner string) string {
	for _, rr := range section {
		if alias, ok := rr.(*dns.CNAME); ok && dns.CanonicalName(rr.Header().Name) == owner {
			return dns.CanonicalName(alias.Target)
		}
	}
	return ""
}
