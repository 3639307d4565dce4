package mail

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// door leads into one server as far as the answer to STARTTLS, time and again.
type door struct {
	session *network.Session
	request Request
	address netip.Addr
	shut    error // why the server does not let us in
	waited  time.Duration
}

// doorTime bounds how long a server may keep us waiting at its door, all visits
// together: one that greets slowly would make hours of some dozens of them.
const doorTime = 3 * time.Minute

var errSlow = errors.New("the server takes too long to let us in, time and again")

// open gives a connection on which the server waits for a TLS hello. A server
// that turned us away once, with 421 or by silence, is not asked again.
func (d *door) open(ctx context.Context) (net.Conn, error) {
	if d.shut != nil {
		return nil, d.shut
	}
	conn, err := d.session.Dial(ctx, netip.AddrPortFrom(d.address, 25))
	if err != nil {
		d.shut = err
		return nil, err
	}
	began := d.session.Now()
	d.shut = d.enter(ctx, conn)
	d.waited += d.session.Now().Sub(began)
	if d.shut == nil && d.waited > doorTime {
		d.shut = &network.Error{Problem: string(evidence.Timeout), Err: errSlow}
	}
	if d.shut != nil {
		_ = conn.Close() // it is of no more use, whatever closing says
		return nil, d.shut
	}
	return conn, nil
}

var errNoSTARTTLS = errors.New("STARTTLS is no longer offered")

func (d *door) enter(ctx context.Context, conn net.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, sessionTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	talk := dialogue{session: d.session, request: d.request, conn: conn, in: newReader(conn)}
	err := talk.greet(ctx)
	if err == nil && !slices.Contains(talk.server.Extensions, startTLS) {
		err = &network.Error{Problem: string(evidence.Malformed), Err: errNoSTARTTLS}
	}
	if err == nil {
		err = talk.upgrade(ctx)
	}
	if err != nil {
		talk.quit(ctx)
		return err
	}
	return talk.injected()
}
