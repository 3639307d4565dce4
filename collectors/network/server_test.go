package network_test

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// seen is one question as a server on loopback received it.
type seen struct {
	Network string // udp or tcp
	Query   *dns.Msg
	Bytes   int // as packed, without the length of TCP
}

// server is a real DNS server on loopback, on the same port of UDP and TCP.
type server struct {
	Address netip.AddrPort

	mu   sync.Mutex
	seen []seen
}

// serve starts a server. The handler makes the reply to the question number n,
// counted from 1; nil means silence.
func serve(t *testing.T, handle func(n int, network string, query *dns.Msg) *dns.Msg) *server {
	t.Helper()
	s := new(server)
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		network := w.LocalAddr().Network()
		s.mu.Lock()
		s.seen = append(s.seen, seen{network, query.Copy(), query.Len()})
		n := len(s.seen)
		s.mu.Unlock()
		if reply := handle(n, network, query); reply != nil {
			_ = w.WriteMsg(reply)
		}
	})
	packets, listener := samePort(t)
	s.Address = netip.MustParseAddrPort(listener.Addr().String())
	for _, each := range []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: listener, Handler: handler}} {
		var ended sync.WaitGroup
		started := make(chan struct{})
		each.NotifyStartedFunc = func() { close(started) }
		ended.Go(func() { _ = each.ActivateAndServe() })
		<-started
		t.Cleanup(func() {
			_ = each.Shutdown()
			ended.Wait()
		})
	}
	return s
}

// samePort listens on one free port by UDP and TCP.
func samePort(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 20 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		packets, err := net.ListenPacket("udp", listener.Addr().String())
		if err == nil {
			return packets, listener
		}
		listener.Close()
	}
	t.Fatal("no port is free for both UDP and TCP")
	return nil, nil
}

// questions gives what was received so far.
func (s *server) questions() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// received gives the networks by which the questions came, in order.
func (s *server) received() []string {
	networks := []string{}
	for _, each := range s.questions() {
		networks = append(networks, each.Network)
	}
	return networks
}

// session gives a session that asks these servers and does not wait long.
func session(servers ...*server) *network.Session {
	n := &network.Network{Limits: network.Limits{Query: 2 * time.Second}}
	for _, each := range servers {
		n.Resolvers = append(n.Resolvers, each.Address)
	}
	return n.Session()
}

// packetServer answers every packet with the packets that answer makes of it.
func packetServer(t *testing.T, answer func(query *dns.Msg) [][]byte) *server {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Address: netip.MustParseAddrPort(packets.LocalAddr().String())}
	var ended sync.WaitGroup
	ended.Go(func() {
		packet := make([]byte, dns.MaxMsgSize)
		for {
			n, from, err := packets.ReadFrom(packet)
			if err != nil {
				return
			}
			query := new(dns.Msg)
			if query.Unpack(packet[:n]) != nil {
				continue
			}
			s.mu.Lock()
			s.seen = append(s.seen, seen{"udp", query.Copy(), n})
			s.mu.Unlock()
			for _, reply := range answer(query) {
				_, _ = packets.WriteTo(reply, from)
			}
		}
	})
	t.Cleanup(func() {
		packets.Close()
		ended.Wait()
	})
	return s
}

func pack(t *testing.T, message *dns.Msg) []byte {
	t.Helper()
	packed, err := message.Pack()
	if err != nil {
		t.Error(err)
	}
	return packed
}
