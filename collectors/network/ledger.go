package network

import (
	"errors"
	"maps"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
)

// Sent counts what left this machine for one target.
type Sent struct {
	Queries, Connections, Requests int
	NameQueries                    int   // DNS questions in search of further names, not among Queries
	Bytes, Received                int64 // payload, without packet headers
	ByAddress                      map[netip.Addr]SentTo
}

// SentTo counts what left for one address. Its queries are all of them.
type SentTo struct {
	Queries, Connections, Requests int
	Bytes                          int64
}

// ledger adds up; every packet passes here.
type ledger struct {
	mu   sync.Mutex
	sent Sent
}

func (l *ledger) add(to netip.Addr, what SentTo, received int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent.Received += received
	l.book(to, what)
}

// book adds to the sums; the caller holds the lock.
func (l *ledger) book(to netip.Addr, what SentTo) {
	if l.sent.ByAddress == nil {
		l.sent.ByAddress = map[netip.Addr]SentTo{}
	}
	sum := l.sent.ByAddress[to]
	sum.Queries += what.Queries
	sum.Connections += what.Connections
	sum.Requests += what.Requests
	sum.Bytes += what.Bytes
	l.sent.ByAddress[to] = sum
	l.sent.Queries += what.Queries
	l.sent.Connections += what.Connections
	l.sent.Requests += what.Requests
	l.sent.Bytes += what.Bytes
}

// question counts one DNS question, unless the target has had its share.
func (l *ledger) question(to netip.Addr, most int, search bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sent.Queries+l.sent.NameQueries >= most {
		return false
	}
	l.book(to, SentTo{Queries: 1})
	if search {
		l.sent.Queries--
		l.sent.NameQueries++
	}
	return true
}

// connection counts one connection, unless the address has had its share.
func (l *ledger) connection(to netip.Addr, most int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sent.ByAddress[to].Connections >= most {
		return false
	}
	l.book(to, SentTo{Connections: 1})
	return true
}

// Sent gives a copy of the count so far.
func (s *Session) Sent() Sent {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	sent := s.ledger.sent
	sent.ByAddress = maps.Clone(sent.ByAddress)
	return sent
}

// CountRequest notes one HTTP request to an address; connections and bytes are
// counted by the connection itself.
func (s *Session) CountRequest(to netip.Addr) {
	s.ledger.add(to.Unmap(), SentTo{Requests: 1}, 0)
}

// Count notes what another program sent to an address for the same target: its
// connections, its HTTP requests, and the bytes that it sent and received.
// Permission and budget were asked before it started.
func (s *Session) Count(address netip.Addr, connections, requests int, sent, received int64) {
	s.ledger.add(address.Unmap(), SentTo{Connections: connections, Requests: requests, Bytes: sent}, received)
}

// counted is a connection that counts its bytes and gives its turn back when
// it is closed.
type counted struct {
	net.Conn
	to      netip.Addr
	ledger  *ledger
	close   func()
	once    sync.Once
	stopped atomic.Pointer[Error] // why Bind ended it
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.ledger.add(c.to, SentTo{}, int64(n))
	return n, c.reason(err)
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.ledger.add(c.to, SentTo{Bytes: int64(n)}, 0)
	return n, c.reason(err)
}

// reason tells a deadline that Bind set from one that passed: who stops a scan
// does not make the host silent.
func (c *counted) reason(err error) error {
	if why := c.stopped.Load(); why != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		return why
	}
	return err
}

func (c *counted) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.close)
	return err
}
