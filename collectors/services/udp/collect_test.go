package udp_test

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
	"campanile/collectors/records/datagram"
	"campanile/collectors/services/udp"
)

const host = "192.0.2.10"

var now = loopback.Now()

// serve puts a service on loopback behind a port of the host. It says, in order,
// what answer makes of every question.
func serve(t *testing.T, w *loopback.World, port string, answer func(question []byte) [][]byte) (received func() int) {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	count := 0
	var ended sync.WaitGroup
	ended.Go(func() {
		packet := make([]byte, 2048)
		for {
			n, from, err := packets.ReadFrom(packet)
			if err != nil {
				return
			}
			mu.Lock()
			count++
			mu.Unlock()
			for _, each := range answer(packet[:n]) {
				_, _ = packets.WriteTo(each, from)
			}
		}
	})
	t.Cleanup(func() { packets.Close(); ended.Wait() })
	w.Map(net.JoinHostPort(host, port), packets.LocalAddr())
	return func() int { mu.Lock(); defer mu.Unlock(); return count }
}

// collect asks the host for these services, all on their own ports.
func collect(t *testing.T, w *loopback.World, services ...string) ([]udp.Answer, *network.Session) {
	t.Helper()
	s := w.Network.Session()
	r := udp.Request{Address: netip.MustParseAddr(host), Every: time.Millisecond}
	for _, service := range services {
		p, ok := datagram.Find(service)
		if !ok {
			t.Fatalf("no protocol %q", service)
		}
		r.Protocols = append(r.Protocols, p)
	}
	return udp.Collect(t.Context(), s, r), s
}

// clock answers as a time server of stratum 2 does.
func clock(question []byte) [][]byte {
	answer := make([]byte, 48)
	answer[0], answer[1] = 0x24, 2
	copy(answer[24:32], question[40:48])
	return [][]byte{answer}
}

// memory answers as memcached does.
func memory(question []byte) [][]byte {
	return [][]byte{append(question[:8:8], "VERSION 1.6.18\r\n"...)}
}

// resolver answers as an open resolver does.
func resolver(question []byte) [][]byte {
	query := new(dns.Msg)
	if query.Unpack(question) != nil {
		return nil
	}
	reply := new(dns.Msg).SetReply(query)
	reply.RecursionAvailable = true
	rr, err := dns.NewRR("example.com. 60 IN A 192.0.2.1")
	if err != nil {
		return nil
	}
	reply.Answer = []dns.RR{rr}
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return [][]byte{packed}
}

func device(kind string) []byte {
	target := "urn:schemas-upnp-org:device:" + kind + ":1"
	return []byte("HTTP/1.1 200 OK\r\nST: " + target + "\r\nUSN: uuid:1::" + target + "\r\nSERVER: Linux/5 UPnP/1.1 MiniUPnPd/2.3\r\n\r\n")
}

func seenPort(number uint16, service string) evidence.Port {
	return evidence.Port{Number: number, Transport: "udp", Identity: evidence.SeenAt(now), Service: service}
}

func facts(pairs ...string) []evidence.Fact {
	list := []evidence.Fact{}
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, evidence.Fact{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}

func TestServicesThatAnswerAreRecognised(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	received := []func() int{serve(t, w, "123", clock), serve(t, w, "11211", memory), serve(t, w, "53", resolver)}
	got, s := collect(t, w, "ntp", "memcached", "dns")
	want := []udp.Answer{
		{Service: "ntp", Number: 123, Observation: evidence.SeenAt(now), Port: seenPort(123, "ntp"), Sent: 48, Received: 48},
		{Service: "memcached", Number: 11211, Observation: evidence.SeenAt(now), Port: seenPort(11211, "memcached"), Sent: 17, Received: 24},
		{Service: "dns", Number: 53, Observation: evidence.SeenAt(now), Port: seenPort(53, "dns"), Sent: 29, Received: 56},
	}
	want[0].Port.Facts = facts("protocol", "NTPv4", "stratum", "2", "bytes-received", "48", "bytes-sent", "48", "factor", "1.0")
	want[1].Port.Product, want[1].Port.Version, want[1].Port.Greeting = "memcached", "1.6.18", "VERSION 1.6.18"
	want[1].Port.Facts = facts("bytes-received", "24", "bytes-sent", "17", "factor", "1.4")
	want[2].Port.Facts = facts("rcode", "NOERROR", "recursion", "yes", "bytes-received", "56", "bytes-sent", "29", "factor", "1.9")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, count := range received {
		if count() != 1 {
			t.Errorf("server %d got %d datagrams, want 1", i, count())
		}
	}
	if sent := s.Sent(); sent.Connections != 3 || sent.Bytes != 48+17+29 {
		t.Errorf("sent %+v, want three packets of 94 bytes", sent)
	}
}

func TestServiceOnAnUnusualPortIsRecognised(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	serve(t, w, "40123", clock)
	p, _ := datagram.Find("ntp")
	p.Port = 40123
	got := udp.Collect(t.Context(), w.Network.Session(), udp.Request{Address: netip.MustParseAddr(host), Protocols: []datagram.Protocol{p}})
	if got[0].State != evidence.Seen || got[0].Port.Service != "ntp" || got[0].Port.Number != 40123 {
		t.Errorf("got %+v", got[0])
	}
}

func TestSeveralAnswersAreOnePort(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.Dial = 300 * time.Millisecond
	received := serve(t, w, "1900", func([]byte) [][]byte {
		return [][]byte{[]byte("junk"), device("WANDevice"), device("InternetGatewayDevice"), device("WANDevice")}
	})
	got, _ := collect(t, w, "upnp")
	port := got[0].Port
	if port.Service != "upnp" || port.Product != "MiniUPnPd" || port.Fact("device") != "InternetGatewayDevice, WANDevice" {
		t.Errorf("got %+v", port)
	}
	if want := 4 + 2*len(device("WANDevice")) + len(device("InternetGatewayDevice")); got[0].Received != want || received() != 1 {
		t.Errorf("%d bytes came for %d questions, want %d for one", got[0].Received, received(), want)
	}
}

// The facts of a stranger are bounded, however many answers he sends.
func TestManyAnswersAreCut(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.Dial = 300 * time.Millisecond
	serve(t, w, "1900", func([]byte) [][]byte {
		var list [][]byte
		for i := range 60 {
			list = append(list, device(strings.Repeat("x", 60)+string(rune('A'+i))))
		}
		return list
	})
	got, _ := collect(t, w, "upnp")
	if value := got[0].Port.Fact("device"); value == "" || len(value) > evidence.MaxDetail {
		t.Errorf("%d bytes of devices", len(value))
	}
}

func TestWhatSpeaksAnotherProtocolIsNotNamedByItsPort(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func([]byte) [][]byte{
		"echo": func(q []byte) [][]byte { return [][]byte{q} },
		"junk": func([]byte) [][]byte { return [][]byte{[]byte("\x00\xff nothing known")} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Network.Limits.Dial = 300 * time.Millisecond
			var all []string
			for _, p := range datagram.Protocols() {
				all = append(all, p.Service)
				serve(t, w, netip.AddrPortFrom(netip.MustParseAddr(host), p.Port).String()[len(host)+1:], answer)
			}
			got, _ := collect(t, w, all...)
			for _, a := range got {
				if a.State != evidence.Seen || a.Port.Identity.State != evidence.Absent || a.Port.Service != "" {
					t.Errorf("%s: %+v, want an answer in no protocol", a.Service, a)
				}
			}
		})
	}
}

func TestEmptyAnswerSaysNothing(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.Dial = 300 * time.Millisecond
	serve(t, w, "123", func([]byte) [][]byte { return [][]byte{{}} })
	got, _ := collect(t, w, "ntp")
	if got[0].State != evidence.Seen || got[0].Port.Identity.State != evidence.Unknown || got[0].Port.Service != "" {
		t.Errorf("got %+v", got[0])
	}
}

// An answer that does not repeat our token is somebody else's; the true one is
// waited for.
func TestForgedAnswerIsPassedOver(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	serve(t, w, "123", func(q []byte) [][]byte {
		forged := clock(make([]byte, 48))[0]
		binary.BigEndian.PutUint64(forged[24:], 1)
		forged[1] = 15
		return append([][]byte{forged}, clock(q)...)
	})
	got, _ := collect(t, w, "ntp")
	if stratum := got[0].Port.Fact("stratum"); stratum != "2" || got[0].Received != 96 {
		t.Errorf("stratum %q of %d bytes, want 2 of 96", stratum, got[0].Received)
	}
}

func TestTokensDifferEachTime(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	var mu sync.Mutex
	tokens := map[uint64]bool{}
	serve(t, w, "123", func(q []byte) [][]byte {
		mu.Lock()
		defer mu.Unlock()
		tokens[binary.BigEndian.Uint64(q[40:])] = true
		return clock(q)
	})
	for range 4 {
		collect(t, w, "ntp")
	}
	mu.Lock()
	defer mu.Unlock()
	if len(tokens) != 4 {
		t.Errorf("%d tokens in 4 questions", len(tokens))
	}
}

func TestRefusalOfTheHostIsAnAbsence(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.Map(host+":161", packets.LocalAddr())
	packets.Close()
	got, _ := collect(t, w, "snmp")
	want := []udp.Answer{{Service: "snmp", Number: 161, Observation: evidence.AbsentAt(now), Sent: 65}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// silent takes every datagram and never answers; it works inside a bubble.
func silent(context.Context, string, netip.AddrPort) (net.Conn, error) {
	ours, theirs := net.Pipe()
	go func() {
		packet := make([]byte, 2048)
		for {
			if _, err := theirs.Read(packet); err != nil {
				return
			}
		}
	}()
	return ours, nil
}

func TestTimeoutIsNoVerdictAndEachIsAskedTwiceAtItsPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var came []time.Time
		var ports []uint16
		n := &network.Network{Permit: network.Permit{AllowReserved: true}, Now: loopback.Now}
		n.Connect = func(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
			mu.Lock()
			came, ports = append(came, time.Now()), append(ports, to.Port())
			mu.Unlock()
			return silent(ctx, kind, to)
		}
		s := n.Session()
		began := time.Now()
		got := udp.Collect(t.Context(), s, udp.Request{Address: netip.MustParseAddr(host)})
		want := evidence.Host{Address: host, Asked: 8}
		var each []uint16
		for i, p := range datagram.Protocols() {
			if got[i].State != evidence.Unknown || got[i].Problem != evidence.Timeout || got[i].Port.Number != 0 {
				t.Errorf("%s: %+v, want unknown by timeout", p.Service, got[i])
			}
			each = append(each, p.Port)
			want.Datagrams = append(want.Datagrams, evidence.Datagram{Service: p.Service, Number: p.Port, Observation: got[i].Observation})
		}
		if diff := cmp.Diff(append(each, each...), ports); diff != "" {
			t.Errorf("ports (-want +got):\n%s", diff)
		}
		for i := range came[1:] {
			if gap := came[i+1].Sub(came[i]); gap < time.Second {
				t.Errorf("question %d left %v after the one before", i+1, gap)
			}
		}
		if took := time.Since(began); took != 22*time.Second {
			t.Errorf("took %v, want 22s: eight seconds of questions, each after a second, and three of waiting, twice", took)
		}
		if sent := s.Sent(); sent.Connections != 16 {
			t.Errorf("sent %+v, want sixteen packets", sent)
		}
		h := evidence.Host{Address: host}
		udp.Add(&h, got)
		if diff := cmp.Diff(want, h); diff != "" {
			t.Errorf("host (-want +got):\n%s", diff)
		}
	})
}

// One lost datagram is no silence; and the second question is another one.
func TestLostDatagramIsSentAgainWithANewToken(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.Dial = 300 * time.Millisecond
	var mu sync.Mutex
	var tokens []uint64
	serve(t, w, "123", func(q []byte) [][]byte {
		mu.Lock()
		defer mu.Unlock()
		if tokens = append(tokens, binary.BigEndian.Uint64(q[40:])); len(tokens) == 1 {
			return nil
		}
		return clock(q)
	})
	got, s := collect(t, w, "ntp")
	if got[0].State != evidence.Seen || got[0].Port.Service != "ntp" || got[0].Sent != 48 || s.Sent().Connections != 2 {
		t.Errorf("got %+v after %d packets", got[0], s.Sent().Connections)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(tokens) != 2 || tokens[0] == tokens[1] {
		t.Errorf("tokens %x, want two that differ", tokens)
	}
}

// What was silent stays so where the second question could not be put.
func TestSecondQuestionThatIsNotPutTakesNothingAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network.Network{Connect: silent, Permit: network.Permit{AllowReserved: true}, Limits: network.Limits{PerAddress: 9}}
		s := n.Session()
		got := udp.Collect(t.Context(), s, udp.Request{Address: netip.MustParseAddr(host)})
		for _, a := range got {
			if a.State != evidence.Unknown || a.Problem != evidence.Timeout {
				t.Errorf("%s: %+v, want unknown by timeout", a.Service, a.Observation)
			}
		}
		if sent := s.Sent().Connections; sent != 9 {
			t.Errorf("%d packets left, want 9", sent)
		}
	})
}

func TestStopInTheMiddleIsSaid(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		cause error
		want  evidence.Problem
	}{
		"by-the-stop-file": {&network.Error{Problem: string(evidence.Stopped), Err: context.Canceled}, evidence.Stopped},
		"by-the-user":      {nil, evidence.Interrupted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				n := &network.Network{Connect: silent, Permit: network.Permit{AllowReserved: true}}
				s := n.Session()
				time.AfterFunc(2500*time.Millisecond, func() { cancel(tt.cause) })
				began := time.Now()
				got := udp.Collect(ctx, s, udp.Request{Address: netip.MustParseAddr(host)})
				for _, a := range got {
					if a.State != evidence.Unknown || a.Problem != tt.want {
						t.Errorf("%s: %+v, want %s", a.Service, a.Observation, tt.want)
					}
				}
				if sent, took := s.Sent().Connections, time.Since(began); sent != 2 || took != 2500*time.Millisecond {
					t.Errorf("%d packets in %v, want 2 and no more after the stop", sent, took)
				}
			})
		})
	}
}

func TestWhatWasNotAskedIsUnknownWithItsReason(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, each := range []struct {
		name    string
		ctx     context.Context //nolint:containedctx // a case is read once
		network *network.Network
		want    evidence.Problem
	}{
		{"forbidden-address", t.Context(), &network.Network{Connect: silent}, evidence.NotPermitted},
		{"stopped-before", gone, &network.Network{Connect: silent, Permit: network.Permit{AllowReserved: true}}, evidence.Interrupted},
	} {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			s := each.network.Session()
			got := udp.Collect(each.ctx, s, udp.Request{Address: netip.MustParseAddr(host)})
			for _, a := range got {
				if a.State != evidence.Unknown || a.Problem != each.want {
					t.Errorf("%s: %+v, want unknown, %s", a.Service, a.Observation, each.want)
				}
			}
			h := evidence.Host{Address: host}
			udp.Add(&h, got)
			if h.Asked != 0 || len(h.Ports) > 0 || len(h.Datagrams) != len(got) || h.Datagrams[0].Problem != each.want {
				t.Errorf("host %+v, want nothing asked and why", h)
			}
			if sent := s.Sent(); sent.Connections != 0 || sent.Bytes != 0 {
				t.Errorf("sent %+v, want nothing", sent)
			}
		})
	}
}

func TestBudgetEndsTheQuestions(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.PerAddress = 1
	serve(t, w, "123", clock)
	serve(t, w, "53", resolver)
	got, _ := collect(t, w, "ntp", "dns")
	states := map[evidence.Problem]int{got[0].Problem: 1}
	states[got[1].Problem]++
	if diff := cmp.Diff(map[evidence.Problem]int{"": 1, evidence.BudgetSpent: 1}, states); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnswersAreWrittenIntoTheHost(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.Dial = 300 * time.Millisecond
	serve(t, w, "123", clock)
	serve(t, w, "161", func([]byte) [][]byte { return nil })
	got, _ := collect(t, w, "snmp", "ntp", "ipmi")
	h := evidence.Host{Address: host, Asked: 2, Ports: []evidence.Port{{Number: 22, Transport: "tcp"}}}
	udp.Add(&h, got)
	want := evidence.Host{
		Address: host, Asked: 5, Ports: []evidence.Port{{Number: 22, Transport: "tcp"}, got[1].Port},
		Datagrams: []evidence.Datagram{
			{Service: "snmp", Number: 161, Observation: got[0].Observation},
			{Service: "ntp", Number: 123, Observation: evidence.SeenAt(now)},
			{Service: "ipmi", Number: 623, Observation: evidence.AbsentAt(now)}, // nobody is there, loopback says
		},
	}
	if got[0].Problem != evidence.Timeout {
		t.Errorf("snmp: %+v, want unknown by timeout", got[0].Observation)
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
