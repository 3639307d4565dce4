// Package guard stands before every socket of the engine: it admits the targets
// of the order and nothing else, holds the pace and counts. It dials nobody by
// itself.
package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
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
	perSecond int // connections to one address
	most      int // connections to one address; 0: as many as it takes

	mu    sync.Mutex
	paces map[netip.Addr]*pace
	spent map[netip.Addr]int

	sockets, refused, requests, sent, received atomic.Int64
}

// New is the guard of an order, with the clock that paces it.
func New(o message.Order, now func() time.Time) *Guard {
	g := &Guard{
		now: now, names: map[string]netip.Addr{}, addresses: map[netip.AddrPort]bool{}, paces: map[netip.Addr]*pace{}, spent: map[netip.Addr]int{},
		perSecond: o.PerSecond, most: o.Connections,
	}
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

// dial is what a context knows of the connection that is opened for it.
type dial struct {
	pace  *pace // nil: it has had no turn
	taken time.Time
}

type dialKey struct{}

// Counting is the context for the dials of somebody who counts what they bring.
// Socket refuses every other: what is in no figure does not leave.
func (g *Guard) Counting(ctx context.Context) context.Context {
	d := &dial{}
	ctx = context.WithValue(ctx, dialKey{}, d)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{ConnectDone: func(_, _ string, err error) { g.done(d, err) }})
}

// Socket refuses an address that is not in the order and a connection that nobody
// would count, just before it is opened, and waits for its turn.
func (g *Guard) Socket(ctx context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !g.addresses[netip.AddrPortFrom(at.Addr().Unmap(), at.Port())] {
		g.refused.Add(1)
		return fmt.Errorf("not permitted: %s", address)
	}
	d, ok := ctx.Value(dialKey{}).(*dial)
	if !ok {
		g.refused.Add(1)
		return fmt.Errorf("not permitted: %s by a way on which nothing is counted", address)
	}
	if !g.afford(at.Addr().Unmap()) {
		g.refused.Add(1)
		return fmt.Errorf("the budget is spent for %s", at.Addr().Unmap())
	}
	if err := g.turn(ctx, at.Addr().Unmap(), d); err != nil {
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

// turn waits until the pace admits another connection to the address.
func (g *Guard) turn(ctx context.Context, address netip.Addr, d *dial) error {
	for {
		due := g.take(address, d)
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
func (g *Guard) take(address netip.Addr, d *dial) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.paces[address]
	if p == nil {
		p = &pace{every: time.Second / time.Duration(g.perSecond), share: g.perSecond}
		g.paces[address] = p
	}
	now := g.now()
	due := p.take(now)
	if due <= 0 {
		d.pace, d.taken = p, now
	}
	return due
}

// done tells the pace of a turn that it was answered. A dial that had no answer
// says nothing of when it left.
func (g *Guard) done(d *dial, err error) {
	if err != nil && !errors.Is(err, syscall.ECONNREFUSED) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if d.pace != nil {
		d.pace.answer(d.taken, g.now())
		d.pace = nil
	}
}
