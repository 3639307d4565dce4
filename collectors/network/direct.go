package network

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// Query is one question to one name server.
type Query struct {
	Name      string
	Type      uint16
	Recursion bool // RD (RFC 1035 section 4.1.1): the server may resolve the name for us
	Anew      bool // a second look: takes nothing from the cache
	TCP       bool // over TCP at once; takes nothing from the cache either
}

// Reply is what one name server said itself. A server that answers REFUSED has
// answered: Err is only set when nothing usable came at all.
type Reply struct {
	Server             netip.Addr
	Name               string // as asked: lower case, with the final dot
	Type               uint16
	At                 time.Time
	Rcode              int
	Authoritative      bool     // AA
	RecursionAvailable bool     // RA
	AuthenticData      bool     // AD (RFC 6840 section 5.8): a resolver has validated it
	Answer             []dns.RR // the three sections, without OPT
	Authority          []dns.RR
	Additional         []dns.RR
	Err                error // *Error when there is no reply
}

// dnsPort is where name servers listen (RFC 1035 section 4.2).
const dnsPort = 53

type serverQuestion struct {
	server    netip.Addr
	name      string
	kind      uint16
	recursion bool
}

// AskServer puts one question to one name server, or takes its reply from the
// cache that all targets share. The address must be permitted, and each server
// has a queue of its own for the whole process. DO is set.
func (s *Session) AskServer(ctx context.Context, server netip.Addr, q Query) Reply {
	server, q.Name = server.Unmap(), dns.CanonicalName(q.Name)
	blank := Reply{Server: server, Name: q.Name, Type: q.Type}
	ask := func(ctx context.Context) Reply {
		reply := blank
		message, err := s.direct(ctx, server, q)
		reply.At, reply.Err = s.network.now(), err
		if err == nil {
			reply.take(message)
		}
		return reply
	}
	if q.Anew || q.TCP {
		return ask(ctx)
	}
	return s.network.replies.get(ctx, serverQuestion{server, q.Name, q.Type, q.Recursion}, kind[serverQuestion, Reply]{
		now: s.network.now,
		ask: ask,
		stopped: func(err error) Reply {
			reply := blank
			reply.At, reply.Err = s.network.now(), err
			return reply
		},
		failure: func(r Reply) error { return r.Err },
		life: func(r Reply) time.Duration {
			return lifetime(r.Err != nil || r.Rcode == dns.RcodeServerFailure, r.Answer, r.Authority)
		},
	})
}

func (r *Reply) take(message *dns.Msg) {
	r.Rcode, r.AuthenticData = message.Rcode, message.AuthenticatedData
	r.Authoritative, r.RecursionAvailable = message.Authoritative, message.RecursionAvailable
	r.Answer, r.Authority = message.Answer, message.Ns
	for _, rr := range message.Extra {
		if rr.Header().Rrtype != dns.TypeOPT {
			r.Additional = append(r.Additional, rr)
		}
	}
}

// direct asks over UDP, with more patience the second time. A server that is
// busy or far away may be slow once; one that refuses is not asked again.
func (s *Session) direct(ctx context.Context, server netip.Addr, q Query) (*dns.Msg, error) {
	if err := ctx.Err(); err != nil {
		return nil, &Error{"interrupted", err}
	}
	if err := s.network.Permit.Check(server); err != nil {
		return nil, err
	}
	name, err := presented(q.Name)
	if err != nil {
		return nil, err
	}
	query := newQuery(name, q.Type)
	query.RecursionDesired, query.CheckingDisabled = q.Recursion, false
	queue := s.network.questions.of(server, s.limits.serverPace(), s.network.Share, "dns ")
	first := try{netip.AddrPortFrom(server, dnsPort), transport(q), s.limits.Server, queue}
	second := first
	second.limit = s.limits.Server * 5 / 2
	reply, err := s.exchange(ctx, first, query)
	if err != nil && Problem(err) == "timeout" && ctx.Err() == nil && !s.network.outward.closed() {
		reply, err = s.exchange(ctx, second, query)
	}
	if ctx.Err() == nil {
		s.network.outward.note(server, err)
	}
	return reply, err
}

func transport(q Query) string {
	network := "udp"
	if q.TCP {
		network = "tcp"
	}
	return network
}

// AskResolver puts one question to one of the resolvers, by UDP or TCP, and
// lets it validate: it shows what the resolver itself does. Nothing is cached.
func (s *Session) AskResolver(ctx context.Context, resolver netip.AddrPort, q Query) Reply {
	name := dns.CanonicalName(q.Name)
	reply := Reply{Server: resolver.Addr().Unmap(), Name: name, Type: q.Type}
	query := newQuery(name, q.Type)
	query.CheckingDisabled = false
	message, err := s.exchange(ctx, try{resolver, transport(q), s.limits.Query / 2, nil}, query)
	reply.At, reply.Err = s.network.now(), err
	if err == nil {
		reply.take(message)
	}
	return reply
}

// AnswerOf gives the reply as the resolver would give its answer. Only an
// authority's word counts, and only about its own data: a referral, an excuse
// and an alias that leads out of the server's zones are an Err.
func (r Reply) AnswerOf() Answer {
	answer := Answer{Name: r.Name, Type: r.Type, At: r.At, Err: r.Err}
	if r.Err != nil {
		return answer
	}
	message := &dns.Msg{MsgHdr: dns.MsgHdr{Rcode: r.Rcode, Authoritative: r.Authoritative}, Answer: r.Answer, Ns: r.Authority}
	if err := usable(message); err != nil {
		answer.Err = err
		return answer
	}
	if !r.Authoritative {
		answer.Err = &Error{"malformed", fmt.Errorf("%s answers without authority", r.Server)}
		return answer
	}
	found := read(message, r.Name, r.Type)
	found.Name, found.Type, found.At = r.Name, r.Type, r.At
	if len(found.Aliases) > 0 && len(found.Records) == 0 && found.Err == nil {
		found.Err = &Error{"depends-on-unknown", errors.New("the alias leads to names that another server has to answer for")}
	}
	return found
}
