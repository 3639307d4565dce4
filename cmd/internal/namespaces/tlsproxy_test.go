package namespaces

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"
)

// tlsProxy stands before a server and counts who comes, whatever tool it is: no
// tool counts itself. It can also make the way to the server as long as it is on
// the Internet.
type tlsProxy struct {
	listener *net.TCPListener
	to       string // the server
	running  sync.WaitGroup

	mu      sync.Mutex
	oneWay  time.Duration
	mark    string // where a connection comes from that is ours and not counted
	marked  chan struct{}
	clients map[*net.TCPConn]bool
	first   time.Time
	counted tlsCount
}

// tlsCount is what one tool cost a server.
type tlsCount struct {
	connections int
	atOnce      int     // the most that were open at one time
	seconds     float64 // that the tool took
	visit       float64 // seconds from the first connection to the end of the last
}

func raiseTLSProxy(t *testing.T, at, to string) *tlsProxy {
	t.Helper()
	listener, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	p := &tlsProxy{listener: listener.(*net.TCPListener), to: to, clients: map[*net.TCPConn]bool{}}
	p.running.Go(p.serve)
	t.Cleanup(func() {
		_ = p.listener.Close()
		p.mu.Lock()
		for client := range p.clients {
			_ = client.Close()
		}
		p.mu.Unlock()
		p.running.Wait()
	})
	return p
}

func (p *tlsProxy) serve() {
	for {
		client, err := p.listener.AcceptTCP()
		if err != nil {
			return // closed at the end of the test
		}
		if p.note(client) {
			p.running.Go(func() { p.pass(client) })
		}
	}
}

// note counts a connection, but for a mark.
func (p *tlsProxy) note(client *net.TCPConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if client.RemoteAddr().String() == p.mark {
		_ = client.Close()
		p.mark = "" // another client may get its port later
		close(p.marked)
		return false
	}
	p.clients[client] = true
	if p.counted.connections++; p.counted.connections == 1 {
		p.first = time.Now()
	}
	open := 0
	for each := range p.clients {
		if established(each) {
			open++
		}
	}
	p.counted.atOnce = max(p.counted.atOnce, open)
	return true
}

// established asks the kernel whether the client has neither closed nor reset
// the connection: that we have read its end comes later.
func established(conn *net.TCPConn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	const established = 1 // TCP_ESTABLISHED; the state is the first byte of TCP_INFO
	state := 0
	_ = raw.Control(func(socket uintptr) {
		state, _ = syscall.GetsockoptInt(int(socket), syscall.IPPROTO_TCP, syscall.TCP_INFO)
	})
	return state&0xff == established
}

// during gives what comes while something is done.
func (p *tlsProxy) during(t *testing.T, oneWay time.Duration, do func()) tlsCount {
	t.Helper()
	p.drain(t)
	p.mu.Lock()
	p.counted, p.oneWay = tlsCount{}, oneWay
	p.mu.Unlock()
	start := time.Now()
	do()
	seconds := time.Since(start).Seconds()
	p.drain(t)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counted.seconds, p.oneWay = seconds, 0
	return p.counted
}

// drain waits until every connection that was opened before is counted: they are
// accepted in their order.
func (p *tlsProxy) drain(t *testing.T) {
	t.Helper()
	dialer := net.Dialer{Timeout: patience}
	p.mu.Lock() // none is accepted until it is known which is ours
	conn, err := dialer.DialContext(t.Context(), "tcp", p.listener.Addr().String())
	if err != nil {
		p.mu.Unlock()
		t.Fatal(err)
	}
	defer conn.Close()
	marked := make(chan struct{})
	p.mark, p.marked = conn.LocalAddr().String(), marked
	p.mu.Unlock()
	select {
	case <-marked:
	case <-time.After(patience):
		t.Fatal("the connection that marks the time was not accepted")
	}
}

// parcel is what was read at once, or the end of it.
type parcel struct {
	content []byte
	read    time.Time
	err     error
}

// pass carries a connection. The kernel has answered the client already; on a
// long way that takes a round trip, by which its first words come later.
func (p *tlsProxy) pass(client *net.TCPConn) {
	p.mu.Lock()
	oneWay := p.oneWay
	p.mu.Unlock()
	defer p.forget(client)
	accepted := time.Now()
	fromClient := make(chan parcel, 64)
	p.running.Go(func() { collect(client, fromClient) })
	defer drainParcels(fromClient)
	time.Sleep(3 * oneWay)
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		abort(client)
		return
	}
	fromServer := make(chan parcel, 64)
	p.running.Go(func() { collect(server.(*net.TCPConn), fromServer) })
	defer drainParcels(fromServer)
	defer server.Close()
	defer client.Close()
	var both sync.WaitGroup
	both.Go(func() {
		deliver(fromClient, server.(*net.TCPConn), func(read time.Time) time.Time {
			return later(read.Add(oneWay), accepted.Add(3*oneWay))
		})
	})
	both.Go(func() {
		deliver(fromServer, client, func(read time.Time) time.Time { return read.Add(oneWay) })
	})
	both.Wait()
}

func (p *tlsProxy) forget(client *net.TCPConn) {
	_ = client.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.clients, client)
	p.counted.visit = time.Since(p.first).Seconds()
}

// collect reads until the end.
func collect(from *net.TCPConn, into chan<- parcel) {
	defer close(into)
	for {
		buffer := make([]byte, 1<<14)
		n, err := from.Read(buffer)
		if into <- (parcel{buffer[:n], time.Now(), err}); err != nil {
			return
		}
	}
}

// deliver writes each parcel when it is due, and ends as the sender ended.
func deliver(from <-chan parcel, to *net.TCPConn, due func(time.Time) time.Time) {
	for each := range from {
		time.Sleep(time.Until(due(each.read)))
		if _, err := to.Write(each.content); err != nil {
			abort(to)
			return
		}
		switch {
		case errors.Is(each.err, io.EOF):
			_ = to.CloseWrite()
		case each.err != nil:
			abort(to)
		}
	}
}

// abort resets a connection, as whoever was behind it did.
func abort(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}

// drainParcels lets the reader go on to its end.
func drainParcels(from <-chan parcel) {
	for range from { // what is left goes nowhere
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
