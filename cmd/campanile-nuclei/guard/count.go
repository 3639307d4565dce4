package guard

import (
	"net"
	"net/http"
	"net/http/httptrace"
)

// Figures is what was done so far.
type Figures struct {
	Sockets, Refused, Requests int
	Sent, Received             int64 // bytes, without the headers of packets
}

// Figures gives the count so far.
func (g *Guard) Figures() Figures {
	return Figures{
		Sockets: int(g.sockets.Load()), Refused: int(g.refused.Load()), Requests: int(g.requests.Load()),
		Sent: g.sent.Load(), Received: g.received.Load(),
	}
}

// Heard counts bytes that came over a connection which the guard did not count.
func (g *Guard) Heard(bytes int) { g.received.Add(int64(bytes)) }

// Counted is the connection with its bytes counted.
func (g *Guard) Counted(conn net.Conn) net.Conn { return &counted{conn, g} }

type counted struct {
	net.Conn
	g *Guard
}

// Read counts what arrives.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.g.received.Add(int64(n))
	return n, err
}

// Write counts what leaves, before the answer to it can have come, and takes
// back what did not leave.
func (c *counted) Write(b []byte) (int, error) {
	c.g.sent.Add(int64(len(b)))
	n, err := c.Conn.Write(b)
	c.g.sent.Add(int64(n - len(b)))
	return n, err
}

// Requests is the transport with the requests counted that were handed to their
// connection.
func (g *Guard) Requests(inner *http.Transport) http.RoundTripper { return transport{inner, g} }

type transport struct {
	inner *http.Transport
	g     *Guard
}

// RoundTrip sends the request and counts it when it leaves.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	trace := &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) {
		if info.Err == nil {
			t.g.requests.Add(1)
		}
	}}
	return t.inner.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
}

// CloseIdleConnections closes those of the transport.
func (t transport) CloseIdleConnections() { t.inner.CloseIdleConnections() }
