package loopback

import (
	"net"
	"net/netip"
	"testing"

	"github.com/miekg/dns"
)

// serveDNS starts the resolver of the world.
func (w *World) serveDNS(t testing.TB) netip.AddrPort {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: packets, Handler: dns.HandlerFunc(w.answer)}
	done := make(chan struct{})
	started := make(chan struct{})
	server.NotifyStartedFunc = func() { close(started) }
	go func() {
		defer close(done)
		_ = server.ActivateAndServe()
	}()
	<-started
	t.Cleanup(func() {
		_ = server.Shutdown()
		<-done
	})
	return netip.MustParseAddrPort(packets.LocalAddr().String())
}

func (w *World) answer(out dns.ResponseWriter, query *dns.Msg) {
	w.mu.Lock()
	defer w.mu.Unlock()
	reply := new(dns.Msg)
	reply.SetReply(query)
	name := dns.CanonicalName(query.Question[0].Name)
	addresses, exists := w.hosts[name]
	switch {
	case w.broken[name]:
		reply.Rcode = dns.RcodeServerFailure
	case !exists:
		reply.Rcode = dns.RcodeNameError
	}
	for _, address := range addresses {
		header := dns.RR_Header{Name: query.Question[0].Name, Class: dns.ClassINET, Ttl: 300}
		switch {
		case address.Is4() && query.Question[0].Qtype == dns.TypeA:
			header.Rrtype = dns.TypeA
			reply.Answer = append(reply.Answer, &dns.A{Hdr: header, A: address.AsSlice()})
		case address.Is6() && query.Question[0].Qtype == dns.TypeAAAA:
			header.Rrtype = dns.TypeAAAA
			reply.Answer = append(reply.Answer, &dns.AAAA{Hdr: header, AAAA: address.AsSlice()})
		}
	}
	_ = out.WriteMsg(reply)
}
