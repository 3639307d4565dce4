package namespaces

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// departure is what the kernel saw leave the scanner.
type departure struct {
	at      time.Time // by the kernel's clock
	from    uint16    // port
	to      netip.AddrPort
	udp     bool
	syn     bool // the first of a connection
	payload []byte
}

// capture counts on the wire of the lab, below everything that counts for itself.
type capture struct {
	socket  int
	scanner netip.Addr
	over    chan struct{}
	reader  sync.WaitGroup
	mu      sync.Mutex
	packets []departure
	broken  error
}

// listenOn begins to read every IPv4 packet of the namespace. A socket for one
// protocol sees what arrives, and on the one interface of the lab all that leaves
// arrives, once.
func listenOn(t *testing.T, scanner netip.Addr) *capture {
	t.Helper()
	const ipv4 = syscall.ETH_P_IP<<8 | syscall.ETH_P_IP>>8 // in the order of the network
	socket, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM, ipv4&0xffff)
	if err != nil {
		t.Fatal("listening to the wire: ", err)
	}
	const buffer = 32 << 20
	for option, value := range map[int]int{syscall.SO_RCVBUFFORCE: buffer, syscall.SO_TIMESTAMPNS: 1} {
		if err := syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, option, value); err != nil {
			t.Fatal("listening to the wire: ", err)
		}
	}
	wake := syscall.Timeval{Usec: 100_000}
	if err := syscall.SetsockoptTimeval(socket, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &wake); err != nil {
		t.Fatal("listening to the wire: ", err)
	}
	c := &capture{socket: socket, scanner: scanner, over: make(chan struct{})}
	c.reader.Go(c.read)
	return c
}

// read runs until the capture is over and nothing more comes.
func (c *capture) read() {
	frame, control := make([]byte, 64<<10), make([]byte, 256)
	for {
		n, ancillary, _, _, err := syscall.Recvmsg(c.socket, frame, control, 0)
		switch {
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			select {
			case <-c.over:
				return
			default:
			}
		case err != nil:
			c.broken = err
			return
		default:
			c.keep(frame[:n], stamped(control[:ancillary]))
		}
	}
}

// stamped reads the time at which the kernel saw a packet.
func stamped(control []byte) time.Time {
	messages, err := syscall.ParseSocketControlMessage(control)
	for _, m := range messages {
		if err == nil && m.Header.Type == syscall.SCM_TIMESTAMPNS && len(m.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
		}
	}
	return time.Time{}
}

// keep notes what the scanner sent (RFC 791 section 3.1, RFC 9293 section 3.1).
func (c *capture) keep(frame []byte, at time.Time) {
	const least = 20
	if len(frame) < least || frame[0]>>4 != 4 || netip.AddrFrom4([4]byte(frame[12:16])) != c.scanner {
		return
	}
	frame = frame[:min(len(frame), int(binary.BigEndian.Uint16(frame[2:])))]
	segment := frame[min(len(frame), 4*int(frame[0]&15)):]
	if len(segment) < 8 {
		return
	}
	p := departure{
		at: at, from: binary.BigEndian.Uint16(segment),
		to: netip.AddrPortFrom(netip.AddrFrom4([4]byte(frame[16:20])), binary.BigEndian.Uint16(segment[2:])),
	}
	switch frame[9] {
	case syscall.IPPROTO_UDP:
		p.udp, p.payload = true, slices.Clone(segment[8:])
	case syscall.IPPROTO_TCP:
		const syn, ack = 2, 16
		p.syn = segment[13]&(syn|ack) == syn
		p.payload = slices.Clone(segment[min(len(segment), 4*int(segment[12]>>4)):])
	default:
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.packets = append(c.packets, p)
}

// end gives all that left.
func (c *capture) end(t *testing.T) []departure {
	t.Helper()
	close(c.over)
	c.reader.Wait()
	_ = syscall.Close(c.socket)
	if c.broken != nil {
		t.Error("listening to the wire: ", c.broken)
	}
	return c.packets
}

// begun lists the times at which something new reached an address: the first
// packets of connections, and datagrams.
func begun(packets []departure, to netip.Addr) (connections, datagrams []time.Time) {
	for _, p := range packets {
		switch {
		case p.to.Addr() != to:
		case p.udp:
			datagrams = append(datagrams, p.at)
		case p.syn:
			connections = append(connections, p.at)
		}
	}
	return connections, datagrams
}

// densest is the greatest number of times within any span.
func densest(times []time.Time, span time.Duration) int {
	times = slices.SortedFunc(slices.Values(times), time.Time.Compare)
	most, first := 0, 0
	for i, at := range times {
		for at.Sub(times[first]) >= span {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// The count of the densest span is held against a list that one can count by hand.
func TestDensestSpan(t *testing.T) {
	t.Parallel()
	at := func(milliseconds ...int) (list []time.Time) {
		for _, m := range milliseconds {
			list = append(list, time.Unix(0, 0).Add(time.Duration(m)*time.Millisecond))
		}
		return list
	}
	for want, times := range [][]time.Time{0: nil, 1: at(0, 1000, 2000), 2: at(0, 999, 1999), 3: at(2400, 0, 1500, 1501)} {
		if got := densest(times, time.Second); got != want {
			t.Errorf("%v: %d, want %d", times, got, want)
		}
	}
}
