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

	"campanile/collectors/network"
)

var datagramServer = netip.MustParseAddrPort("192.0.2.80:161")

// echo answers every datagram on loopback with what answer makes of it, and
// counts those that come.
func echo(t *testing.T, answer func(question []byte) [][]byte) (at net.Addr, received func() int) {
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
	return packets.LocalAddr(), func() int { mu.Lock(); defer mu.Unlock(); return count }
}

// towards gives a network in which every address is this listener.
func towards(at net.Addr) *network.Network {
	return &network.Network{
		Permit: allowAll,
		Connect: func(ctx context.Context, kind string, _ netip.AddrPort) (net.Conn, error) {
			var dialer net.Dialer
			return dialer.DialContext(ctx, kind, at.String())
		},
	}
}

// mute takes every datagram and says nothing. It works inside a bubble.
func mute(context.Context, string, netip.AddrPort) (net.Conn, error) {
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

func first([]byte) bool { return true }
func never([]byte) bool { return false }

func TestDatagramIsAnsweredAndCounted(t *testing.T) {
	t.Parallel()
	at, received := echo(t, func(q []byte) [][]byte { return [][]byte{append([]byte("re: "), q...), []byte("too late")} })
	s := towards(at).Session()
	got, err := s.Exchange(t.Context(), datagramServer, []byte("who"), 1000, first)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]byte{[]byte("re: who")}, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	sent := s.Sent()
	if sent.Connections != 1 || sent.Bytes != 3 || sent.Received != 7 || sent.ByAddress[datagramServer.Addr()].Bytes != 3 {
		t.Errorf("sent %+v, want one packet of 3 bytes and 7 back", sent)
	}
	if received() != 1 {
		t.Errorf("the server got %d datagrams, want 1", received())
	}
}

func TestStrayDatagramsArePassedOver(t *testing.T) {
	t.Parallel()
	at, _ := echo(t, func([]byte) [][]byte { return [][]byte{[]byte("stray"), []byte("true"), []byte("late")} })
	got, err := towards(at).Session().Exchange(t.Context(), datagramServer, []byte("who"), 1000,
		func(answer []byte) bool { return string(answer) == "true" })
	if diff := cmp.Diff([][]byte{[]byte("stray"), []byte("true")}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestFloodOfDatagramsHasAnEnd(t *testing.T) {
	t.Parallel()
	at, _ := echo(t, func([]byte) [][]byte {
		flood := make([][]byte, 200)
		for i := range flood {
			flood[i] = make([]byte, 100)
		}
		return flood
	})
	for name, each := range map[string]struct{ most, want int }{
		"bytes":     {250, 3},
		"datagrams": {1 << 20, 64},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := towards(at).Session().Exchange(t.Context(), datagramServer, []byte("who"), each.most, never)
			if len(got) != each.want || err != nil {
				t.Errorf("%d datagrams, %v; want %d", len(got), err, each.want)
			}
		})
	}
}

func TestAnswersBeforeTheTimeIsOverAreKept(t *testing.T) {
	t.Parallel()
	at, _ := echo(t, func([]byte) [][]byte { return [][]byte{[]byte("one"), []byte("two")} })
	n := towards(at)
	n.Limits.Dial = time.Second
	got, err := n.Session().Exchange(t.Context(), datagramServer, []byte("who"), 1000, never)
	if diff := cmp.Diff([][]byte{[]byte("one"), []byte("two")}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestClosedPortIsRefusedByTheHost(t *testing.T) {
	t.Parallel()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := packets.LocalAddr()
	packets.Close()
	_, err = towards(at).Session().Exchange(t.Context(), datagramServer, []byte("who"), 1000, first)
	if got := network.Problem(err); got != "refused" {
		t.Errorf("problem %q, want refused: %v", got, err)
	}
}

func TestSilenceAfterADatagramIsATimeoutAndNothingIsRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Connect: mute, Permit: allowAll}
		s := n.Session()
		began := s.Now()
		_, err := s.Exchange(t.Context(), datagramServer, []byte("who"), 1000, first)
		if got := network.Problem(err); got != "timeout" {
			t.Errorf("problem %q, want timeout: %v", got, err)
		}
		if took := s.Now().Sub(began); took != 3*time.Second {
			t.Errorf("took %v, want 3s", took)
		}
		if sent := s.Sent(); sent.Connections != 1 || sent.Bytes != 3 {
			t.Errorf("sent %+v, want the question once", sent)
		}
	})
}

// Whoever stops the scan does not make the host silent.
func TestStoppedExchangeIsAnInterruption(t *testing.T) {
	t.Parallel()
	for name, stop := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		},
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := stop(t.Context())
				defer cancel()
				n := network.Network{Connect: mute, Permit: allowAll}
				_, err := n.Session().Exchange(ctx, datagramServer, []byte("who"), 1000, first)
				if got := network.Problem(err); got != "interrupted" {
					t.Errorf("problem %q, want interrupted: %v", got, err)
				}
			})
		})
	}
}

func TestForbiddenAddressGetsNoDatagram(t *testing.T) {
	t.Parallel()
	dialled := false
	n := network.Network{Connect: func(context.Context, string, netip.AddrPort) (net.Conn, error) {
		dialled = true
		return nil, net.ErrClosed
	}}
	s := n.Session()
	for _, to := range []string{"10.0.0.1:161", "[::ffff:127.0.0.1]:161", "[fe80::1%1]:161", "[64:ff9b::a00:1]:161"} {
		_, err := s.Exchange(t.Context(), netip.MustParseAddrPort(to), []byte("who"), 1000, first)
		if got := network.Problem(err); got != "not-permitted" {
			t.Errorf("%s: problem %q, want not-permitted", to, got)
		}
	}
	if sent := s.Sent(); dialled || sent.Connections != 0 {
		t.Errorf("dialled %v, sent %+v", dialled, sent)
	}
}

func TestDatagramsKeepThePaceAndTheBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// Five packets in five seconds are allowed, and seven for the target.
		n := network.Network{Connect: mute, Permit: allowAll, Limits: network.Limits{PerSecond: 1, PerAddress: 7}}
		s := n.Session()
		began := s.Now()
		problems := make([]string, 8)
		var all sync.WaitGroup
		for i := range problems {
			all.Go(func() {
				_, err := s.Exchange(t.Context(), datagramServer, []byte("who"), 1000, first)
				problems[i] = network.Problem(err)
			})
		}
		all.Wait()
		spent := 0
		for _, problem := range problems {
			if problem == "budget-spent" {
				spent++
			}
		}
		if spent != 1 || s.Sent().Connections != 7 {
			t.Errorf("problems %v, sent %+v; want seven packets and one over the budget", problems, s.Sent())
		}
		// The sixth leaves after five seconds, and is waited for another three:
		// who waits for an answer holds nobody up.
		if took := s.Now().Sub(began); took != 8*time.Second {
			t.Errorf("took %v, want 8s", took)
		}
	})
}
