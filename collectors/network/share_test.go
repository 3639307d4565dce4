package network_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// others is the pace of several processes, as far as a test has them: they are
// there for a while, or for good.
type others struct {
	until time.Duration // 0: they are not there
	err   error         // what entering ends with

	mu      sync.Mutex
	asked   []string // what was asked for, in order
	inside  map[string]int
	waiting int // at the most
	now     int
}

func (o *others) Enter(ctx context.Context, destination string, p network.Pace) (func(), error) {
	o.mu.Lock()
	o.asked = append(o.asked, fmt.Sprintf("%s %d %d/%v", destination, p.AtOnce, p.Starts, p.Span))
	o.now++
	o.waiting = max(o.waiting, o.now)
	o.mu.Unlock()
	defer func() {
		o.mu.Lock()
		o.now--
		o.mu.Unlock()
	}()
	if o.err != nil {
		return nil, o.err
	}
	if o.until > 0 {
		select {
		case <-time.After(o.until):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.inside == nil {
		o.inside = map[string]int{}
	}
	o.inside[destination]++
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.inside[destination]--
	}, nil
}

func TestWhatOtherProcessesAreToldOf(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var o others
		fake := &fakeResolver{answer: reply(t, dns.RcodeSuccess)}
		connect := func(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
			if to.Port() == 53 {
				return fake.connect(ctx, kind, to)
			}
			return welcome(ctx, kind, to)
		}
		n := network.Network{Connect: connect, Permit: allowAll, Share: &o, Resolvers: []netip.AddrPort{resolver}}
		s := n.Session()
		web, err := s.Dial(t.Context(), webServer)
		if err != nil {
			t.Fatal(err)
		}
		mail, err := s.Dial(t.Context(), mailServer)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]int{"192.0.2.80": 2, "smtp 192.0.2.80": 1}, o.inside); diff != "" {
			t.Errorf("while both are open (-want +got):\n%s", diff)
		}
		s.AskServer(t.Context(), netip.MustParseAddr("::ffff:192.0.2.53"), network.Query{Name: "comune.example", Type: dns.TypeA})
		s.Ask(t.Context(), "comune.example", dns.TypeMX) // our own resolver
		web.Close()
		mail.Close()
		mail.Close() // once more is no harm
		_, _ = s.Exchange(t.Context(), netip.MustParseAddrPort("192.0.2.80:161"), []byte("x"), 1, func([]byte) bool { return true })
		want := []string{"192.0.2.80 2 25/5s", "smtp 192.0.2.80 1 1/1s", "192.0.2.80 2 25/5s", "dns 192.0.2.53 4 20/1s", "192.0.2.80 2 25/5s"}
		if diff := cmp.Diff(want, o.asked); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]int{"192.0.2.80": 0, "smtp 192.0.2.80": 0, "dns 192.0.2.53": 0}, o.inside); diff != "" {
			t.Errorf("at the end (-want +got):\n%s", diff)
		}
	})
}

func TestWhereOthersAreNobodyDials(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]*others{"for long": {until: time.Hour}, "for good": {err: errors.New("closed")}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				dialled := false
				n := network.Network{Permit: allowAll, Share: o, Connect: func(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
					dialled = true
					return welcome(ctx, kind, to)
				}}
				s := n.Session()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				for range 3 { // more than there are places, in case one was not given back
					if _, err := s.Dial(ctx, webServer); network.Problem(err) != "interrupted" {
						t.Errorf("web: %v", err)
					}
					if _, err := s.Dial(ctx, mailServer); network.Problem(err) != "interrupted" {
						t.Errorf("mail: %v", err)
					}
					if reply := s.AskServer(ctx, netip.MustParseAddr("192.0.2.53"), network.Query{Name: "comune.example", Type: dns.TypeA}); network.Problem(reply.Err) != "interrupted" {
						t.Errorf("name server: %v", reply.Err)
					}
				}
				if sent := s.Sent(); dialled || sent.Connections != 0 || sent.Queries != 0 {
					t.Errorf("dialled %v, %+v", dialled, sent)
				}
				o.mu.Lock()
				o.until, o.err = 0, nil
				o.mu.Unlock()
				for range 3 {
					conn, err := s.Dial(t.Context(), webServer)
					if err != nil {
						t.Fatalf("afterwards: %v", err)
					}
					conn.Close()
				}
			})
		})
	}
}

func TestNoMoreWaitForOthersThanMayBeThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &others{until: 10 * time.Second}
		n := network.Network{Permit: allowAll, Share: o, Connect: welcome}
		var all sync.WaitGroup
		var took []time.Duration
		var mu sync.Mutex
		began := time.Now()
		for range 6 {
			all.Go(func() {
				conn, err := n.Session().Dial(t.Context(), webServer)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
				conn.Close()
			})
		}
		all.Wait()
		slices.Sort(took)
		want := []time.Duration{10 * time.Second, 10 * time.Second, 20 * time.Second, 20 * time.Second, 30 * time.Second, 30 * time.Second}
		if diff := cmp.Diff(want, took); diff != "" || o.waiting != 2 {
			t.Errorf("%d waited at once (-want +got):\n%s", o.waiting, diff)
		}
	})
}
