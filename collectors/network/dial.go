package network

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Dial opens a TCP connection to a vetted address: permitted, within the
// budget, counted. A name is resolved once by the caller and dialled by
// address, so that a second answer of its DNS cannot lead elsewhere.
//
// Errors are *Error. The wait for a turn is not part of Limits.Dial.
func (s *Session) Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	address := to.Addr().Unmap()
	if err := s.network.Permit.Check(address); err != nil {
		return nil, err
	}
	queue := s.network.queues.of(address, s.limits)
	if err := queue.enter(ctx); err != nil {
		return nil, &Error{Problem: Problem(err), Err: fmt.Errorf("waiting for a turn at %s: %w", address, err)}
	}
	if n := s.ledger.add(address, SentTo{Connections: 1}, 0).Connections; n > s.limits.PerAddress {
		s.ledger.add(address, SentTo{Connections: -1}, 0)
		queue.leave()
		return nil, &Error{Problem: "budget-spent", Err: fmt.Errorf("%d connections to %s for one target", s.limits.PerAddress, address)}
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Dial)
	defer cancel()
	conn, err := s.network.connect(ctx, "tcp", netip.AddrPortFrom(address, to.Port()))
	if err != nil {
		queue.leave()
		return nil, &Error{Problem: Problem(err), Err: err}
	}
	return &counted{Conn: conn, to: address, ledger: &s.ledger, close: queue.leave}, nil
}

// Bind ends every read and write of the connection when the context ends. The
// caller calls the returned function when it is done with the connection.
func Bind(ctx context.Context, conn net.Conn) (release func()) {
	stop := context.AfterFunc(ctx, func() {
		// A deadline in the past; it wakes a blocked read.
		_ = conn.SetDeadline(time.Unix(1, 0))
	})
	return func() { stop() }
}
