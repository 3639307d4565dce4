package web

import (
	"context"
	"crypto/tls"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"campanile/collectors/internal/fetch"
	"campanile/collectors/network"
)

// Ahead asks for home pages ahead of their visits, on connections whose
// handshake somebody has done anyway: a server then has one connection less to
// bear, and its page is the one behind the handshake of the evidence.
//
// No connection waits for its visit: each is used at once and closed, and takes
// a place of its address no longer than any page does. What waits is the visit,
// which holds no connection, so that neither can keep the other from going on.
//
// A nil Ahead has asked for nothing. It is safe for several goroutines.
type Ahead struct {
	session *network.Session
	agent   string
	homes   map[string]*early // by host; the map stays as NewAhead made it
	held    atomic.Int64      // bytes of the pages that no visit has taken
}

// early is the answer to the first request of a visit.
type early struct {
	settle sync.Once     // by whoever has a connection, or knows that none comes
	ready  chan struct{} // closed when the rest is set
	asked  bool
	answer fetch.Answer
	err    error
}

// Bounds of what is asked ahead; a visit asks for the rest itself.
const (
	maxHeld  = 16 << 20         // bytes of the pages that wait for their visits
	patience = 10 * time.Second // that a visit has where no connection comes
)

// NewAhead prepares for the home pages of a collection, whose visits wait for
// them by Request.Ahead until they are there or Over is called.
func NewAhead(s *network.Session, r Request) *Ahead {
	a := &Ahead{session: s, agent: r.Agent, homes: map[string]*early{}}
	for _, host := range r.Names {
		a.homes[host] = &early{ready: make(chan struct{})}
	}
	return a
}

// Ask asks for https://host/ on a connection to one of the host's addresses, and
// returns when the answer is there. It closes the connection, also where nobody
// wants the page: a visit begins at the first address of its host. Without a
// connection (nil) it says that the address gave none.
func (a *Ahead) Ask(ctx context.Context, host string, address netip.Addr, conn *tls.Conn) {
	if conn != nil {
		defer conn.NetConn().Close()
	}
	home := a.homes[host]
	if home == nil || !a.first(ctx, host, address) {
		return
	}
	home.settle.Do(func() {
		defer close(home.ready)
		if conn == nil || !speaksHTTP1(conn) || a.held.Load() > maxHeld {
			return
		}
		home.asked = true
		home.answer, home.err = fetch.GetOn(ctx, a.session, conn, address, request(homeOf(host), a.agent, "", page))
		a.held.Add(int64(len(home.answer.Body)))
	})
}

// Over says that no further connection comes.
func (a *Ahead) Over() {
	if a == nil {
		return
	}
	for _, home := range a.homes {
		home.settle.Do(func() { close(home.ready) })
	}
}

// homeOf is the address that is asked for ahead.
func homeOf(host string) *url.URL { return &url.URL{Scheme: "https", Host: host, Path: "/"} }

// expects reports whether the home page of a host is asked for here.
func (a *Ahead) expects(host string) bool { return a != nil && a.homes[host] != nil }

// take waits for the answer of a host's home page and gives it away; nil where
// the page was not asked for in time.
func (a *Ahead) take(ctx context.Context, host string) *early {
	if !a.expects(host) {
		return nil
	}
	home := a.homes[host]
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-home.ready:
	case <-ctx.Done():
		// A connection that is in use by now is waited for, a later one is closed.
		home.settle.Do(func() { close(home.ready) })
	}
	if !home.asked {
		return nil
	}
	taken := &early{answer: home.answer, err: home.err}
	home.asked, home.answer = false, fetch.Answer{}
	a.held.Add(-int64(len(taken.answer.Body)))
	return taken
}

// first reports whether a visit of the host dials this address before others.
func (a *Ahead) first(ctx context.Context, host string, address netip.Addr) bool {
	all, err := a.session.Addresses(ctx, host)
	return err == nil && len(all) > 0 && all[0] == address
}

// speaksHTTP1 tells it from a connection on which both sides agreed to speak
// something else (RFC 7301 section 3.2).
func speaksHTTP1(conn *tls.Conn) bool {
	agreed := conn.ConnectionState().NegotiatedProtocol
	return agreed == "" || agreed == "http/1.1"
}
