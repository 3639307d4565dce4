// Package dnstest is a DNS server for tests: it answers from zone-file lines as
// a recursive resolver would, and says what a test tells it to say besides.
//
// It must not be imported but by tests.
package dnstest

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// Server holds the records. A name that no record is at or below of does not
// exist; denials carry the SOA record of the zone above, if there is one.
type Server struct {
	tb      testing.TB
	mu      sync.Mutex
	records []dns.RR
	said    map[string]Reply
	asked   []string
	zones   []string // it is an authority for these and resolves nothing; none: a resolver
	opened  bool     // an authority that resolves for strangers too
	given   bool     // an authority that hands out its zones
	proves  bool     // denials come with the NSEC records of the zone
}

// Reply is what the server says to one question, whatever the records are.
type Reply struct {
	Rcode     int
	Answer    []dns.RR
	Authority []dns.RR
	Silent    bool // no answer at all
	Lame      bool // without authority, where an authority would have it
}

// New makes a server of records in zone-file form.
func New(tb testing.TB, lines ...string) *Server {
	tb.Helper()
	s := &Server{tb: tb, said: map[string]Reply{}}
	s.AddLines(lines...)
	return s
}

// Records parses zone-file lines.
func Records(tb testing.TB, lines ...string) []dns.RR {
	tb.Helper()
	var list []dns.RR
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil || rr == nil {
			tb.Fatalf("%q is no record: %v", line, err)
		}
		list = append(list, rr)
	}
	return list
}

// AddLines adds records in zone-file form.
func (s *Server) AddLines(lines ...string) {
	s.tb.Helper()
	s.Add(Records(s.tb, lines...)...)
}

// Add adds records, signatures included.
func (s *Server) Add(records ...dns.RR) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, records...)
}

// Say sets the reply to a question such as "comune.test. MX".
func (s *Server) Say(question string, r Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said[question] = r
}

// Received lists the questions in the order in which they came.
func (s *Server) Received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Asked lists the questions that came, sorted, each once.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.asked)
	slices.Sort(list)
	return slices.Compact(list)
}

// Listen serves on a loopback port over UDP and TCP until the test ends.
func (s *Server) Listen(tb testing.TB) netip.AddrPort {
	tb.Helper()
	stream, packets := pair(tb)
	var running sync.WaitGroup
	tb.Cleanup(running.Wait) // after both are told to stop
	for _, server := range []*dns.Server{
		{Listener: stream, Handler: dns.HandlerFunc(s.handle)},
		{PacketConn: packets, Handler: dns.HandlerFunc(s.handle)},
	} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		running.Go(func() {
			if err := server.ActivateAndServe(); err != nil {
				tb.Errorf("serving DNS: %v", err)
			}
		})
		<-started
		tb.Cleanup(func() {
			if err := server.Shutdown(); err != nil {
				tb.Errorf("stopping DNS: %v", err)
			}
		})
	}
	return stream.Addr().(*net.TCPAddr).AddrPort()
}

// pair opens the same port for both; somebody else may hold one of them.
func pair(tb testing.TB) (net.Listener, net.PacketConn) {
	tb.Helper()
	for range 20 {
		stream, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		if packets, err := net.ListenPacket("udp", stream.Addr().String()); err == nil {
			return stream, packets
		}
		_ = stream.Close()
	}
	tb.Fatal("no port is free for both UDP and TCP")
	return nil, nil
}

func (s *Server) handle(w dns.ResponseWriter, query *dns.Msg) {
	reply := s.Answer(query)
	if reply == nil {
		return
	}
	if _, isUDP := w.LocalAddr().(*net.UDPAddr); isUDP {
		size := dns.MinMsgSize
		if opt := query.IsEdns0(); opt != nil {
			size = int(opt.UDPSize())
		}
		reply.Truncate(size)
	}
	_ = w.WriteMsg(reply) // whoever hung up is served well enough
}

// Serve answers the packets that come over one connection, such as a net.Pipe,
// until it is closed.
func (s *Server) Serve(conn net.Conn) {
	packet := make([]byte, dns.MaxMsgSize)
	for {
		n, err := conn.Read(packet)
		query := new(dns.Msg)
		if err != nil || query.Unpack(packet[:n]) != nil {
			return
		}
		reply := s.Answer(query)
		if reply == nil {
			continue
		}
		if message, err := reply.Pack(); err == nil {
			_, _ = conn.Write(message)
		}
	}
}

// Answer gives the reply to a query; nil is silence.
func (s *Server) Answer(query *dns.Msg) *dns.Msg {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, kind := dns.CanonicalName(query.Question[0].Name), query.Question[0].Qtype
	question := name + " " + dns.TypeToString[kind]
	s.asked = append(s.asked, question)
	reply := new(dns.Msg).SetReply(query)
	said, ok := s.said[question]
	if len(s.zones) > 0 {
		reply.RecursionAvailable = s.opened
		reply.Authoritative = s.zoneOf(name, kind) != "" && !said.Lame
	} else {
		reply.RecursionAvailable = true
	}
	switch {
	case ok:
	case len(s.zones) == 0:
		said = s.look(name, kind)
	default:
		said = s.own(reply, name, kind, query.RecursionDesired)
	}
	if said.Silent {
		return nil
	}
	reply.Rcode, reply.Answer, reply.Ns = said.Rcode, said.Answer, said.Authority
	return reply
}

// rootSOA stands behind the denial of a name for which there is no zone.
const rootSOA = ". 86400 IN SOA a.root.test. admin.root.test. 1 1800 900 604800 86400"

func (s *Server) look(name string, kind uint16) Reply {
	var r Reply
	for range 20 { // more than a chain of aliases may have
		found := s.at(name, kind)
		alias := s.at(name, dns.TypeCNAME)
		if len(found) > 0 || len(alias) == 0 {
			r.Answer = append(r.Answer, found...)
			break
		}
		r.Answer = append(r.Answer, alias...)
		name = dns.CanonicalName(alias[0].(*dns.CNAME).Target)
	}
	if !slices.ContainsFunc(r.Answer, func(rr dns.RR) bool { return rr.Header().Rrtype == kind }) {
		r.Authority = append(s.above(name), s.proof(name)...)
		if !s.exists(name) {
			r.Rcode = dns.RcodeNameError
		}
		if len(r.Authority) == 0 && (r.Rcode == dns.RcodeNameError || len(r.Answer) > 0) {
			r.Authority = Records(s.tb, rootSOA) // no resolver denies a whole name without one
		}
	}
	return r
}

// at gives the records of a type at a name, then their signatures.
func (s *Server) at(name string, kind uint16) []dns.RR {
	var found, signatures []dns.RR
	for _, rr := range s.records {
		if dns.CanonicalName(rr.Header().Name) != name {
			continue
		}
		sig, isSignature := rr.(*dns.RRSIG)
		switch {
		case rr.Header().Rrtype == kind:
			found = append(found, rr)
		case isSignature && sig.TypeCovered == kind:
			signatures = append(signatures, rr)
		}
	}
	return append(found, signatures...)
}

func (s *Server) exists(name string) bool {
	return slices.ContainsFunc(s.records, func(rr dns.RR) bool { return dns.IsSubDomain(name, rr.Header().Name) })
}

func (s *Server) above(name string) []dns.RR {
	for _, start := range append(dns.Split(name), len(name)-1) {
		if soa := s.at(name[start:], dns.TypeSOA); len(soa) > 0 {
			return soa
		}
	}
	return nil
}

// ProveDenials puts all NSEC records of the zone, which must be small, into its
// denials.
func (s *Server) ProveDenials() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.proves = true
}

func (s *Server) proof(name string) []dns.RR {
	soa := s.above(name)
	if !s.proves || len(soa) == 0 {
		return nil
	}
	var list []dns.RR
	for _, rr := range s.records {
		sig, signed := rr.(*dns.RRSIG)
		if rr.Header().Rrtype == dns.TypeNSEC || signed && sig.TypeCovered == dns.TypeNSEC {
			if dns.IsSubDomain(soa[0].Header().Name, rr.Header().Name) {
				list = append(list, rr)
			}
		}
	}
	return list
}
