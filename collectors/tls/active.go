package tls

import (
	"context"
	"errors"
	"net"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/hello"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Heartbleed asks whether a server answers a malformed heartbeat with more than
// it was sent (CVE-2014-0160). The hello is one that the server accepts, up to
// TLS 1.2; the connection is used up.
//
// Absent is only what the server says itself: that it takes no heartbeats, or
// that it read on past ours without an answer.
func Heartbleed(ctx context.Context, s *network.Session, conn net.Conn, h hello.Hello) evidence.Observation {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	excess, err := Heartbeat(conn, h)
	if err != nil {
		return failure(ctx, s, err)
	}
	if excess > 0 {
		return evidence.SeenAt(s.Now())
	}
	return evidence.AbsentAt(s.Now())
}

// Heartbeat sends the hello and, to a server that takes heartbeats, a malformed
// one. It gives the number of bytes that came back and had not been sent; the
// bytes themselves are never kept. An alert that refuses the hello is an error.
func Heartbeat(conn net.Conn, h hello.Hello) (excess int, err error) {
	h.Heartbeat = true
	if _, err := conn.Write(h.Record()); err != nil {
		return 0, err
	}
	answer, err := hello.Read(conn)
	switch {
	case err != nil:
		return 0, err
	case answer.Alert != nil:
		return 0, *answer.Alert
	case !answer.Heartbeat:
		return 0, nil
	}
	if _, err := conn.Write(hello.HeartbeatRecords(answer.Version)); err != nil {
		return 0, err
	}
	return hello.ReadHeartbeat(conn)
}

// Renegotiate asks whether a server lets a client begin a second handshake within
// the first (RFC 5246 section 7.4.1.1): it finishes one with TLS 1.2 and sends
// one more ClientHello inside. The connection is used up.
//
// Absent is only an alert with which a server refuses. One that hangs up may
// mean the same, or may have other reasons.
func Renegotiate(ctx context.Context, s *network.Session, conn net.Conn, name string) evidence.Observation {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	again, err := renegotiate(ctx, conn, name)
	switch {
	case err == nil && again:
		return evidence.SeenAt(s.Now())
	case err == nil:
		return evidence.AbsentAt(s.Now())
	}
	return failure(ctx, s, err)
}

// failure tells an alert from what the network did.
func failure(ctx context.Context, s *network.Session, err error) evidence.Observation {
	if alert, ok := errors.AsType[hello.Alert](err); ok {
		return evidence.UnknownAt(s.Now(), evidence.TLSAlert, alert.String())
	}
	return observe.Failure(s.Now(), fetch.Reason(ctx, err))
}
