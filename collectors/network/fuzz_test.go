package network_test

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// FuzzHostileResolver puts any packet in the place of an answer: it may not
// crash us, not cost more than the limit, and not smuggle in what was not asked.
func FuzzHostileResolver(f *testing.F) {
	for _, record := range []string{
		"comune.example. 300 IN A 192.0.2.1",
		"comune.example. 300 IN CNAME comune.example.",
		`comune.example. 300 IN TXT "v=spf1 -all" "x"`,
	} {
		message := new(dns.Msg).SetQuestion("comune.example.", dns.TypeA)
		message.Response, message.Answer = true, []dns.RR{mustParse(f, record)}
		packed, err := message.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add("comune.example", packed[2:])
		f.Add("comune.example", packed[2:len(packed)-3])
	}
	f.Add(`a\.b\000.example`, []byte{})
	f.Fuzz(func(t *testing.T, name string, packet []byte) {
		synctest.Test(t, func(t *testing.T) {
			n := network.Network{Resolvers: []netip.AddrPort{resolver}, Connect: liar(packet)}
			s := n.Session()
			start := s.Now()
			answer := s.Ask(t.Context(), name, dns.TypeA)
			if took := s.Now().Sub(start); took > 8*time.Second {
				t.Errorf("cost %v", took)
			}
			for _, rr := range answer.Records {
				if rr.Header().Rrtype != dns.TypeA {
					t.Errorf("asked for A, got %v", rr)
				}
			}
			if len(answer.Aliases) > 16 {
				t.Errorf("%d aliases", len(answer.Aliases))
			}
			if answer.Err != nil && len(answer.Records) > 0 {
				t.Errorf("records and a failure: %v", answer.Err)
			}
		})
	})
}

func mustParse(f *testing.F, record string) dns.RR {
	f.Helper()
	rr, err := dns.NewRR(record)
	if err != nil {
		f.Fatal(err)
	}
	return rr
}

// liar answers each question once with the packet, behind the right number of
// the question.
func liar(packet []byte) func(context.Context, string, netip.AddrPort) (net.Conn, error) {
	return func(_ context.Context, kind string, _ netip.AddrPort) (net.Conn, error) {
		ours, theirs := net.Pipe()
		prefix := 0
		if kind == "tcp" {
			prefix = 2
		}
		go func() {
			defer theirs.Close()
			query := make([]byte, dns.MaxMsgSize)
			n, err := theirs.Read(query)
			if err != nil || n < prefix+2 {
				return
			}
			message := append(query[prefix:prefix+2:prefix+2], packet...)
			length := []byte{byte(len(message) >> 8), byte(len(message))}
			_, _ = theirs.Write(append(length[:prefix:prefix], message...))
			_, _ = theirs.Read(query) // until we hang up
		}()
		return ours, nil
	}
}
