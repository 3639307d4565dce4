package network_test

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/network"
)

var (
	resolver   = netip.MustParseAddrPort("192.0.2.53:53")
	webServer  = netip.MustParseAddrPort("192.0.2.80:443")
	mailServer = netip.MustParseAddrPort("192.0.2.80:25")
	allowAll   = network.Permit{AllowReserved: true}
)

// fakeResolver answers every question that arrives over a pipe, whatever
// network and address it was dialled by. It works inside a synctest bubble.
type fakeResolver struct {
	// answer makes the reply; nil leaves the question without one.
	answer func(query *dns.Msg) *dns.Msg

	mu    sync.Mutex
	asked []string // name and type of every question received, in order
}

// connect is a network.Network.Connect.
func (f *fakeResolver) connect(_ context.Context, kind string, _ netip.AddrPort) (net.Conn, error) {
	ours, theirs := net.Pipe()
	prefix := 0
	if kind == "tcp" {
		prefix = 2
	}
	go f.serve(theirs, prefix)
	return ours, nil
}

// serve answers until the other end is closed. Over TCP a message has its
// length before it.
func (f *fakeResolver) serve(conn net.Conn, prefix int) {
	defer conn.Close()
	packet := make([]byte, dns.MaxMsgSize)
	for {
		n, err := conn.Read(packet)
		if err != nil {
			return
		}
		query := new(dns.Msg)
		if query.Unpack(packet[prefix:n]) != nil {
			continue
		}
		f.mu.Lock()
		f.asked = append(f.asked, query.Question[0].Name+" "+dns.TypeToString[query.Question[0].Qtype])
		f.mu.Unlock()
		reply := f.answer(query)
		if reply == nil {
			continue
		}
		if message, err := reply.Pack(); err == nil {
			length := binary.BigEndian.AppendUint16(nil, uint16(len(message)))
			_, _ = conn.Write(append(length[:prefix], message...))
		}
	}
}

// questions gives what was asked so far.
func (f *fakeResolver) questions() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string{}, f.asked...)
}

// network gives a network whose only resolver is this one.
func (f *fakeResolver) network() *network.Network {
	return &network.Network{Resolvers: []netip.AddrPort{resolver}, Connect: f.connect}
}

// silence receives questions and never answers.
func silence(*dns.Msg) *dns.Msg { return nil }

// reply answers with the records given in zone-file form.
func reply(t *testing.T, rcode int, records ...string) func(*dns.Msg) *dns.Msg {
	t.Helper()
	parsed := parse(t, records...)
	root := parse(t, ". 86400 IN SOA a.root.test. admin.root.test. 1 1800 900 604800 86400")
	return func(query *dns.Msg) *dns.Msg {
		message := new(dns.Msg).SetRcode(query, rcode)
		message.Answer = parsed
		if rcode == dns.RcodeNameError {
			message.Ns = root
		}
		return message
	}
}

func parse(t *testing.T, records ...string) []dns.RR {
	t.Helper()
	var list []dns.RR
	for _, record := range records {
		rr, err := dns.NewRR(record)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rr)
	}
	return list
}

// wait lets time pass inside a synctest bubble.
func wait(d time.Duration) { <-time.After(d) }
