package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
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
	if !s.ledger.connection(address, s.limits.PerAddress) {
		return nil, &Error{Problem: budgetSpent, Err: fmt.Errorf("%d connections to %s for one target", s.limits.PerAddress, address)}
	}
	turns, err := s.turns(ctx, address, to.Port())
	if err != nil {
		s.ledger.add(address, SentTo{Connections: -1}, 0)
		// Nothing was sent: even when a deadline ended the wait, the host
		// did not fail to answer.
		return nil, &Error{Problem: "interrupted", Err: fmt.Errorf("waiting for a turn at %s: %w", address, err)}
	}
	if err := s.network.Permit.Check(address); err != nil { // it may have changed in the meantime
		turns.leave()
		s.ledger.add(address, SentTo{Connections: -1}, 0)
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Dial)
	defer cancel()
	conn, err := s.network.connect(ctx, "tcp", netip.AddrPortFrom(address, to.Port()))
	if err == nil || errors.Is(err, syscall.ECONNREFUSED) {
		turns.answer()
	}
	if err != nil {
		turns.leave()
		return nil, &Error{Problem: Problem(err), Err: err}
	}
	return &counted{Conn: conn, to: address, ledger: s.ledger, close: turns.leave}, nil
}

const smtp = 25

// turns waits until the address may be dialled; the caller gives the turns back.
func (s *Session) turns(ctx context.Context, address netip.Addr, port uint16) (turns, error) {
	var had turns
	list := []*queue{s.network.queues.of(address, s.limits.pace(), s.network.Share, "")}
	if port == smtp {
		// In this order: who waits for a mail server must not hold a place that the
		// web server on the same address could use.
		list = slices.Insert(list, 0, s.network.sessions.of(address, s.limits.mailPace(), s.network.Share, "smtp "))
	}
	if s.evenly > 0 {
		list = slices.Insert(list, 0, s.network.even.of(address, evenPace(s.evenly), nil, ""))
	}
	for _, q := range list {
		one, err := q.enter(ctx)
		if err != nil {
			had.leave()
			return nil, err
		}
		had = append(had, one)
	}
	return had, nil
}

// Bind ends every read and write of the connection when the context ends; their
// error then says whether it was cancelled or out of time. The caller calls the
// returned function when it is done with the connection.
func Bind(ctx context.Context, conn net.Conn) (release func()) {
	stop := context.AfterFunc(ctx, func() {
		if c := innermost(conn); c != nil {
			c.stopped.Store(&Error{Problem(ctx.Err()), ctx.Err()})
		}
		// A deadline in the past; it wakes a blocked read.
		_ = conn.SetDeadline(time.Unix(1, 0))
	})
	return func() { stop() }
}

// innermost gives the connection of a Session below TLS, or nil.
func innermost(conn net.Conn) *counted {
	if over, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = over.NetConn()
	}
	c, _ := conn.(*counted)
	return c
}
