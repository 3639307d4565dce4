package network_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// recordTypes are those that collectors ask for.
var recordTypes = []uint16{
	dns.TypeA, dns.TypeAAAA, dns.TypeMX, dns.TypeTXT, dns.TypeNS, dns.TypeSOA, dns.TypeCAA,
	dns.TypeDS, dns.TypeDNSKEY, dns.TypeTLSA, dns.TypePTR, dns.TypeCNAME,
}

// silences are the ways in which a DNS server gives no answer. None of them may
// ever read as "there is no such record".
var silences = map[string]struct {
	start    func(t *testing.T) netip.AddrPort
	resolver string // the problem, as asked through a resolver
	direct   string // the problem, as asked directly; empty: a reply with this rcode
	rcode    int
	most     int // questions that it may cost
}{
	"servfail": {start: answering(dns.RcodeServerFailure), resolver: "servfail", rcode: dns.RcodeServerFailure, most: 1},
	"refused":  {start: answering(dns.RcodeRefused), resolver: "refused", rcode: dns.RcodeRefused, most: 1},
	"timeout": {
		start: func(t *testing.T) netip.AddrPort {
			t.Helper()
			return serve(t, always(silence)).Address
		},
		resolver: "timeout", direct: "timeout", most: 3,
	},
	"truncated-with-tcp-closed": {start: truncatedWithoutTCP, resolver: "refused", direct: "refused", most: 6},
	"wrong-transaction-id": {
		start: func(t *testing.T) netip.AddrPort {
			t.Helper()
			return packetServer(t, func(query *dns.Msg) [][]byte {
				message := new(dns.Msg).SetReply(query)
				message.Id++
				return [][]byte{pack(t, message)}
			}).Address
		},
		resolver: "timeout", direct: "timeout", most: 3,
	},
	// What goes on after the announced length is never read.
	"ten-megabytes-over-tcp": {start: tenMegabytes, resolver: "malformed", direct: "malformed", most: 6},
	"aliases-in-a-circle": {
		start: func(t *testing.T) netip.AddrPort {
			t.Helper()
			return serve(t, always(func(query *dns.Msg) *dns.Msg {
				message := reply(t, dns.RcodeSuccess, "x.example. 300 IN CNAME y.example.", "y.example. 300 IN CNAME x.example.")(query)
				message.Authoritative = true
				return message
			})).Address
		},
		resolver: "too-many", direct: "too-many", most: 1,
	},
}

func answering(rcode int) func(*testing.T) netip.AddrPort {
	return func(t *testing.T) netip.AddrPort {
		t.Helper()
		return serve(t, always(reply(t, rcode))).Address
	}
}

// truncatedWithoutTCP says over UDP that there is more, and listens nowhere else.
func truncatedWithoutTCP(t *testing.T) netip.AddrPort {
	t.Helper()
	return packetServer(t, func(query *dns.Msg) [][]byte {
		message := new(dns.Msg).SetReply(query)
		message.Truncated = true
		return [][]byte{pack(t, message)}
	}).Address
}

// tenMegabytes truncates over UDP, and over TCP sends ten megabytes of TXT
// record, of which no message can announce more than 64 KiB.
func tenMegabytes(t *testing.T) netip.AddrPort {
	t.Helper()
	packets, listener := samePort(t)
	var ended sync.WaitGroup
	t.Cleanup(func() {
		packets.Close()
		listener.Close()
		ended.Wait()
	})
	ended.Go(func() {
		packet := make([]byte, dns.MaxMsgSize)
		for {
			n, from, err := packets.ReadFrom(packet)
			if err != nil {
				return
			}
			query := new(dns.Msg)
			if query.Unpack(packet[:n]) == nil {
				message := new(dns.Msg).SetReply(query)
				message.Truncated = true
				_, _ = packets.WriteTo(pack(t, message), from)
			}
		}
	})
	ended.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			ended.Go(func() { pour(conn) })
		}
	})
	return netip.MustParseAddrPort(listener.Addr().String())
}

// pour answers with a header that is right, and ten megabytes that are not.
func pour(conn net.Conn) {
	defer conn.Close()
	question := make([]byte, dns.MaxMsgSize)
	n, err := conn.Read(question)
	if err != nil || n < 4 {
		return
	}
	blob := make([]byte, 1<<16)
	_, _ = rand.Read(blob)
	binary.BigEndian.PutUint16(blob, 1<<16-1)
	copy(blob[2:], question[2:4])                           // the identifier
	copy(blob[4:], []byte{0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0}) // one answer
	for range 160 {
		if _, err := conn.Write(blob); err != nil {
			return
		}
	}
}

func TestSilenceOfTheResolverIsNeverAbsence(t *testing.T) {
	t.Parallel()
	for name, test := range silences {
		for _, kind := range recordTypes {
			if name == "aliases-in-a-circle" && kind == dns.TypeCNAME {
				continue // a question for the alias itself is answered by it
			}
			t.Run(name+"-"+dns.TypeToString[kind], func(t *testing.T) {
				t.Parallel()
				n := &network.Network{Resolvers: []netip.AddrPort{test.start(t)}, Limits: network.Limits{Query: 600 * time.Millisecond}}
				s := n.Session()
				start := time.Now()
				answer := s.Ask(t.Context(), "x.example", kind)
				if got := network.Problem(answer.Err); answer.Err == nil || got != test.resolver {
					t.Errorf("problem %q, want %s: %v", got, test.resolver, answer.Err)
				}
				bounded(t, s, answer, start, test.most)
			})
		}
	}
}

func TestSilenceOfANameServerIsNeverAbsence(t *testing.T) {
	t.Parallel()
	for name, test := range silences {
		for _, kind := range recordTypes {
			if name == "aliases-in-a-circle" && kind == dns.TypeCNAME {
				continue
			}
			t.Run(name+"-"+dns.TypeToString[kind], func(t *testing.T) {
				t.Parallel()
				n := leading(&server{Address: test.start(t)})
				n.Limits.Server = 150 * time.Millisecond
				s := n.Session()
				start := time.Now()
				reply := s.AskServer(t.Context(), nameServer, network.Query{Name: "x.example", Type: kind})
				answer := reply.AnswerOf()
				problem := test.direct
				if problem == "" { // the server has spoken; as an answer it is none
					problem = test.resolver
					if reply.Err != nil || reply.Rcode != test.rcode {
						t.Errorf("reply %v with code %d, want code %d", reply.Err, reply.Rcode, test.rcode)
					}
				}
				if got := network.Problem(answer.Err); answer.Err == nil || got != problem {
					t.Errorf("problem %q, want %s: %v", got, problem, answer.Err)
				}
				bounded(t, s, answer, start, test.most)
			})
		}
	}
}

// bounded holds what one silence has cost against what it may cost.
func bounded(t *testing.T, s *network.Session, answer network.Answer, start time.Time, most int) {
	t.Helper()
	if absent, _ := answer.Denied(); absent || len(answer.Records) > 0 {
		t.Errorf("silence reads as an answer: %+v", answer)
	}
	sent := s.Sent()
	if sent.Queries == 0 || sent.Queries > most {
		t.Errorf("%d questions, want 1 to %d", sent.Queries, most)
	}
	if sent.Received > int64(most)<<16 {
		t.Errorf("%d bytes were read", sent.Received)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// floodServer answers over TCP without end; next gives message n.
func floodServer(t *testing.T, next func(query *dns.Msg, n int) *dns.Msg) netip.AddrPort {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(context.WithoutCancel(t.Context()), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var ended sync.WaitGroup
	t.Cleanup(func() {
		listener.Close()
		ended.Wait()
	})
	ended.Go(func() {
		raw, err := listener.Accept()
		if err != nil {
			return
		}
		defer raw.Close()
		conn := &dns.Conn{Conn: raw}
		query, err := conn.ReadMsg()
		for n := 0; err == nil; n++ {
			err = conn.WriteMsg(next(query, n))
		}
	})
	return netip.MustParseAddrPort(listener.Addr().String())
}

func addr(t *testing.T, text string) netip.Addr {
	t.Helper()
	address, err := netip.ParseAddr(text)
	if err != nil {
		t.Fatal(err)
	}
	return address
}
