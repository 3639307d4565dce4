package mail

import (
	"context"
	"net/netip"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// controlled says whether port 25 is open from here: another exchanger that
// answered shows it, else the control host is asked.
func controlled(ctx context.Context, s *network.Session, r Request, calls []*call) evidence.Control {
	for _, c := range calls {
		if c.server.State == evidence.Seen {
			return evidence.Control{Host: c.host, Address: c.server.Address, Observation: c.server.Observation}
		}
	}
	return dialControl(ctx, s, r).Control
}

// proof is what the control host shows about the way to mail servers.
type proof struct {
	evidence.Control
	plain bool // it greeted us and offered no encryption
}

// dialControl tries the control host, where there is one, at no more than two
// addresses.
func dialControl(ctx context.Context, s *network.Session, r Request) proof {
	if r.Control == "" {
		return proof{}
	}
	return r.Memory.control(ctx, s.Now, r.Control, func() proof {
		shown := proof{Control: evidence.Control{Host: r.Control}}
		addresses, err := s.Addresses(ctx, r.Control)
		switch {
		case err != nil:
			shown.Observation = observe.Failure(s.Now(), err)
		case len(addresses) == 0:
			shown.Observation = evidence.UnknownAt(s.Now(), evidence.NoAddress, r.Control+" has no address")
		}
		for _, address := range addresses[:min(len(addresses), 2)] {
			shown.Address = address.String()
			if shown.Observation, shown.plain = greeted(ctx, s, r, address); shown.State == evidence.Seen {
				break
			}
		}
		return shown
	})
}

// greeted introduces us to a server, and leaves. Any word of SMTP shows that the
// port is open.
func greeted(ctx context.Context, s *network.Session, r Request, address netip.Addr) (o evidence.Observation, plain bool) {
	conn, err := s.Dial(ctx, netip.AddrPortFrom(address, 25))
	if err != nil {
		return observe.Failure(s.Now(), err), false
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, sessionTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	d := dialogue{session: s, request: r, conn: conn, in: newReader(conn)}
	err = d.greet(ctx)
	d.quit(ctx)
	if !d.spoken {
		return observe.Failure(s.Now(), err), false
	}
	return evidence.SeenAt(s.Now()), err == nil && !slices.Contains(d.server.Extensions, startTLS)
}

// stripped leaves open what cannot be told of servers without STARTTLS, where the
// control host, which other senders reach with it, shows none either: a provider
// or a virus scanner on our way may answer in their place, or hide the offer. One
// server of the town that offers it shows that the way is clear.
func stripped(ctx context.Context, s *network.Session, r Request, calls []*call) (used evidence.Control) {
	offering := func(c *call) bool { return slices.Contains(c.server.Extensions, startTLS) }
	bare := func(c *call) bool { return c.server.StartTLS.State == evidence.Absent }
	if slices.ContainsFunc(calls, offering) || !slices.ContainsFunc(calls, bare) {
		return evidence.Control{}
	}
	shown := dialControl(ctx, s, r)
	for _, c := range calls {
		if bare(c) && shown.plain && c.host != shown.Host {
			c.server.StartTLS = evidence.UnknownAt(s.Now(), evidence.Firewall, shown.Host+" offers no STARTTLS from here either")
		}
	}
	return shown.Control
}
