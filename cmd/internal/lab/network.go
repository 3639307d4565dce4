package lab

import (
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"campanile/collectors/network"
)

// resolverAddress is the fictional address of the lab's resolver, so that the
// evidence of two runs is the same whatever port was free.
var resolverAddress = netip.MustParseAddrPort("192.0.2.53:53")

// Network gives a new network that reaches the lab and nothing else. Its clock
// stands still, and it loses its patience early, so that servers that stall do
// not make a demo slow.
func (l *Lab) Network() *network.Network {
	return &network.Network{
		Resolvers: []netip.AddrPort{resolverAddress},
		Connect:   l.connect,
		Now:       func() time.Time { return l.now },
		Permit:    network.Permit{AllowReserved: true},
		Limits: network.Limits{
			Dial:       time.Second,
			Query:      3 * time.Second,
			AtOnce:     16,
			PerSecond:  1000,
			PerAddress: 1000,
			Queries:    2000,

			Server:          time.Second,
			ServerAtOnce:    16,
			ServerPerSecond: 1000,
			MailSpacing:     time.Millisecond,
		},
	}
}

// connect leads a fictional address to its listener. Nothing else is ever
// dialled: what is not the lab's is refused.
func (l *Lab) connect(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	select {
	case <-l.over:
		return nil, refused(network, to)
	default:
	}
	if to == resolverAddress || to == l.nameserver.address {
		var dialer net.Dialer
		return dialer.DialContext(ctx, network, l.nameserver.address.String())
	}
	if named := l.zoneServers[to.Addr()]; named != nil && to.Port() == 53 {
		return lead(ctx, network, to, named.address)
	}
	doors := l.doors
	if network == "udp" {
		doors = l.sockets
	}
	server, known := doors[to]
	switch {
	case !known:
		return nil, refused(network, to)
	case server == nil:
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return lead(ctx, network, to, server.address)
}

// lead connects to a listener of the lab in place of a fictional address, which
// the connection wears.
func lead(ctx context.Context, network string, to, listener netip.AddrPort) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, listener.String())
	if err != nil {
		return nil, err
	}
	return &visit{Conn: conn, to: net.TCPAddrFromAddrPort(to)}, nil
}

// refused is what a host says of a port where nothing listens.
func refused(network string, to netip.AddrPort) error {
	return &net.OpError{
		Op:   "dial",
		Net:  network,
		Addr: net.TCPAddrFromAddrPort(to),
		Err:  os.NewSyscallError("connect", syscall.ECONNREFUSED),
	}
}

// patience is how long a read waits for the next byte.
const patience = 2 * time.Second

// visit is a connection that wears the fictional address of its other end.
type visit struct {
	net.Conn
	to net.Addr
}

func (v *visit) RemoteAddr() net.Addr { return v.to }

// Read gives up after two seconds of silence, even where the caller would wait
// longer.
func (v *visit) Read(b []byte) (int, error) {
	enough := time.AfterFunc(patience, func() {
		// A deadline in the past; it wakes the blocked read.
		_ = v.SetReadDeadline(time.Unix(1, 0))
	})
	defer enough.Stop()
	return v.Conn.Read(b)
}
