package lab

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Entry is one visit as a server of the lab saw it: a connection, or a question
// to a name server.
type Entry struct {
	Network string         // tcp; or udp, for a question by datagram
	To      netip.AddrPort // the fictional address
	Opened  time.Time
	Closed  time.Time // zero while it is open
}

// visitors is the log of all servers.
type visitors struct {
	now  func() time.Time
	mu   sync.Mutex
	list []Entry
	open map[netip.Addr]map[int]net.Conn // by place in the list; nil: a question
}

// come writes a visit down and gives what writes its end. A connection that the
// other side has ended already ends before this one begins, however late its
// server comes to know of it.
func (v *visitors) come(network string, to netip.AddrPort, conn net.Conn) (gone func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i, other := range v.open[to.Addr()] {
		if other != nil && left(other) {
			v.close(i)
		}
	}
	at := len(v.list)
	v.list = append(v.list, Entry{Network: network, To: to, Opened: v.now()})
	if v.open == nil {
		v.open = map[netip.Addr]map[int]net.Conn{}
	}
	if v.open[to.Addr()] == nil {
		v.open[to.Addr()] = map[int]net.Conn{}
	}
	v.open[to.Addr()][at] = conn
	return func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.close(at)
	}
}

// close ends a visit that has not ended. The caller holds the lock.
func (v *visitors) close(at int) {
	if !v.list[at].Closed.IsZero() {
		return
	}
	v.list[at].Closed = v.now()
	delete(v.open[v.list[at].To.Addr()], at)
}

func (v *visitors) entries() []Entry {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.list)
}

// watch is a listener whose connections are written down.
type watch struct {
	net.Listener
	log *visitors
	at  netip.AddrPort
}

func (w watch) Accept() (net.Conn, error) {
	conn, err := w.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &watched{Conn: conn, gone: sync.OnceFunc(w.log.come("tcp", w.at, conn))}, nil
}

type watched struct {
	net.Conn
	gone func()
}

func (w *watched) Close() error {
	defer w.gone()
	return w.Conn.Close()
}

// spoken writes down who comes to a server that speaks by hand.
func (v *visitors) spoken(at netip.AddrPort, speak wire) wire {
	return func(ctx context.Context, conn net.Conn) {
		defer v.come("tcp", at, conn)()
		speak(ctx, conn)
	}
}

// questioned is a name server whose questions are written down.
type questioned struct {
	dns.Handler
	log *visitors
	at  netip.AddrPort
}

func (q questioned) ServeDNS(w dns.ResponseWriter, query *dns.Msg) {
	defer q.log.come(w.LocalAddr().Network(), q.at, nil)()
	q.Handler.ServeDNS(w, query)
}

// MostAtOnce says how many visits were open to each address at the same time.
func MostAtOnce(entries []Entry) map[netip.Addr]int {
	type step struct {
		at  time.Time
		add int
	}
	steps := map[netip.Addr][]step{}
	for _, e := range entries {
		steps[e.To.Addr()] = append(steps[e.To.Addr()], step{e.Opened, 1})
		if !e.Closed.IsZero() {
			steps[e.To.Addr()] = append(steps[e.To.Addr()], step{e.Closed, -1})
		}
	}
	most := map[netip.Addr]int{}
	for address, list := range steps {
		slices.SortFunc(list, func(a, b step) int {
			if c := a.at.Compare(b.at); c != 0 {
				return c
			}
			return a.add - b.add // who leaves makes room first
		})
		now := 0
		for _, s := range list {
			now += s.add
			most[address] = max(most[address], now)
		}
	}
	return most
}

// MostWithin says how many visits to each address began within any span of that
// length. The servers see the beginnings a little nearer together or farther apart
// than the visitors make them: a test leaves the span a little shorter.
func MostWithin(entries []Entry, span time.Duration) map[netip.Addr]int {
	begun := map[netip.Addr][]time.Time{}
	for _, e := range entries {
		begun[e.To.Addr()] = append(begun[e.To.Addr()], e.Opened)
	}
	most := map[netip.Addr]int{}
	for address, times := range begun {
		slices.SortFunc(times, time.Time.Compare)
		first := 0
		for last := range times {
			for times[last].Sub(times[first]) >= span {
				first++
			}
			most[address] = max(most[address], last-first+1)
		}
	}
	return most
}
