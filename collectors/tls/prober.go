package tls

import (
	"context"
	"net"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/network"
)

// Prober sends hellos of our own to one server, one connection at a time.
type Prober struct {
	Session *network.Session
	Name    string // for the server name indication
	// Open gives a connection on which the server waits for a hello: at once,
	// or after STARTTLS. The Prober closes it.
	Open func(ctx context.Context) (net.Conn, error)
	// Unverified says that clients of this protocol mostly look at no certificate,
	// as mail servers among themselves (RFC 7435): an anonymous suite with sound
	// encryption protects as much as any other, and many offer it on purpose.
	Unverified bool
}

// send says hello, a second time where the first was lost.
func (p Prober) send(ctx context.Context, h hello) (flight, error) {
	first, err := p.try(ctx, h)
	if first.version == 0 && err != nil && lost(evidence.Problem(network.Problem(err))) {
		return p.try(ctx, h)
	}
	return first, err
}

func (p Prober) try(ctx context.Context, h hello) (flight, error) {
	conn, err := p.Open(ctx)
	if err != nil {
		return flight{}, err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	first, err := greet(conn, h)
	return first, fetch.Reason(ctx, err)
}

// greet sends a hello and reads what the server says to it.
func greet(conn net.Conn, h hello) (flight, error) {
	if _, err := conn.Write(h.record()); err != nil {
		return flight{}, err
	}
	return readFlight(conn)
}

// lost tells an accident from an answer.
func lost(problem evidence.Problem) bool {
	return problem == evidence.Timeout || problem == evidence.Reset || problem == evidence.Closed
}
