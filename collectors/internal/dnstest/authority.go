package dnstest

import (
	"context"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/miekg/dns"
)

// NewAuthority makes a name server that answers for its zones only, refers to
// those below and refuses the rest. The zones are names with the final dot.
func NewAuthority(tb testing.TB, zones []string, lines ...string) *Server {
	tb.Helper()
	s := New(tb, lines...)
	s.zones = zones
	return s
}

// Serves makes the server an authority for one zone more.
func (s *Server) Serves(zone string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.zones = append(s.zones, zone)
}

// Open lets an authority resolve foreign names for everybody.
func (s *Server) Open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = true
}

// GiveAway lets an authority hand out its zones (AXFR).
func (s *Server) GiveAway() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.given = true
}

// zoneOf gives the zone that answers a question. DS is the zone above's to
// answer (RFC 4035 section 3.1.4.1).
func (s *Server) zoneOf(name string, kind uint16) string {
	best := ""
	for _, zone := range s.zones {
		below := dns.IsSubDomain(zone, name) && (kind != dns.TypeDS || zone != name)
		if below && len(zone) > len(best) {
			best = zone
		}
	}
	return best
}

// own answers as an authority does (RFC 1034 section 4.3.2).
func (s *Server) own(reply *dns.Msg, name string, kind uint16, recursion bool) Reply {
	zone := s.zoneOf(name, kind)
	switch {
	case zone == "" && s.opened && recursion:
		return s.look(name, kind)
	case zone == "":
		return Reply{Rcode: dns.RcodeRefused}
	case kind == dns.TypeAXFR && !s.given:
		return Reply{Rcode: dns.RcodeRefused}
	case kind == dns.TypeAXFR:
		return s.whole(zone)
	}
	if cut := s.cutAbove(zone, name, kind); cut != "" {
		reply.Authoritative = false
		for _, ns := range s.at(cut, dns.TypeNS) {
			if record, ok := ns.(*dns.NS); ok && dns.IsSubDomain(cut, record.Ns) {
				reply.Extra = append(reply.Extra, s.at(dns.CanonicalName(record.Ns), dns.TypeA)...) // glue (RFC 1034 section 4.2.1)
			}
		}
		return Reply{Authority: slices.Concat(s.at(cut, dns.TypeNS), s.at(cut, dns.TypeDS), s.at(cut, dns.TypeNSEC))}
	}
	r := s.look(name, kind)
	r.Answer = slices.DeleteFunc(r.Answer, func(rr dns.RR) bool { return !dns.IsSubDomain(zone, rr.Header().Name) })
	return r
}

// cutAbove gives the delegation at or above the name, below the zone.
func (s *Server) cutAbove(zone, name string, kind uint16) string {
	for _, start := range dns.Split(name) {
		at := name[start:]
		if at == zone || at == name && kind == dns.TypeDS {
			continue
		}
		if dns.IsSubDomain(zone, at) && len(s.at(at, dns.TypeNS)) > 0 && !slices.Contains(s.zones, at) {
			return at
		}
	}
	return ""
}

// whole is a zone in one message (RFC 5936 section 2.2).
func (s *Server) whole(zone string) Reply {
	soa := s.at(zone, dns.TypeSOA)[:1]
	rest := slices.DeleteFunc(slices.Clone(s.records), func(rr dns.RR) bool {
		return rr.Header().Rrtype == dns.TypeSOA || !dns.IsSubDomain(zone, rr.Header().Name)
	})
	return Reply{Answer: slices.Concat(soa, rest, soa)}
}

// Nobody is a server that never answers.
var Nobody netip.AddrPort

// Internet leads addresses to servers on loopback, whatever the port, or to
// Nobody. No other address is reached.
type Internet map[netip.Addr]netip.AddrPort

// Connect is a network.Network.Connect.
func (i Internet) Connect(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
	real, known := i[to.Addr()]
	switch {
	case !known:
		return nil, &net.OpError{Op: "dial", Net: kind, Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}
	case !real.IsValid():
		<-ctx.Done()
		return nil, ctx.Err()
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, kind, real.String())
}
