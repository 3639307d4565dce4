package network_test

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// What the evidence says was sent is what the server has received.
func TestLedgerSaysWhatTheResolverSaw(t *testing.T) {
	t.Parallel()
	server := serve(t, func(_ int, network string, query *dns.Msg) *dns.Msg {
		message := new(dns.Msg).SetReply(query)
		message.Truncated = network == "udp" && query.Question[0].Qtype == dns.TypeTXT
		return message
	})
	s := session(server)
	for _, kind := range []uint16{dns.TypeA, dns.TypeTXT, dns.TypeMX, dns.TypeA} {
		s.Ask(t.Context(), "comune.example", kind)
	}
	want := network.SentTo{}
	for _, each := range server.questions() {
		want.Queries++
		want.Bytes += int64(each.Bytes)
		if each.Network == "tcp" {
			want.Bytes += 2
		}
	}
	if want.Queries != 4 { // A, TXT by UDP and TCP, MX; the second A is in the cache
		t.Errorf("%d questions, want 4", want.Queries)
	}
	got := s.Sent()
	if diff := cmp.Diff(map[netip.Addr]network.SentTo{server.Address.Addr(): want}, got.ByAddress, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("by address (-want +got):\n%s", diff)
	}
	if got.Queries != want.Queries || got.Bytes != want.Bytes || got.Received == 0 {
		t.Errorf("sums: %+v, want %+v", got, want)
	}
}

// countingHost accepts connections, reads all and answers each with a greeting.
type countingHost struct {
	address               netip.AddrPort
	connections, received atomic.Int64
	stop                  func() // returns when every connection has ended
}

const greeting = "220 mail.comune.example\r\n"

func startHost(t *testing.T) *countingHost {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &countingHost{address: netip.MustParseAddrPort(listener.Addr().String())}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			h.connections.Add(1)
			running.Go(func() {
				defer conn.Close()
				_, _ = io.WriteString(conn, greeting)
				n, _ := io.Copy(io.Discard, conn)
				h.received.Add(n)
			})
		}
	})
	h.stop = func() {
		listener.Close()
		running.Wait()
	}
	t.Cleanup(h.stop)
	return h
}

func TestLedgerSaysWhatTheHostsSaw(t *testing.T) {
	t.Parallel()
	hosts := []*countingHost{startHost(t), startHost(t)}
	n := network.Network{Permit: allowAll, Limits: network.Limits{AtOnce: 4, PerSecond: 100}}
	s, other := n.Session(), n.Session()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			conn, err := s.Dial(t.Context(), hosts[i%2].address)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if _, err := io.ReadFull(conn, make([]byte, len(greeting))); err != nil {
				t.Error(err)
			}
			s.CountRequest(hosts[i%2].address.Addr())
			_, _ = conn.Write(make([]byte, 10+i))
			_, _ = conn.Write([]byte("QUIT\r\n"))
		})
	}
	all.Wait()
	sum := network.SentTo{Requests: 20}
	for _, host := range hosts {
		host.stop()
		sum.Connections += int(host.connections.Load())
		sum.Bytes += host.received.Load()
	}
	want := network.Sent{
		Connections: sum.Connections, Requests: sum.Requests, Bytes: sum.Bytes, Received: 20 * int64(len(greeting)),
		ByAddress: map[netip.Addr]network.SentTo{hosts[0].address.Addr(): sum},
	}
	if diff := cmp.Diff(want, s.Sent(), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if sum.Connections != 20 {
		t.Errorf("%d connections, want 20", sum.Connections)
	}
	if diff := cmp.Diff(network.Sent{}, other.Sent()); diff != "" {
		t.Errorf("another target (-want +got):\n%s", diff)
	}
}

func TestLedgerIsACopy(t *testing.T) {
	t.Parallel()
	s := new(network.Network).Session()
	address := netip.MustParseAddr("192.0.2.1")
	s.CountRequest(address)
	s.Sent().ByAddress[address] = network.SentTo{Requests: 99}
	if got := s.Sent().ByAddress[address].Requests; got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

// Both forms of an IPv4 address are one host.
func TestMappedAddressIsTheSameHost(t *testing.T) {
	t.Parallel()
	s := new(network.Network).Session()
	s.CountRequest(netip.MustParseAddr("192.0.2.1"))
	s.CountRequest(netip.MustParseAddr("::ffff:192.0.2.1"))
	want := map[netip.Addr]network.SentTo{netip.MustParseAddr("192.0.2.1"): {Requests: 2}}
	if diff := cmp.Diff(want, s.Sent().ByAddress, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("by address (-want +got):\n%s", diff)
	}
}
