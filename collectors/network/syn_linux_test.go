package network_test

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"campanile/collectors/network"
)

// A knock is one SYN: in less than a second the system sends no other.
func TestOneSYNLeavesWithAHastyDial(t *testing.T) {
	t.Parallel()
	n := network.Network{Permit: allowAll, Limits: network.Limits{AtOnce: 8}}
	s := n.Session()
	for name, tt := range map[string]struct {
		session *network.Session
		want    int
	}{
		"hasty":   {s.Hasty(900 * time.Millisecond), 1},
		"patient": {s.Hasty(1500 * time.Millisecond), 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := deaf(t)
			seen := watchSYN(t, port)
			_, err := tt.session.Dial(t.Context(), netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port))
			if network.Problem(err) != "timeout" {
				t.Fatalf("got %v, want a timeout", err)
			}
			if got := seen(); got != tt.want {
				t.Errorf("%d SYN left, want %d", got, tt.want)
			}
		})
	}
}

// deaf gives a port of loopback that takes no further connection: its queue is
// full, and the system drops what comes.
func deaf(t *testing.T) uint16 {
	t.Helper()
	port := listenWithoutQueue(t)
	at := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port).String()
	for range 8 {
		dialer := net.Dialer{Timeout: 200 * time.Millisecond}
		conn, err := dialer.DialContext(t.Context(), "tcp", at)
		if err != nil {
			return port
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Skip("the queue of this system never fills")
	return 0
}

// listenWithoutQueue listens at a free port of loopback, with the shortest queue
// that there is, and takes nobody out of it.
func listenWithoutQueue(t *testing.T) uint16 {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return uint16(name.(*syscall.SockaddrInet4).Port)
}

// watchSYN counts the SYN that arrive for a port of loopback from now on.
func watchSYN(t *testing.T, port uint16) (seen func() int) {
	t.Helper()
	const everyProtocol = 0x0300 // ETH_P_ALL in the order of the network
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, everyProtocol)
	if errors.Is(err, syscall.EPERM) {
		t.Skip("packets can be captured by root only")
	}
	if err != nil {
		t.Fatal(err)
	}
	soon := syscall.NsecToTimeval(int64(100 * time.Millisecond))
	if err := syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &soon); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var ended sync.WaitGroup
	count, over := 0, make(chan struct{})
	ended.Go(func() {
		packet := make([]byte, 256)
		for {
			n, from, err := syscall.Recvfrom(fd, packet, 0)
			if link, ok := from.(*syscall.SockaddrLinklayer); err == nil && ok && link.Pkttype == syscall.PACKET_HOST && isSYN(packet[:n], port) {
				mu.Lock()
				count++
				mu.Unlock()
			}
			select {
			case <-over:
				if err != nil { // nothing is left to read
					return
				}
			default:
			}
		}
	})
	return func() int {
		close(over)
		ended.Wait()
		_ = syscall.Close(fd)
		return count
	}
}

// isSYN reads IPv4 and TCP: a SYN without ACK, to the port.
func isSYN(packet []byte, port uint16) bool {
	const tcp, syn, ack = 6, 0x02, 0x10
	if len(packet) < 20 || packet[0]>>4 != 4 || packet[9] != tcp {
		return false
	}
	header := int(packet[0]&15) * 4
	if len(packet) < header+14 {
		return false
	}
	segment := packet[header:]
	return binary.BigEndian.Uint16(segment[2:]) == port && segment[13]&(syn|ack) == syn
}
