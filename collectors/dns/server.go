package dns

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// server is one address of one or several name servers of the zone.
type server struct {
	address netip.Addr
	hosts   []string
	reply   network.Reply // the last one to a question about the zone
	asked   bool
	soa     *dns.SOA // of the zone, given with authority
	again   int64
	recursion,
	transfer evidence.Observation
	transferred int
}

// maxFamily bounds the addresses of one host that are asked, of each family.
const maxFamily = 2

// at gives the servers of the hosts, by the addresses that are known. Those that
// were there before stay, and stand first.
func (p *plan) at(hosts []string) []*server {
	list := p.servers
	for _, host := range hosts {
		a, _ := p.answer(host, dns.TypeA)
		aaaa, _ := p.answer(host, dns.TypeAAAA)
		if len(a.Records)+len(aaaa.Records) == 0 {
			// Forgotten in the zone, a server is still found through the zone above.
			a.Records, aaaa.Records = p.glued(host, dns.TypeA), p.glued(host, dns.TypeAAAA)
		}
		for _, records := range [][]dns.RR{a.Records, aaaa.Records} {
			addresses := network.AddressesOf(records)
			for _, address := range addresses[:min(len(addresses), maxFamily)] {
				list = withServer(list, host, address)
			}
		}
	}
	return list
}

// glued gives the glue of a host (RFC 1034 section 4.2.1).
func (p *plan) glued(host string, kind uint16) []dns.RR {
	return owned(p.glue, dns.CanonicalName(host), kind)
}

func withServer(list []*server, host string, address netip.Addr) []*server {
	i := slices.IndexFunc(list, func(s *server) bool { return s.address == address })
	switch {
	case i < 0 && len(list) < evidence.MaxNameServers:
		return append(list, &server{address: address, hosts: []string{host}})
	case i >= 0 && !slices.Contains(list[i].hosts, host):
		list[i].hosts = append(list[i].hosts, host)
	}
	return list
}

// first puts the first question to a server. What it says with authority is an
// answer like the resolver's, and is told to everybody who asks for it. RD is
// set: the reply says whether the server would resolve names for us (RA).
func (p *plan) first(s *server, q ask.Question) job {
	return func(ctx context.Context) []network.Answer {
		session := p.session
		if q.Name == p.madeUp {
			session = session.InSearchOfNames()
		}
		s.hear(session.AskServer(ctx, s.address, network.Query{Name: q.Name, Type: q.Type, Recursion: true}), p.home.apex)
		answer := s.reply.AnswerOf()
		if answer.Err != nil || q.Type == dns.TypeSOA || !p.speaks(s, answer) {
			return nil
		}
		p.session.Know(answer)
		return []network.Answer{answer}
	}
}

// speaks reports whether the answer is the zone's own. A server with authority
// for the zone above only, or for everything, denies what is not its to deny; and
// what one says of names in other zones counts for nobody (RFC 2181 section 5.4.1).
func (p *plan) speaks(s *server, answer network.Answer) bool {
	zone := dns.CanonicalName(p.home.apex)
	abroad := slices.ContainsFunc(answer.Aliases, func(alias string) bool { return !dns.IsSubDomain(zone, alias) })
	return !abroad && (len(answer.Records) > 0 || s.soa != nil)
}

// hear notes a reply, and the SOA record of the zone where the server gives it
// with authority: in the answer, or in a denial.
func (s *server) hear(reply network.Reply, zone string) {
	s.asked, s.reply = true, reply
	if reply.Err != nil || !reply.Authoritative || zone == "" {
		return
	}
	for _, rr := range slices.Concat(reply.Answer, reply.Authority) {
		if soa, ok := rr.(*dns.SOA); ok && dns.CanonicalName(soa.Hdr.Name) == dns.CanonicalName(zone) {
			s.soa = soa
		}
	}
}

// answered reports that the server has said something.
func (s *server) answered() bool { return s.asked && s.reply.Err == nil }

// further asks a server that has answered for what it did not say yet.
func (p *plan) further(s *server) []job {
	if !s.answered() || p.home.apex == "" {
		return nil
	}
	reply := s.reply
	jobs := []job{func(ctx context.Context) []network.Answer { p.recurse(ctx, s, reply); return nil }}
	if !p.represented(s) {
		jobs = append(jobs, func(ctx context.Context) []network.Answer { p.transferFrom(ctx, s); return nil })
	}
	if s.soa == nil {
		jobs = append(jobs, p.authority(s))
	}
	return jobs
}

// authority asks for the SOA record, which only the zone's own servers answer
// with authority, where the first reply did not show it.
func (p *plan) authority(s *server) job {
	return func(ctx context.Context) []network.Answer {
		s.hear(p.session.AskServer(ctx, s.address, network.Query{Name: p.home.apex, Type: dns.TypeSOA, Recursion: true}), p.home.apex)
		return nil
	}
}

// anew asks for the SOA record once more, past what is remembered.
func (p *plan) anew(s *server) job {
	return func(ctx context.Context) []network.Answer {
		s.hear(p.session.AskServer(ctx, s.address, network.Query{Name: p.home.apex, Type: dns.TypeSOA, Recursion: true, Anew: true}), p.home.apex)
		return nil
	}
}

// late asks one server everything in a row.
func (p *plan) late(s *server) job {
	return func(ctx context.Context) []network.Answer {
		p.authority(s)(ctx)
		if s.answered() {
			p.transferFrom(ctx, s)
			p.recurse(ctx, s, s.reply)
		}
		return nil
	}
}

// differing gives the servers that told a serial, where they do not all tell
// the same one.
func (p *plan) differing() []*server {
	told := slices.DeleteFunc(slices.Clone(p.servers), func(s *server) bool { return s.soa == nil })
	if !slices.ContainsFunc(told, func(s *server) bool { return s.soa.Serial != told[0].soa.Serial }) {
		return nil
	}
	return told
}

// again looks at the serial a second time: a secondary may just have been
// catching up (RFC 1996).
func (p *plan) again(s *server) job {
	return func(ctx context.Context) []network.Answer {
		reply := p.session.AskServer(ctx, s.address, network.Query{Name: p.home.apex, Type: dns.TypeSOA, Anew: true})
		var second server
		second.hear(reply, p.home.apex)
		if second.soa != nil {
			s.again = int64(second.soa.Serial)
		}
		return nil
	}
}

// transferFrom asks for the whole zone, where the caller wants that.
func (p *plan) transferFrom(ctx context.Context, s *server) {
	if !p.request.Transfers {
		s.transfer = evidence.Skipped(evidence.NotInProfile, "")
		return
	}
	got := p.session.Transfer(ctx, s.address, p.home.apex)
	switch {
	case got.Err != nil:
		s.transfer = observe.Failure(got.At, got.Err)
	case got.Records > 0:
		s.transfer, s.transferred = evidence.SeenAt(got.At), got.Records
	case got.Rcode == dns.RcodeServerFailure:
		s.transfer = evidence.UnknownAt(got.At, evidence.ServFail, "the server answers the transfer with SERVFAIL")
	default:
		s.transfer = evidence.AbsentAt(got.At)
	}
}

// represented reports whether another address of the same hosts, one that has
// answered, stands for this one: they are one server.
func (p *plan) represented(s *server) bool {
	for _, other := range p.servers {
		if other == s {
			return false
		}
		if other.answered() && slices.Equal(other.hosts, s.hosts) {
			return true
		}
	}
	return false
}

// nameServers is the evidence of all servers, sorted by host and address.
func (p *plan) nameServers() []evidence.NameServer {
	var list []evidence.NameServer
	for _, s := range p.servers {
		for _, host := range s.hosts {
			n := s.evidence()
			n.Host = host
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b evidence.NameServer) int {
		return strings.Compare(a.Host+" "+a.Address, b.Host+" "+b.Address)
	})
	return list[:min(len(list), evidence.MaxNameServers)]
}

func (s *server) evidence() evidence.NameServer {
	n := evidence.NameServer{Address: s.address.String(), Again: s.again}
	switch {
	case !s.asked:
		return n
	case s.reply.Err != nil && s.soa == nil:
		n.Observation = observe.Failure(s.reply.At, s.reply.Err)
		return n
	}
	n.Observation, n.Rcode = evidence.SeenAt(s.reply.At), dns.RcodeToString[s.reply.Rcode]
	n.Recursion, n.Transfer, n.Transferred = s.recursion, s.transfer, s.transferred
	n.Authoritative = evidence.Absent
	if s.soa != nil {
		// The code of a denial is about the name that was asked for, not about the zone.
		n.Rcode = dns.RcodeToString[dns.RcodeSuccess]
		n.Authoritative, n.Serial = evidence.Seen, int64(s.soa.Serial)
		n.Proof = evidence.Clip(strings.Join(strings.Fields(s.soa.String()), " "), evidence.MaxText)
	}
	return n
}
