package network_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/network"
)

// hang is a host that never answers: the connection ends with the context.
func hang(ctx context.Context, _ string, _ netip.AddrPort) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// welcome is a host that accepts at once and then says nothing.
func welcome(context.Context, string, netip.AddrPort) (net.Conn, error) {
	ours, _ := net.Pipe()
	return ours, nil
}

func TestSilentHostCostsExactlyTheDialLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Connect: hang, Permit: allowAll, Limits: network.Limits{Dial: 5 * time.Second}}
		s := n.Session()
		start := s.Now()
		_, err := s.Dial(t.Context(), webServer)
		if got := network.Problem(err); got != "timeout" {
			t.Errorf("problem %q, want timeout: %v", got, err)
		}
		if got := s.Now().Sub(start); got != 5*time.Second {
			t.Errorf("cost %v, want exactly 5s", got)
		}
	})
}

func TestWaitingForATurnIsNotPartOfTheDialLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Connect: hang, Permit: allowAll, Limits: network.Limits{Dial: 5 * time.Second, AtOnce: 1}}
		s := n.Session()
		start := s.Now()
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if _, err := s.Dial(t.Context(), webServer); network.Problem(err) != "timeout" {
					t.Errorf("want timeout, got %v", err)
				}
			})
		}
		both.Wait()
		if got := s.Now().Sub(start); got != 10*time.Second {
			t.Errorf("two dials in turn cost %v, want 10s", got)
		}
	})
}

// A deadline that passes in the queue says nothing about the host.
func TestDeadlineInTheQueueIsAnInterruption(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Connect: welcome, Permit: allowAll, Limits: network.Limits{AtOnce: 1}}
		s := n.Session()
		first, err := s.Dial(t.Context(), webServer)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = s.Dial(ctx, webServer)
		want := "interrupted: waiting for a turn at 192.0.2.80: context deadline exceeded"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if got := s.Sent().Connections; got != 1 {
			t.Errorf("%d connections counted, want 1: the second never left", got)
		}
		first.Close()
	})
}

func TestAddressFeelsAtMostItsBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := network.Limits{AtOnce: 3, PerSecond: 4}
		var mu sync.Mutex
		var starts []time.Time
		n := network.Network{Permit: allowAll, Limits: limits}
		n.Connect = func(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			starts = append(starts, n.Session().Now())
			return welcome(ctx, kind, to)
		}
		open, most := 0, 0
		count := func(change int) {
			mu.Lock()
			defer mu.Unlock()
			open += change
			most = max(most, open)
		}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				s := n.Session() // every dial for another target: the budget is the address's
				conn, err := s.Dial(t.Context(), webServer)
				if err != nil {
					t.Error(err)
					return
				}
				count(+1)
				wait(300 * time.Millisecond)
				count(-1)
				conn.Close()
			})
		}
		all.Wait()
		if len(starts) != 50 || most != limits.AtOnce {
			t.Errorf("%d started, at most %d at once; want 50 and exactly %d", len(starts), most, limits.AtOnce)
		}
		// A burst may come at once; five seconds together keep the pace.
		if got := busiest(starts, 5*time.Second); got != 5*limits.PerSecond {
			t.Errorf("%d connections opened in five seconds, want exactly %d", got, 5*limits.PerSecond)
		}
	})
}

func TestMailServerHasOneSessionAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Permit: allowAll, Connect: welcome}
		var mu sync.Mutex
		var starts []time.Time
		open, most := 0, 0
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				s := n.Session()
				conn, err := s.Dial(t.Context(), mailServer)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				starts = append(starts, s.Now())
				open++
				most = max(most, open)
				mu.Unlock()
				wait(300 * time.Millisecond)
				mu.Lock()
				open--
				mu.Unlock()
				conn.Close()
			})
		}
		all.Wait()
		if len(starts) != 4 || most != 1 || busiest(starts, time.Second) != 1 {
			t.Errorf("%d sessions, %d at once, %d in one second; want 4, one at a time, a second apart", len(starts), most, busiest(starts, time.Second))
		}
	})
}

func TestWaitingForAMailServerHoldsNoWebPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Permit: allowAll, Connect: welcome}
		s := n.Session()
		session, err := s.Dial(t.Context(), mailServer)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var waiting sync.WaitGroup
		waiting.Go(func() {
			if conn, err := s.Dial(ctx, mailServer); err == nil {
				conn.Close()
				t.Error("a second session while the first is open")
			}
		})
		synctest.Wait()
		page, err := s.Dial(t.Context(), webServer)
		if err != nil {
			t.Fatal(err)
		}
		page.Close()
		session.Close()
		cancel()
		waiting.Wait()
	})
}

// busiest gives the greatest number of starts in any span of that length.
func busiest(starts []time.Time, span time.Duration) int {
	slices.SortFunc(starts, time.Time.Compare)
	most := 0
	for i, first := range starts {
		n := 0
		for _, other := range starts[i:] {
			if other.Before(first.Add(span)) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func TestAddressesDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Connect: welcome, Permit: allowAll, Limits: network.Limits{AtOnce: 1, PerSecond: 1}}
		s := n.Session()
		start := s.Now()
		for _, to := range []string{"192.0.2.1:443", "192.0.2.2:443", "[2001:db8::1]:443"} {
			conn, err := s.Dial(t.Context(), netip.MustParseAddrPort(to))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
		}
		if waited := s.Now().Sub(start); waited != 0 {
			t.Errorf("waited %v for three addresses", waited)
		}
	})
}

func TestConnectionBeyondTheTargetsShareIsNotDialled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dialled := 0
		n := network.Network{Permit: allowAll}
		n.Connect = func(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
			dialled++
			return welcome(ctx, kind, to)
		}
		s := n.Session()
		for range 60 {
			conn, err := s.Dial(t.Context(), webServer)
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
		}
		_, err := s.Dial(t.Context(), webServer)
		want := "budget-spent: 60 connections to 192.0.2.80 for one target"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if dialled != 60 || s.Sent().Connections != 60 {
			t.Errorf("dialled %d and counted %d, want 60", dialled, s.Sent().Connections)
		}
		// Another target has its own share of the same address.
		conn, err := n.Session().Dial(t.Context(), webServer)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	})
}

func TestForbiddenAddressIsNotDialledAndNotCounted(t *testing.T) {
	t.Parallel()
	n := network.Network{Connect: func(context.Context, string, netip.AddrPort) (net.Conn, error) {
		t.Error("dialled")
		return nil, syscall.ECONNREFUSED
	}}
	s := n.Session()
	_, err := s.Dial(t.Context(), netip.MustParseAddrPort("[::ffff:10.0.0.1]:443"))
	if got := network.Problem(err); got != "not-permitted" {
		t.Errorf("problem %q, want not-permitted", got)
	}
	if diff := cmp.Diff(network.Sent{}, s.Sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

// Whatever becomes of a dial, its place must be free for the next one. A mail
// server has a place of its own besides that of the address.
func TestPlaceIsGivenBack(t *testing.T) {
	t.Parallel()
	tests := map[string]func(t *testing.T, n *network.Network){
		"after-refusal": func(t *testing.T, n *network.Network) {
			n.Connect = func(context.Context, string, netip.AddrPort) (net.Conn, error) { return nil, syscall.ECONNREFUSED }
			if _, err := n.Session().Dial(t.Context(), mailServer); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("got %v", err)
			}
		},
		"after-timeout": func(t *testing.T, n *network.Network) {
			n.Connect = hang
			if _, err := n.Session().Dial(t.Context(), mailServer); network.Problem(err) != "timeout" {
				t.Errorf("got %v", err)
			}
		},
		"after-closing-twice": func(t *testing.T, n *network.Network) {
			conn, err := n.Session().Dial(t.Context(), mailServer)
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
			conn.Close()
		},
		"after-cancelled-before-the-start": func(t *testing.T, n *network.Network) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := n.Session().Dial(ctx, mailServer); network.Problem(err) != "interrupted" {
				t.Errorf("got %v", err)
			}
		},
		"after-cancelled-waiting-for-the-second": func(t *testing.T, n *network.Network) {
			conn, err := n.Session().Dial(t.Context(), mailServer)
			if err != nil {
				t.Fatal(err)
			}
			conn.Close() // its place is free, but its second is not over
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			if _, err := n.Session().Dial(ctx, mailServer); network.Problem(err) != "interrupted" {
				t.Errorf("got %v", err)
			}
		},
	}
	for name, use := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &network.Network{Connect: welcome, Permit: allowAll, Limits: network.Limits{AtOnce: 1}}
				use(t, n)
				n.Connect = welcome
				wait(time.Second)
				start := n.Session().Now()
				for range 2 {
					conn, err := n.Session().Dial(t.Context(), mailServer)
					if err != nil {
						t.Fatal(err)
					}
					conn.Close()
				}
				// Had a place been lost the first would hang; had one been
				// given back twice the second would not wait.
				if got := n.Session().Now().Sub(start); got != time.Second {
					t.Errorf("two dials took %v, want 1s", got)
				}
			})
		})
	}
}

func TestBoundConnectionEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := network.Network{Connect: welcome, Permit: allowAll}
		s := n.Session()
		conn, err := s.Dial(t.Context(), webServer)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		defer network.Bind(ctx, conn)()
		start := s.Now()
		_, err = conn.Read(make([]byte, 1))
		if got := network.Problem(err); got != "timeout" {
			t.Errorf("problem %q, want timeout: %v", got, err)
		}
		if got := s.Now().Sub(start); got != 3*time.Second {
			t.Errorf("read for %v, want 3s", got)
		}
	})
}
