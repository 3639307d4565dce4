package namespaces

import (
	"net"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// forwardWithoutDNSSEC runs a resolver such as old routers are: it passes each
// question on without its EDNS options, so that no signature comes back.
func (w *world) forwardWithoutDNSSEC(t *testing.T) {
	t.Helper()
	at := net.JoinHostPort(w.OldResolver.V4, "53")
	handler := dns.HandlerFunc(func(to dns.ResponseWriter, question *dns.Msg) {
		reply := new(dns.Msg).SetRcode(question, dns.RcodeServerFailure)
		plain := new(dns.Msg).SetQuestion(question.Question[0].Name, question.Question[0].Qtype)
		if answer, err := dns.ExchangeContext(t.Context(), plain, net.JoinHostPort(w.Resolver.V4, "53")); err == nil {
			reply.Rcode, reply.Answer, reply.Ns = answer.Rcode, answer.Answer, answer.Ns
		}
		reply.RecursionAvailable = true
		_ = to.WriteMsg(reply) // who asked has gone
	})
	packets, err := net.ListenPacket("udp", at)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	t.Cleanup(running.Wait) // after the servers are told to end
	for _, server := range []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: listener, Handler: handler}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		running.Go(func() {
			if err := server.ActivateAndServe(); err != nil {
				t.Error(err)
			}
		})
		<-started
		t.Cleanup(func() {
			if err := server.Shutdown(); err != nil {
				t.Error(err)
			}
		})
	}
}
