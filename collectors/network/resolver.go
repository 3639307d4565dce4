package network

import (
	"context"
	"net/netip"
	"slices"
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

// Denied reports an authoritative no, and whether the whole name does not
// exist. Behind an alias NXDOMAIN speaks of the target and not of the name
// asked for, which does exist (RFC 6604 section 3).
func (a Answer) Denied() (absent, wholeName bool) {
	absent = a.Err == nil && len(a.Records) == 0
	return absent, absent && a.Rcode == dns.RcodeNameError && len(a.Aliases) == 0
}

// Ask puts one question to the resolvers, or takes the answer from the cache
// that all targets share. DO and CD are set: the resolver passes on what it
// got, signatures included, and we judge. What fails is an answer with Err.
func (s *Session) Ask(ctx context.Context, name string, kind uint16) Answer {
	name = dns.CanonicalName(name)
	if given, ok := s.instead[question{name, kind}]; ok {
		return given
	}
	alias, known := s.network.answers.alias(question{name, kind}, s.network.now())
	if !known {
		return s.ask(ctx, name, kind)
	}
	return alias.then(s.ask(ctx, alias.target(), kind))
}

func (s *Session) ask(ctx context.Context, name string, kind uint16) Answer {
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
		list = append(list, AddressesOf(answer.Records)...)
	}
	if len(list) == 0 && failed != nil {
		return nil, failed
	}
	return list, nil
}

// AddressesOf gives the addresses of A and AAAA records, IPv4 first, each once.
func AddressesOf(records []dns.RR) []netip.Addr {
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
