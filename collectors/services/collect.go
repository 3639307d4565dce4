// Package services looks at what the addresses of a municipality answer beyond
// web, mail and DNS: which ports are open, and what speaks behind them, told by
// its protocol. It sends one greeting that any client sends, and never a password,
// a key or the name of a user.
//
// It must not judge, it dials only through a network.Session, and its caller has
// a mandate that covers every address.
package services

import (
	"context"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records/services"
)

// Target is one address to look at.
type Target struct {
	Address netip.Addr
	Names   []string // of the municipality, that lead there
}

// Request is what to look at, and how gently. Zero fields take their defaults.
type Request struct {
	Targets []Target
	Agent   string   // User-Agent
	Ports   []uint16 // in order of risk; nil is the curated list
	// PerSecond is how many connections are begun to one address in a second,
	// evenly spread; default 5.
	PerSecond int
	// Methods also asks each SSH server which methods of logging in there are: one
	// request with the method "none" and the name "campanile" (RFC 4252 section
	// 5.2), which its log shows. No password and no key follows.
	Methods bool
	AtOnce  int // ports of one address that are looked at at a time; default 2
	// Knock is how long a port may take to let us in, when it is not known yet
	// whether it is open; default 700 ms. A kernel sends a second SYN after one
	// second (RFC 6298, 2.1), and a busy machine ends a wait late.
	Knock time.Duration
	// Listen is how long a server may take to greet; default 2 s.
	Listen time.Duration
	// Answer is how long it may take to answer a question; default 4 s.
	Answer time.Duration
	// Pause is how long an address is left alone that stopped answering; default 17 s.
	Pause time.Duration
}

func (r Request) withDefaults() Request {
	if r.Ports == nil {
		r.Ports = services.Ports("tcp")
	}
	r.PerSecond = orDefault(r.PerSecond, 5)
	r.AtOnce = orDefault(r.AtOnce, 2)
	r.Knock = orDefault(r.Knock, 700*time.Millisecond)
	r.Listen = orDefault(r.Listen, 2*time.Second)
	r.Answer = orDefault(r.Answer, 4*time.Second)
	r.Pause = orDefault(r.Pause, 17*time.Second)
	return r
}

func orDefault[T int | time.Duration](value, fallback T) T {
	if value <= 0 {
		return fallback
	}
	return value
}

// hostsAtOnce bounds how many addresses of one municipality are under way.
const hostsAtOnce = 4

// Collect looks at the TCP ports of each address; the i-th host is that of the
// i-th target. Whoever cancels the context with a *network.Error as its cause
// finds its problem, such as stopped, on the hosts that were not finished.
func Collect(ctx context.Context, s *network.Session, r Request) []evidence.Host {
	r = r.withDefaults()
	hosts := make([]evidence.Host, len(r.Targets))
	each(len(r.Targets), hostsAtOnce, func(i int) { hosts[i] = look(ctx, s, r, r.Targets[i]) })
	return hosts
}

// each does n things, a few at a time, and waits for all of them.
func each(n, atOnce int, do func(i int)) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error {
			do(i)
			return nil
		})
	}
	_ = group.Wait() // none of them returns an error
}

// look sweeps the ports of one address, then asks those that wait to be asked.
func look(ctx context.Context, s *network.Session, r Request, t Target) evidence.Host {
	v := &visit{session: s.Evenly(r.PerSecond), request: r, address: t.Address.Unmap(), names: t.Names}
	host := evidence.Host{Address: v.address.String(), Names: t.Names}
	swept := v.sweep(ctx)
	host.Tarpit, host.Asked, host.Silent, host.Observation = swept.tarpit, swept.asked, swept.silent, swept.Observation
	host.Filtered = swept.filtered
	if swept.tarpit {
		return host
	}
	host.Ports = make([]evidence.Port, len(swept.open))
	each(len(swept.open), r.AtOnce, func(i int) { host.Ports[i] = v.identify(ctx, swept.open[i]) })
	sortPorts(host.Ports)
	if host.State == evidence.Seen && ctx.Err() != nil {
		host.Observation = v.failure(ctx, context.Cause(ctx))
	}
	return host
}
