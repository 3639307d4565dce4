package lab

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"campanile/collectors/network"
)

func TestNothingButTheLabIsDialled(t *testing.T) {
	t.Parallel()
	l := raised(t)
	var config net.ListenConfig
	stranger, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, stranger)
	for name, to := range map[string]string{
		"a server on this machine":        stranger.Addr().String(),
		"a listener of the lab by itself": l.doors[netip.MustParseAddrPort("192.0.2.10:80")].address.String(),
		"an address that nobody has":      "192.0.2.200:80",
		"a closed port of a town":         "192.0.2.60:443",
		"a public address":                "9.9.9.9:53",
	} {
		conn, err := l.Network().Connect(t.Context(), "tcp", netip.MustParseAddrPort(to))
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s: got %v, want connection refused", name, err)
		}
		if conn != nil {
			shut(t, conn)
		}
	}
	if _, err := l.Network().Connect(t.Context(), "udp", netip.MustParseAddrPort("192.0.2.10:80")); network.Problem(err) != "refused" {
		t.Errorf("a web server over UDP: %v, want refused", err)
	}
}

func TestAClosedLabRefuses(t *testing.T) {
	t.Parallel()
	l := raised(t)
	world := l.Network()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, to := range []netip.AddrPort{netip.MustParseAddrPort("192.0.2.10:80"), resolverAddress, l.DNSAddress()} {
		if _, err := world.Connect(t.Context(), "tcp", to); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s: %v, want connection refused", to, err)
		}
	}
}

func TestDroppedPacketsCostTheCallersTime(t *testing.T) {
	t.Parallel()
	l := raised(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := l.Network().Connect(ctx, "tcp", netip.MustParseAddrPort("192.0.2.94:25"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of the caller's patience", err)
	}
}

func TestAVisitWearsTheFictionalAddress(t *testing.T) {
	t.Parallel()
	l := raised(t)
	for _, to := range []string{"192.0.2.10:80", "[2001:db8:10::80]:80"} {
		conn, err := l.Network().Session().Dial(t.Context(), netip.MustParseAddrPort(to))
		if err != nil {
			t.Fatal(err)
		}
		if got := conn.RemoteAddr().String(); got != to {
			t.Errorf("remote address %s, want %s", got, to)
		}
		shut(t, conn)
	}
}

func TestSilenceIsATimeoutAfterOneSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer shut(t, there)
		conn := &visit{Conn: here}
		defer shut(t, conn)
		start := time.Now()
		_, err := conn.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %v, want a timeout", err)
		}
		if took := time.Since(start); took != patience {
			t.Errorf("waited %s, want %s", took, patience)
		}
	})
}

func TestASlowServerThatStillTalksIsHeardOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		conn := &visit{Conn: here}
		defer shut(t, conn)
		go func() {
			defer shut(t, there)
			for range 3 {
				time.Sleep(patience * 9 / 10)
				if _, err := there.Write([]byte("x")); err != nil {
					return
				}
			}
		}()
		for range 3 {
			if _, err := conn.Read(make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTheClockStandsStill(t *testing.T) {
	t.Parallel()
	l := raised(t)
	if got := l.Network().Session().Now(); !got.Equal(someDay) {
		t.Errorf("the lab's clock shows %s, want %s", got, someDay)
	}
}
