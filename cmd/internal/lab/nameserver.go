package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"github.com/miekg/dns"
)

// fault is a way in which the DNS of the hostile town misbehaves, whoever is
// asked.
type fault int

const (
	servfail fault = iota + 1
	refuse
	silence
	garbage   // bytes that are no DNS message
	elsewhere // a well-formed answer to another question
)

// resolver is the lab's DNS server: it answers like a recursive resolver.
type resolver struct {
	tree   tree
	faults map[dns.Question]fault
}

var _ dns.Handler = (*resolver)(nil)

// ServeDNS answers one question, or fails to as the town's fault says.
func (r *resolver) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	question := query.Question[0]
	question.Name = dns.CanonicalName(question.Name)
	respond(w, query, r.answer(query), r.faults[question])
}

// respond sends the answer, or spoils it.
func respond(w dns.ResponseWriter, query, answer *dns.Msg, fault fault) {
	switch fault {
	case silence:
		return
	case garbage:
		// A header that announces more than follows; the identifier is right.
		_, _ = w.Write([]byte{byte(query.Id >> 8), byte(query.Id), 0x81, 0x80, 0, 1, 0xff, 0xff, 0, 0, 0, 0, 0xc0})
		return
	case elsewhere:
		answer.Question = []dns.Question{{Name: "altrove.test.", Qtype: query.Question[0].Qtype, Qclass: query.Question[0].Qclass}}
	case servfail:
		answer = failure(query, dns.RcodeServerFailure)
	case refuse:
		answer = failure(query, dns.RcodeRefused)
	}
	if w.LocalAddr().Network() == "udp" {
		answer.Truncate(room(query))
	}
	// The asker may be gone; nobody is left to tell.
	_ = w.WriteMsg(answer)
}

func failure(query *dns.Msg, code int) *dns.Msg {
	return new(dns.Msg).SetRcode(query, code)
}

func (r *resolver) answer(query *dns.Msg) *dns.Msg {
	question := query.Question[0]
	switch question.Qtype {
	case dns.TypeANY, dns.TypeAXFR, dns.TypeIXFR, dns.TypeRRSIG:
		return failure(query, dns.RcodeNotImplemented)
	}
	withProofs := wantsProofs(query)
	known := r.tree.resolve(question, withProofs)
	// RFC 4035 section 5.5: who leaves the checking to a resolver gets no data that
	// does not validate.
	if known.stale && !query.CheckingDisabled {
		return failure(query, dns.RcodeServerFailure)
	}
	m := failure(query, known.rcode)
	m.RecursionAvailable = true
	m.CheckingDisabled = query.CheckingDisabled
	// RFC 6840 section 5.7: who sets AD or DO wants to know.
	m.AuthenticatedData = known.secure && !query.CheckingDisabled && (withProofs || query.AuthenticatedData)
	m.Answer, m.Ns = known.Answer, known.Proof
	m.Compress = true
	if query.IsEdns0() != nil {
		m.SetEdns0(payload, withProofs)
	}
	return m
}

// wantsProofs reports that signatures and denials are wished for (RFC 3225).
func wantsProofs(query *dns.Msg) bool {
	edns := query.IsEdns0()
	return edns != nil && edns.Do()
}

// payload is the EDNS buffer size that avoids fragments (RFC 9715 section 3).
const payload = 1232

// room is the longest answer that the asker takes by UDP.
func room(query *dns.Msg) int {
	if edns := query.IsEdns0(); edns != nil {
		return min(max(int(edns.UDPSize()), dns.MinMsgSize), payload)
	}
	return dns.MinMsgSize
}

// nameserver is a DNS server on its two sockets, which have the same port.
type nameserver struct {
	address netip.AddrPort
	servers []*dns.Server
	running sync.WaitGroup
}

// maxPortTries bounds the search for a port that is free for TCP and for UDP.
const maxPortTries = 20

func startNameserver(ctx context.Context, handler dns.Handler) (*nameserver, error) {
	var listen net.ListenConfig
	var last error
	for range maxPortTries {
		stream, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("opening the lab's DNS: %w", err)
		}
		packets, err := listen.ListenPacket(ctx, "udp", stream.Addr().String())
		if err != nil {
			last = errors.Join(err, stream.Close())
			continue
		}
		n := &nameserver{address: stream.Addr().(*net.TCPAddr).AddrPort()}
		n.serve(&dns.Server{Listener: stream, Handler: handler})
		n.serve(&dns.Server{PacketConn: packets, Handler: handler})
		return n, nil
	}
	return nil, fmt.Errorf("opening the lab's DNS: no port is free for TCP and UDP: %w", last)
}

// serve returns once the server has started, so that it can be shut down.
func (n *nameserver) serve(server *dns.Server) {
	started := make(chan struct{})
	server.NotifyStartedFunc = func() { close(started) }
	n.servers = append(n.servers, server)
	n.running.Go(func() {
		// It ends with an error only when its socket breaks; askers see that.
		_ = server.ActivateAndServe()
	})
	<-started
}

func (n *nameserver) close() error {
	var failed error
	for _, server := range n.servers {
		failed = errors.Join(failed, server.Shutdown())
	}
	n.running.Wait()
	return failed
}
