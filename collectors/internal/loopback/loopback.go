// Package loopback is a small world for the tests of collectors: a DNS server,
// and documentation addresses that lead to listeners on loopback.
//
// It must be imported by tests only.
package loopback

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/internal/dnstest"
	"campanile/collectors/network"
)

// World is a network in which only what a test puts there exists: other names
// do not exist, other addresses refuse connections.
type World struct {
	Network *network.Network

	names    *dnstest.Server
	mu       sync.Mutex
	to       map[netip.AddrPort]func(context.Context) (net.Conn, error)
	resolver netip.AddrPort
}

// Now is the time of every world.
func Now() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }

// New begins an empty world that ends with the test.
func New(tb testing.TB) *World {
	tb.Helper()
	w := &World{names: dnstest.New(tb), to: map[netip.AddrPort]func(context.Context) (net.Conn, error){}}
	w.resolver = w.names.Listen(tb)
	w.Network = &network.Network{
		Resolvers: []netip.AddrPort{w.resolver},
		Connect:   w.connect,
		Now:       Now,
		Permit:    network.Permit{AllowReserved: true},
		Limits:    network.Limits{AtOnce: 16, PerSecond: 1000, PerAddress: 1000, MailSpacing: time.Nanosecond},
	}
	return w
}

// Host gives a name its addresses; with none, it only exists.
func (w *World) Host(tb testing.TB, name string, addresses ...string) {
	tb.Helper()
	lines := []string{name + ". TXT here"}
	for _, address := range addresses {
		kind := "A"
		if netip.MustParseAddr(address).Is6() {
			kind = "AAAA"
		}
		lines = append(lines, name+". "+kind+" "+address)
	}
	w.names.Add(dnstest.Records(tb, lines...)...)
}

// Broken makes the name servers of a name fail.
func (w *World) Broken(name string) {
	for _, kind := range []string{"A", "AAAA"} {
		w.names.Say(name+". "+kind, dnstest.Reply{Rcode: dns.RcodeServerFailure})
	}
}

// Map leads an address and port to a listener.
func (w *World) Map(address string, listener net.Addr) {
	w.lead(address, func(ctx context.Context) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, listener.Network(), listener.String())
	})
}

// Pipe answers every connection to an address and port with a function of the
// test, through a pipe: in a bubble of testing/synctest, silence costs no time.
func (w *World) Pipe(address string, answer func(net.Conn)) {
	w.lead(address, func(context.Context) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			answer(far)
		}()
		return near, nil
	})
}

// Fail makes every connection to an address and port fail with an error.
func (w *World) Fail(address string, err error) {
	w.lead(address, func(context.Context) (net.Conn, error) { return nil, err })
}

func (w *World) lead(address string, dial func(context.Context) (net.Conn, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to[netip.MustParseAddrPort(address)] = dial
}

// Serve answers every connection to an address and port with a function of the
// test, and closes the connection after it.
func (w *World) Serve(tb testing.TB, address string, answer func(net.Conn)) {
	tb.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer conn.Close()
				answer(conn)
			})
		}
	})
	tb.Cleanup(func() {
		_ = listener.Close()
		group.Wait()
	})
	w.Map(address, listener.Addr())
}

func (w *World) connect(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
	if to == w.resolver {
		var dialer net.Dialer
		return dialer.DialContext(ctx, kind, to.String())
	}
	w.mu.Lock()
	dial, ok := w.to[to]
	w.mu.Unlock()
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: kind, Addr: net.TCPAddrFromAddrPort(to), Err: syscall.ECONNREFUSED}
	}
	return dial(ctx)
}
