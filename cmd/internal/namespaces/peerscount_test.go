package namespaces

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// packet is one question on the wire: a UDP packet to port 53, or the first
// packet of a TCP connection to it.
type packet struct {
	from, to netip.Addr
	tcp      bool
	name     string // of UDP
	kind     uint16
}

// wiretap sees every packet of the namespace's only interface, whoever sends it,
// so that all tools are counted the same way and none counts itself.
type wiretap struct {
	at    string // a name server, for marks
	marks int

	mu   sync.Mutex
	seen []packet
}

// tap listens until the test ends.
func tap(t *testing.T, at string) *wiretap {
	t.Helper()
	const all = syscall.ETH_P_ALL<<8 | syscall.ETH_P_ALL>>8 // in network order
	socket, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM, all&0xffff)
	if err != nil {
		t.Fatal("listening to the namespace: ", err)
	}
	if err := syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_RCVBUF, 1<<22); err != nil {
		t.Fatal(err)
	}
	soon := syscall.NsecToTimeval(int64(50 * time.Millisecond))
	if err := syscall.SetsockoptTimeval(socket, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &soon); err != nil {
		t.Fatal(err)
	}
	w := &wiretap{at: net.JoinHostPort(at, "53")}
	var over atomic.Bool
	var running sync.WaitGroup
	running.Go(func() {
		buffer := make([]byte, 1<<16)
		for !over.Load() {
			n, from, err := syscall.Recvfrom(socket, buffer, 0)
			link, ok := from.(*syscall.SockaddrLinklayer)
			// On loopback each packet passes twice: as it leaves and as it comes.
			if err == nil && ok && link.Pkttype == syscall.PACKET_HOST {
				w.note(buffer[:n])
			}
		}
	})
	t.Cleanup(func() {
		over.Store(true)
		running.Wait()
		_ = syscall.Close(socket)
	})
	return w
}

// note keeps a packet that asks a name server something.
func (w *wiretap) note(ip []byte) {
	const header = 20
	if len(ip) < header || ip[0]>>4 != 4 || len(ip) < int(ip[0]&15)*4+14 {
		return
	}
	payload := ip[int(ip[0]&15)*4:]
	if binary.BigEndian.Uint16(payload[2:]) != 53 {
		return
	}
	p := packet{from: netip.AddrFrom4([4]byte(ip[12:16])), to: netip.AddrFrom4([4]byte(ip[16:20]))}
	const syn, ack = 2, 16
	switch {
	case ip[9] == syscall.IPPROTO_UDP:
		var message dns.Msg
		if err := message.Unpack(payload[8:]); err == nil && len(message.Question) > 0 {
			p.name, p.kind = dns.CanonicalName(message.Question[0].Name), message.Question[0].Qtype
		}
	case ip[9] == syscall.IPPROTO_TCP && payload[13]&(syn|ack) == syn:
		p.tcp = true
	default:
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, p)
}

// during gives what passes while something is done. Packets on loopback come in
// order: when a mark has come, so has everything before it.
func (w *wiretap) during(t *testing.T, do func()) []packet {
	t.Helper()
	first := w.mark(t)
	do()
	last := w.mark(t)
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.seen[first+1 : last])
}

// mark sends a question of its own and waits until it has been seen.
func (w *wiretap) mark(t *testing.T) int {
	t.Helper()
	w.marks++
	name := fmt.Sprintf("mark-%d.invalid.", w.marks)
	message, err := new(dns.Msg).SetQuestion(name, dns.TypeA).Pack()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("udp", w.at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(message); err != nil {
		t.Fatal(err)
	}
	look, enough := time.NewTicker(time.Millisecond), time.After(patience)
	defer look.Stop()
	for {
		select {
		case <-look.C:
		case <-enough:
			t.Fatal("the packet that marks the time was not seen")
		}
		w.mu.Lock()
		at := slices.IndexFunc(w.seen, func(p packet) bool { return p.name == name })
		w.mu.Unlock()
		if at >= 0 {
			return at
		}
	}
}
