package network_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"

	"campanile/collectors/network"
)

var nameServer = netip.MustParseAddr("192.0.2.5")

// leading gives a network that reaches the server at the address of a name
// server and nothing else.
func leading(to *server) *network.Network {
	return &network.Network{
		Permit: allowAll,
		Limits: network.Limits{Dial: time.Second, Server: time.Second},
		Connect: func(ctx context.Context, kind string, at netip.AddrPort) (net.Conn, error) {
			if at != netip.AddrPortFrom(nameServer, 53) {
				return nil, &net.AddrError{Err: "not a name server", Addr: at.String()}
			}
			var dialer net.Dialer
			return dialer.DialContext(ctx, kind, to.Address.String())
		},
	}
}

func TestReplyIsWhatTheServerItselfSays(t *testing.T) {
	t.Parallel()
	ns := parse(t, "comune.example. 300 IN NS ns1.comune.example.")
	glue := parse(t, "ns1.comune.example. 300 IN A 192.0.2.6")
	server := serve(t, always(func(query *dns.Msg) *dns.Msg {
		message := new(dns.Msg).SetReply(query)
		message.Ns, message.Extra = ns, append(message.Extra, glue...)
		message.SetEdns0(1232, true)
		return message
	}))
	s := leading(server).Session()
	got := s.AskServer(t.Context(), nameServer, network.Query{Name: "Comune.Example", Type: dns.TypeNS})
	want := network.Reply{Server: nameServer, Name: "comune.example.", Type: dns.TypeNS, Answer: got.Answer, Authority: ns, Additional: glue}
	got.At = time.Time{}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b dns.RR) bool { return a.String() == b.String() }), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("reply (-want +got):\n%s", diff)
	}
	query := server.questions()[0].Query
	if query.RecursionDesired || query.CheckingDisabled || query.IsEdns0() == nil || !query.IsEdns0().Do() {
		t.Errorf("query %v, want DO and neither RD nor CD", query)
	}
	if sent := s.Sent(); sent.Queries != 1 || sent.ByAddress[nameServer].Queries != 1 || sent.Connections != 0 {
		t.Errorf("sent %+v, want one question", sent)
	}
}

func TestRecursionIsAskedForWhenWanted(t *testing.T) {
	t.Parallel()
	server := serve(t, always(reply(t, dns.RcodeRefused)))
	s := leading(server).Session()
	got := s.AskServer(t.Context(), nameServer, network.Query{Name: "example", Type: dns.TypeSOA, Recursion: true})
	if got.Err != nil || got.Rcode != dns.RcodeRefused || got.RecursionAvailable {
		t.Errorf("got %+v, want REFUSED as a reply", got)
	}
	if received := server.questions(); len(received) != 1 || !received[0].Query.RecursionDesired {
		t.Errorf("received %+v, want one question with RD: a server that refuses is not asked again", received)
	}
}

func TestEqualQuestionsToOneServerAreSentOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, always(reply(t, dns.RcodeSuccess, "example. 300 IN NS ns.example.")))
	n := leading(server)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			n.Session().AskServer(t.Context(), nameServer, network.Query{Name: "example", Type: dns.TypeNS})
		})
	}
	all.Wait()
	if got := len(server.questions()); got != 1 {
		t.Errorf("%d questions, want 1", got)
	}
	// With recursion it is another question; a second look is never the first one.
	n.Session().AskServer(t.Context(), nameServer, network.Query{Name: "example", Type: dns.TypeNS, Recursion: true})
	n.Session().AskServer(t.Context(), nameServer, network.Query{Name: "example", Type: dns.TypeNS, Anew: true})
	if got := len(server.questions()); got != 3 {
		t.Errorf("%d questions, want 3", got)
	}
}

func TestForbiddenNameServerIsNotAsked(t *testing.T) {
	t.Parallel()
	n := &network.Network{Connect: welcome}
	s := n.Session()
	reply := s.AskServer(t.Context(), netip.MustParseAddr("10.0.0.1"), network.Query{Name: "example", Type: dns.TypeNS})
	transfer := s.Transfer(t.Context(), netip.MustParseAddr("10.0.0.1"), "example")
	for _, err := range []error{reply.Err, transfer.Err} {
		if got := network.Problem(err); got != "not-permitted" {
			t.Errorf("problem %q, want not-permitted", got)
		}
	}
	if diff := cmp.Diff(network.Sent{}, s.Sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestSilentNameServerCostsTwoTries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := fakeResolver{answer: silence}
		n := fake.network()
		n.Permit = allowAll
		s := n.Session()
		start := s.Now()
		got := s.AskServer(t.Context(), nameServer, network.Query{Name: "example", Type: dns.TypeNS})
		if p := network.Problem(got.Err); p != "timeout" {
			t.Errorf("problem %q, want timeout", p)
		}
		if took := s.Now().Sub(start); took != 2800*time.Millisecond {
			t.Errorf("took %v, want 0.8 s and 2 s", took)
		}
		if sent := s.Sent().Queries; sent != 2 {
			t.Errorf("%d questions, want 2", sent)
		}
	})
}

// Where port 53 is closed to us, only the first servers cost our patience.
func TestPort53ClosedHereIsFoundOutOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := reply(t, dns.RcodeRefused)
		fake := fakeResolver{answer: func(query *dns.Msg) *dns.Msg {
			if query.Question[0].Name == "open.example." {
				return refused(query)
			}
			return nil
		}}
		n := fake.network()
		n.Permit = allowAll
		s := n.Session()
		for i := range 10 {
			s.AskServer(t.Context(), netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), network.Query{Name: "example", Type: dns.TypeNS})
		}
		if sent := s.Sent().Queries; sent != 14 {
			t.Errorf("%d questions, want 4 servers twice and 6 once", sent)
		}
		s.AskServer(t.Context(), nameServer, network.Query{Name: "open.example", Type: dns.TypeNS})
		s.AskServer(t.Context(), nameServer, network.Query{Name: "other.example", Type: dns.TypeNS})
		if sent := s.Sent().Queries; sent != 17 {
			t.Errorf("%d questions, want patience again once a server has answered", sent)
		}
	})
}

// However many towns a provider's server holds, it gets four questions at a
// time and twenty a second.
func TestNameServerFeelsAtMostItsBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var starts []time.Time
		under, most := 0, 0
		good := reply(t, dns.RcodeSuccess)
		fake := fakeResolver{answer: func(query *dns.Msg) *dns.Msg {
			mu.Lock()
			starts = append(starts, time.Now())
			under++
			most = max(most, under)
			mu.Unlock()
			wait(100 * time.Millisecond)
			mu.Lock()
			under--
			mu.Unlock()
			return good(query)
		}}
		n := fake.network()
		n.Permit = allowAll
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				name := string(rune('a'+i%26)) + string(rune('a'+i/26)) + ".example"
				if got := n.Session().AskServer(t.Context(), nameServer, network.Query{Name: name, Type: dns.TypeSOA}); got.Err != nil {
					t.Error(got.Err)
				}
			})
		}
		all.Wait()
		if most > 4 {
			t.Errorf("%d questions under way at once, want at most 4", most)
		}
		if got := busiest(starts, time.Second); got > 20 {
			t.Errorf("%d questions in one second, want at most 20", got)
		}
		wait(time.Second) // the last turns are given back
	})
}

func TestReplyAsAnAnswer(t *testing.T) {
	t.Parallel()
	soa := "comune.example. 300 IN SOA ns1.comune.example. admin.comune.example. 1 2 3 4 5"
	tests := map[string]struct {
		reply   network.Reply
		problem string
		absent  bool
		records int
	}{
		"record":                  {reply: network.Reply{Authoritative: true, Answer: parse(t, "comune.example. 300 IN A 192.0.2.1")}, records: 1},
		"denial":                  {reply: network.Reply{Authoritative: true, Authority: parse(t, soa)}, absent: true},
		"without-authority":       {reply: network.Reply{Authority: parse(t, soa)}, problem: "malformed"},
		"referral":                {reply: network.Reply{Authority: parse(t, "comune.example. 300 IN NS ns1.comune.example.")}, problem: "malformed"},
		"refused":                 {reply: network.Reply{Rcode: dns.RcodeRefused}, problem: "refused"},
		"servfail":                {reply: network.Reply{Rcode: dns.RcodeServerFailure}, problem: "servfail"},
		"nothing-came":            {reply: network.Reply{Err: &network.Error{Problem: "timeout", Err: context.DeadlineExceeded}}, problem: "timeout"},
		"alias-out-of-the-zone":   {reply: network.Reply{Authoritative: true, Answer: parse(t, "comune.example. 300 IN CNAME x.test.")}, problem: "depends-on-unknown"},
		"alias-inside-the-zone":   {reply: network.Reply{Authoritative: true, Answer: parse(t, "comune.example. 300 IN CNAME a.comune.example.", "a.comune.example. 300 IN A 192.0.2.1")}, records: 1},
		"aliases-without-an-end":  {reply: network.Reply{Authoritative: true, Answer: parse(t, "comune.example. 300 IN CNAME comune.example.")}, problem: "too-many"},
		"denied-with-name-errors": {reply: network.Reply{Authoritative: true, Rcode: dns.RcodeNameError, Authority: parse(t, soa)}, absent: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.reply.Name, test.reply.Type = "comune.example.", dns.TypeA
			answer := test.reply.AnswerOf()
			problem := ""
			if answer.Err != nil {
				problem = network.Problem(answer.Err)
			}
			if absent, _ := answer.Denied(); problem != test.problem || absent != test.absent || len(answer.Records) != test.records {
				t.Errorf("problem %q, absent %v, %d records; want %q, %v, %d", problem, absent, len(answer.Records), test.problem, test.absent, test.records)
			}
		})
	}
}

func TestResolverIsAskedWhatItDoesItself(t *testing.T) {
	t.Parallel()
	server := serve(t, always(func(query *dns.Msg) *dns.Msg {
		message := reply(t, dns.RcodeSuccess, ". 300 IN NS a.root.example.")(query)
		message.AuthenticatedData = true
		return message
	}))
	s := session(server)
	for _, overTCP := range []bool{false, true} {
		got := s.AskResolver(t.Context(), server.Address, network.Query{Name: ".", Type: dns.TypeNS, TCP: overTCP})
		if got.Err != nil || !got.AuthenticData || len(got.Answer) != 1 {
			t.Errorf("got %+v, want an answer with AD", got)
		}
	}
	if diff := cmp.Diff([]string{"udp", "tcp"}, server.received()); diff != "" {
		t.Errorf("networks (-want +got):\n%s", diff)
	}
	if query := server.questions()[0].Query; query.CheckingDisabled || !query.RecursionDesired {
		t.Errorf("query %v, want RD without CD", query)
	}
}
