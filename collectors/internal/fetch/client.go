package fetch

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"os"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Client makes one request after another, on the same connection where they go
// to the same origin and the server lets it (RFC 9112 section 9.3). It holds one
// connection at most, which is closed before it dials another.
//
// A connection takes a place at its address: whoever is about to wait for
// somebody else closes it before. It is for one goroutine, which closes it.
type Client struct {
	Session *network.Session
	// Allow is asked before each request that leaves; its error stands in place of
	// the answer. Nil allows all.
	Allow func() error
	kept  *line
}

// line is a connection that waits for its next request.
type line struct {
	conn    net.Conn // the one below
	stream  net.Conn // TLS where the origin asks for it
	address netip.Addr
	origin  string
}

// Get is as the function Get, on the open connection where it leads to the
// origin of the address. A server may close it at any time (RFC 9112 section
// 9.5): where it is dead, or something else than an answer stands in it, the
// request is made once more on another.
func (c *Client) Get(ctx context.Context, r Request) (Answer, error) {
	if c.kept != nil && c.kept.origin == origin(r.URL) && c.kept.silent() {
		answer, left, err := c.again(ctx, r)
		broken := left.silent || network.Problem(err) == string(evidence.Malformed)
		if err == nil || !broken || ctx.Err() != nil || network.Problem(err) == string(evidence.Timeout) {
			return answer, err
		}
	}
	c.Close()
	return c.dial(ctx, r)
}

// Close closes the connection, if there is one; the next request dials anew.
func (c *Client) Close() {
	if c.kept != nil {
		// Without a farewell in TLS, which would wait for a peer that does not read.
		_ = c.kept.conn.Close()
		c.kept = nil
	}
}

// listening is how long a connection is listened to before it is used again:
// long enough for what is there, not for what may come.
const listening = time.Millisecond

// silent reports whether the server has said nothing since its last answer. What
// came unasked belongs to no request, and would be taken for the answer to the
// next one (RFC 9112 section 6.3); one that has closed need not be asked.
func (l *line) silent() bool {
	timer := time.AfterFunc(listening, func() {
		// A deadline in the past; it wakes a blocked read.
		_ = l.conn.SetReadDeadline(time.Unix(1, 0))
	})
	n, err := l.stream.Read(make([]byte, 1))
	timer.Stop()
	return n == 0 && errors.Is(err, os.ErrDeadlineExceeded) && l.conn.SetReadDeadline(time.Time{}) == nil
}

// again makes a request on the connection that is open.
func (c *Client) again(ctx context.Context, r Request) (Answer, standing, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Time)
	defer cancel()
	defer network.Bind(ctx, c.kept.conn)()
	return c.ask(ctx, r)
}

func (c *Client) dial(ctx context.Context, r Request) (Answer, error) {
	conn, address, err := dial(ctx, c.Session, r.URL)
	if err != nil {
		return Answer{}, err
	}
	c.kept = &line{conn: conn, address: address, origin: origin(r.URL)}
	ctx, cancel := context.WithTimeout(ctx, r.Time)
	defer cancel()
	defer network.Bind(ctx, conn)()
	c.kept.stream, err = secure(ctx, conn, r.URL)
	if err != nil {
		c.Close()
		return Answer{}, Reason(ctx, err)
	}
	answer, _, err := c.ask(ctx, r)
	return answer, err
}

// ask makes a request and keeps the connection where another may follow.
func (c *Client) ask(ctx context.Context, r Request) (Answer, standing, error) {
	if c.Allow != nil {
		if err := c.Allow(); err != nil {
			c.Close()
			return Answer{}, standing{}, err
		}
	}
	answer, left, err := ask(ctx, c.Session, c.kept.stream, c.kept.address, r, false)
	if err != nil || !left.open {
		c.Close()
	}
	return answer, left, err
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }
