package guard

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"campanile/cmd/campanile-nuclei/message"
)

func guarded() *Guard {
	t := message.Target{Host: "www.comune.example", At: netip.MustParseAddrPort("198.51.100.7:443")}
	six := message.Target{Host: "2001:db8::7", At: netip.MustParseAddrPort("[2001:db8::7]:8080")}
	return New(message.Order{Job: message.Job{PerSecond: 5}, Targets: []message.Target{t, six}}, time.Now)
}

func TestNamesOutsideTheOrder(t *testing.T) {
	t.Parallel()
	g := guarded()
	for _, test := range []struct {
		host, ip, port string
		want           bool
	}{
		{"www.comune.example", "198.51.100.7", "443", true},
		{"WWW.comune.example", "198.51.100.7", "443", true},
		{"[2001:db8::7]", "2001:db8::7", "8080", true},
		{"www.comune.example", "198.51.100.8", "443", false},
		{"www.comune.example", "198.51.100.7", "80", false},
		{"other.example", "198.51.100.7", "443", false},
		{"www.comune.example", "127.0.0.1", "443", false},
		{"www.comune.example", "", "443", false},
	} {
		if err := g.Name(test.host, test.ip, test.port); (err == nil) != test.want {
			t.Errorf("%+v: %v", test, err)
		}
	}
	if got := g.Figures().Refused; got != 5 {
		t.Errorf("%d refused, want 5", got)
	}
}

func TestSocketsOutsideTheOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := guarded()
		for address, want := range map[string]bool{
			"198.51.100.7:443": true, "[::ffff:198.51.100.7]:443": true, "[2001:db8::7]:8080": true,
			"198.51.100.7:80": false, "198.51.100.8:443": false, "127.0.0.1:443": false, "nonsense": false,
		} {
			if err := g.Socket(g.Counting(t.Context()), "tcp", address, nil); (err == nil) != want {
				t.Errorf("%s: %v", address, err)
			}
		}
		if got := g.Figures(); got != (Figures{Sockets: 3, Refused: 4}) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestBudgetIsForEachAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := guarded()
		g.most = 2
		for i, want := range []bool{true, true, false, false} {
			err := g.Socket(g.Counting(t.Context()), "tcp", "198.51.100.7:443", nil)
			if (err == nil) != want || !want && !strings.Contains(err.Error(), "the budget is spent for 198.51.100.7") {
				t.Errorf("connection %d: %v", i+1, err)
			}
		}
		if err := g.Socket(g.Counting(t.Context()), "tcp", "[2001:db8::7]:8080", nil); err != nil {
			t.Errorf("another address: %v", err)
		}
		if got := g.Figures(); got != (Figures{Sockets: 3, Refused: 2}) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestPaceIsForEachAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, begun := guarded(), time.Now()
		for range 6 {
			if err := g.turn(t.Context(), netip.MustParseAddr("198.51.100.7"), new(dial)); err != nil {
				t.Fatal(err)
			}
		}
		if got := time.Since(begun); got != time.Second {
			t.Errorf("six connections took %v", got)
		}
		if err := g.turn(t.Context(), netip.MustParseAddr("2001:db8::7"), new(dial)); err != nil || time.Since(begun) != time.Second {
			t.Errorf("another address had to wait: %v, %v", err, time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := g.turn(ctx, netip.MustParseAddr("198.51.100.7"), new(dial)); err == nil {
			t.Error("it did not stop waiting")
		}
	})
}

// A dialler with the guard in it reaches nobody else.
func TestGuardStandsInTheDialler(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dialler := net.Dialer{ControlContext: guarded().Socket}
	if conn, err := dialler.DialContext(t.Context(), "tcp", listener.Addr().String()); err == nil || !strings.Contains(err.Error(), "not permitted") {
		t.Errorf("got %v, %v", conn, err)
	}
}
