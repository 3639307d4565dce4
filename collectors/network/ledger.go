package network

import (
	"maps"
	"net"
	"net/netip"
	"sync"
)

// Sent counts what left this machine for one target.
type Sent struct {
	Queries, Connections, Requests int
	Bytes, Received                int64 // payload, without packet headers
	ByAddress                      map[netip.Addr]SentTo
}

// SentTo counts what left for one address.
type SentTo struct {
	Queries, Connections, Requests int
	Bytes                          int64
}

// ledger adds up; every packet passes here.
type ledger struct {
	mu   sync.Mutex
	sent Sent
}

func (l *ledger) add(to netip.Addr, what SentTo, received int64) SentTo {
	l.mu.Lock()
	defer l.mu.Unlock()
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
	l.sent.Received += received
	return sum
}

// queries gives the number of DNS questions sent so far.
func (l *ledger) queries() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent.Queries
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

// counted is a connection that counts its bytes and gives its turn back when
// it is closed.
type counted struct {
	net.Conn
	to     netip.Addr
	ledger *ledger
	close  func()
	once   sync.Once
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.ledger.add(c.to, SentTo{}, int64(n))
	return n, err
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.ledger.add(c.to, SentTo{Bytes: int64(n)}, 0)
	return n, err
}

func (c *counted) Close() error {
	c.once.Do(c.close)
	return c.Conn.Close()
}
