// Package guard stands before every socket of the engine: it admits the targets
// of the order and nothing else, holds the pace and counts. It dials nobody by
// itself.
package guard

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"campanile/cmd/campanile-nuclei/message"
)

// Guard knows what is permitted and what was done.
type Guard struct {
	names     map[string]netip.Addr // host and port, and the one address for it
	addresses map[netip.AddrPort]bool
	now       func() time.Time
	every     time.Duration // between two connections to one address
	most      int           // connections to one address; 0: as many as it takes

	mu    sync.Mutex
	next  map[netip.Addr]time.Time
	spent map[netip.Addr]int

	sockets, refused, requests, sent, received atomic.Int64
}

// New is the guard of an order, with the clock that paces it.
func New(o message.Order, now func() time.Time) *Guard {
	g := &Guard{now: now, names: map[string]netip.Addr{}, addresses: map[netip.AddrPort]bool{}, next: map[netip.Addr]time.Time{}, spent: map[netip.Addr]int{}, most: o.Connections}
	g.every = time.Second / time.Duration(o.PerSecond)
	for _, t := range o.Targets {
		g.names[net.JoinHostPort(t.Host, strconv.Itoa(int(t.At.Port())))] = t.At.Addr()
		g.addresses[t.At] = true
	}
	return g
}

// Name refuses a host that is not in the order, before it is dialled.
func (g *Guard) Name(host, ip, port string) error {
	address, err := netip.ParseAddr(ip)
	host = strings.ToLower(strings.Trim(host, "[]"))
	if want, ok := g.names[net.JoinHostPort(host, port)]; err != nil || !ok || want != address.Unmap() {
		g.refused.Add(1)
		return fmt.Errorf("not permitted: %s port %s at %s", host, port, ip)
	}
	return nil
}

// Socket refuses an address that is not in the order, just before it is
// connected to, and waits for its turn.
func (g *Guard) Socket(ctx context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !g.addresses[netip.AddrPortFrom(at.Addr().Unmap(), at.Port())] {
		g.refused.Add(1)
		return fmt.Errorf("not permitted: %s", address)
	}
	if !g.afford(at.Addr().Unmap()) {
		g.refused.Add(1)
		return fmt.Errorf("the budget is spent for %s", at.Addr().Unmap())
	}
	if err := g.turn(ctx, at.Addr().Unmap()); err != nil {
		return err
	}
	g.sockets.Add(1)
	return nil
}

// afford takes one connection from the budget of the address.
func (g *Guard) afford(address netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.most > 0 && g.spent[address] >= g.most {
		return false
	}
	g.spent[address]++
	return true
}

// turn waits until the pace admits another connection to the address. A turn
// counts from when it is taken and not from when it was due: after a moment in
// which the machine did nothing, those that wait do not all leave at once.
func (g *Guard) turn(ctx context.Context, address netip.Addr) error {
	for {
		due := g.take(address)
		if due <= 0 {
			return nil
		}
		wait := time.NewTimer(due)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return context.Cause(ctx)
		}
	}
}

// take takes the turn where it has come, and says how long to wait where not.
func (g *Guard) take(address netip.Addr) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	if due := g.next[address].Sub(now); due > 0 {
		return due
	}
	g.next[address] = now.Add(g.every)
	return 0
}
