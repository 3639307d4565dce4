package mail

import (
	"context"
	"net/netip"

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
	if r.Control == "" {
		return evidence.Control{}
	}
	control := evidence.Control{Host: r.Control}
	addresses, err := s.Addresses(ctx, r.Control)
	switch {
	case err != nil:
		control.Observation = observe.Failure(s.Now(), err)
		return control
	case len(addresses) == 0:
		control.Observation = evidence.UnknownAt(s.Now(), evidence.NoAddress, r.Control+" has no address")
		return control
	}
	for _, address := range addresses[:min(len(addresses), 2)] {
		control.Address = address.String()
		if control.Observation = greeted(ctx, s, r, address); control.State == evidence.Seen {
			break
		}
	}
	return control
}

// greeted waits for the greeting of a server, and leaves.
func greeted(ctx context.Context, s *network.Session, r Request, address netip.Addr) evidence.Observation {
	conn, err := s.Dial(ctx, netip.AddrPortFrom(address, 25))
	if err != nil {
		return observe.Failure(s.Now(), err)
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, sessionTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	d := dialogue{session: s, request: r, conn: conn, in: newReader(conn)}
	_, err = d.read(ctx)
	d.quit(ctx)
	if err != nil {
		return observe.Failure(s.Now(), err)
	}
	return evidence.SeenAt(s.Now())
}
