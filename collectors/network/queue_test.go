package network_test

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// busy is a machine on which packets leave late, and a server that answers after
// 20 ms.
type busy struct {
	late func(i int) time.Duration // of the connection or datagram that is begun as number i

	mu    sync.Mutex
	begun int
	left  []time.Time
}

// leave waits until the packet leaves, and notes when that was.
func (b *busy) leave() {
	b.mu.Lock()
	i := b.begun
	b.begun++
	b.mu.Unlock()
	wait(b.late(i))
	b.mu.Lock()
	b.left = append(b.left, new(network.Network).Session().Now())
	b.mu.Unlock()
}

// connect is a network.Network.Connect.
func (b *busy) connect(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
	if kind == "udp" {
		conn, err := mute(ctx, kind, to)
		return slow{conn, b}, err
	}
	b.leave()
	wait(20 * time.Millisecond)
	return welcome(ctx, kind, to)
}

// slow sends datagrams late.
type slow struct {
	net.Conn
	busy *busy
}

// Write sends one.
func (s slow) Write(b []byte) (int, error) {
	s.busy.leave()
	return s.Conn.Write(b)
}

// Packets that leave late come closer to those that follow: what counts is when
// they left.
func TestPacketsThatLeaveLateKeepThePace(t *testing.T) {
	t.Parallel()
	// Every third is late, after the first of all, by which that can be told.
	third := func(i int) time.Duration { return time.Duration(i%3/2) * 400 * time.Millisecond }
	connect := func(ctx context.Context, s *network.Session) {
		if conn, err := s.Dial(ctx, webServer); err == nil {
			conn.Close()
		}
	}
	for name, tt := range map[string]struct {
		late   func(int) time.Duration
		begin  func(context.Context, *network.Session)
		span   time.Duration
		most   int
		within time.Duration // until the last of a hundred left; 0: it depends
	}{
		"connections":                 {third, connect, 5 * time.Second, 25, 0},
		"connections-on-time":         {func(int) time.Duration { return 0 }, connect, 5 * time.Second, 25, 15*time.Second + 20*time.Millisecond},
		"connections-that-are-spread": {third, func(ctx context.Context, s *network.Session) { connect(ctx, s.Evenly(5)) }, time.Second, 5, 0},
		"datagrams": {third, func(ctx context.Context, s *network.Session) {
			_, _ = s.Exchange(ctx, datagramServer, []byte("who"), 1, first)
		}, 5 * time.Second, 25, 0},
		"sessions-with-a-mail-server": {func(i int) time.Duration { return time.Duration(i%3/2) * 1500 * time.Millisecond }, func(ctx context.Context, s *network.Session) {
			if conn, err := s.Dial(ctx, mailServer); err == nil {
				conn.Close()
			}
		}, time.Second, 1, 0},
		"questions": {third, func(ctx context.Context, s *network.Session) {
			s.AskServer(ctx, resolver.Addr(), network.Query{Name: "example.test", Type: dns.TypeA, Anew: true})
		}, time.Second, 20, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &busy{late: tt.late}
				n := network.Network{Permit: allowAll, Connect: b.connect, Limits: network.Limits{AtOnce: 100, ServerAtOnce: 100}}
				begun := n.Session().Now()
				var all sync.WaitGroup
				tt.begin(t.Context(), n.Session())
				for range 99 {
					all.Go(func() { tt.begin(t.Context(), n.Session()) })
				}
				all.Wait()
				if got := busiest(b.left, tt.span); got > tt.most {
					t.Errorf("%d left within %v, want %d at most", got, tt.span, tt.most)
				}
				if got := b.left[99].Sub(begun); tt.within != 0 && got > tt.within {
					t.Errorf("it took %v, want %v", got, tt.within)
				}
			})
		})
	}
}

// A dial that had no answer says nothing of when it left.
func TestSilenceDoesNotSlowThePace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Permit: allowAll, Connect: hang, Limits: network.Limits{AtOnce: 100, Dial: 2 * time.Second}}
		begun := n.Session().Now()
		var all sync.WaitGroup
		for range 26 {
			all.Go(func() { _, _ = n.Session().Dial(t.Context(), webServer) })
		}
		all.Wait()
		if got := n.Session().Now().Sub(begun); got != 7*time.Second {
			t.Errorf("it took %v, want five seconds for the turn of the last one and two for its silence", got)
		}
	})
}
