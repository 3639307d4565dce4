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

// Answer is what the resolver said to one question.
type Answer struct {
	Name    string // lower case, with the final dot
	Type    uint16
	At      time.Time
	Rcode   int
	Records []dns.RR // of the type asked for, at the end of the alias chain
	Aliases []string // names that CNAME records led to, in order, with the final dot
	Answer  []dns.RR // the whole answer section, signatures included
	Proof   []dns.RR // the authority section: the denial of what is not there
	Err     error    // *Error when there is no usable answer
}

// Signed reports whether signatures came with the answer or the denial.
func (a Answer) Signed() bool {
	isSignature := func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeRRSIG }
	if len(a.Records) > 0 {
		return slices.ContainsFunc(a.Answer, isSignature)
	}
	return slices.ContainsFunc(a.Proof, isSignature)
}

// Denied reports an authoritative no, and whether the whole name does not exist.
func (a Answer) Denied() (absent, wholeName bool) {
	absent = a.Err == nil && len(a.Records) == 0
	return absent, absent && a.Rcode == dns.RcodeNameError
}

// Ask puts one question to the resolvers, or takes the answer from the cache
// that all targets share. DO and CD are set: the resolver passes on what it
// got, signatures included, and we judge. What fails is an answer with Err.
func (s *Session) Ask(ctx context.Context, name string, kind uint16) Answer {
	name = dns.CanonicalName(name)
	return s.network.answers.get(ctx, question{name, kind}, s.network.now, func(ctx context.Context) Answer {
		answer := s.resolve(ctx, name, kind)
		answer.Name, answer.Type, answer.At = name, kind, s.network.now()
		return answer
	})
}

// Addresses gives the addresses of a host, IPv4 first, each family sorted. It
// gives an error only when there is no address and that is not certain.
func (s *Session) Addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	var list []netip.Addr
	var failed error
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		answer := s.Ask(ctx, host, kind)
		if answer.Err != nil {
			failed = answer.Err
		}
		list = append(list, addressesOf(answer.Records)...)
	}
	if len(list) == 0 && failed != nil {
		return nil, failed
	}
	return list, nil
}

func addressesOf(records []dns.RR) []netip.Addr {
	var list []netip.Addr
	for _, rr := range records {
		var address netip.Addr
		switch rr := rr.(type) {
		case *dns.A:
			address, _ = netip.AddrFromSlice(rr.A)
		case *dns.AAAA:
			address, _ = netip.AddrFromSlice(rr.AAAA)
		}
		if address.IsValid() {
			list = append(list, address.Unmap())
		}
	}
	slices.SortFunc(list, netip.Addr.Compare)
	return slices.Compact(list)
}

// try is one attempt at a question.
type try struct {
	server  netip.AddrPort
	network string
	limit   time.Duration
}

// plan spreads the time for one question over the servers: each once by UDP,
// the first again with more patience, and one by TCP for networks that drop
// UDP.
func (s *Session) plan() []try {
	var plan []try
	for _, server := range s.network.Resolvers {
		plan = append(plan, try{server, "udp", s.limits.Query / 4})
	}
	if len(s.network.Resolvers) > 0 {
		first := s.network.Resolvers[0]
		plan = append(plan, try{first, "udp", s.limits.Query * 3 / 8}, try{first, "tcp", s.limits.Query / 4})
	}
	return plan
}

func (s *Session) resolve(ctx context.Context, name string, kind uint16) Answer {
	if _, ok := dns.IsDomainName(name); !ok {
		return Answer{Err: &Error{"malformed", fmt.Errorf("%q is not a domain name", name)}}
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Query)
	defer cancel()
	last := error(&Error{"no-route", errors.New("no resolver is known; give one with --resolver")})
	refused := map[netip.AddrPort]bool{}
	for _, try := range s.plan() {
		if refused[try.server] {
			continue
		}
		if s.ledger.queries() >= s.limits.Queries {
			return Answer{Err: &Error{"budget-spent", fmt.Errorf("%d DNS questions for one target", s.limits.Queries)}}
		}
		reply, err := s.exchange(ctx, try, name, kind)
		if err == nil {
			if err = usable(reply); err == nil {
				return read(reply, name, kind)
			}
			refused[try.server] = true
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return Answer{Err: last}
}

// usable tells an answer from an excuse.
func usable(reply *dns.Msg) error {
	switch reply.Rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
		return nil
	case dns.RcodeRefused:
		return &Error{"refused", errors.New("the resolver answered REFUSED")}
	case dns.RcodeServerFailure:
		return &Error{"servfail", errors.New("the resolver answered SERVFAIL")}
	}
	return &Error{"malformed", fmt.Errorf("the resolver answered %s", dns.RcodeToString[reply.Rcode])}
}

// maxAliases bounds a CNAME chain; resolvers follow about as many.
const maxAliases = 16

// read follows the alias chain inside the answer section, as RFC 1034 section
// 4.3.2 has it filled.
func read(reply *dns.Msg, name string, kind uint16) Answer {
	answer := Answer{Rcode: reply.Rcode, Answer: reply.Answer, Proof: reply.Ns}
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
