package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// Directory is where the servers of many towns listen, and what a program needs to
// know to look at them from another process. It is kept as a small JSON file.
type Directory struct {
	Resolver  netip.AddrPort                    `json:"resolver"` // on loopback
	TCP       map[netip.AddrPort]netip.AddrPort `json:"tcp"`      // by fictional address and port, its listener on loopback
	UDP       map[netip.AddrPort]netip.AddrPort `json:"udp"`
	CA        string                            `json:"ca"`     // PEM
	Anchor    string                            `json:"anchor"` // of DNSSEC, in zone-file form
	Towns     []evidence.Target                 `json:"towns"`
	Suppliers []records.Supplier                `json:"suppliers"`
}

// maxDirectory bounds a file of a directory, in bytes: 9,999 towns have 4 MB.
const maxDirectory = 16 << 20

// Write keeps the directory in a file.
func (d Directory) Write(path string) error {
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("writing the lab's directory: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("writing the lab's directory: %w", err)
	}
	return nil
}

// ReadDirectory reads the file that Write has left. Nothing but loopback may stand
// behind a fictional address.
func ReadDirectory(path string) (Directory, error) {
	var d Directory
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxDirectory {
		err = fmt.Errorf("longer than %d bytes", maxDirectory)
	}
	if err != nil {
		return d, fmt.Errorf("reading the lab's directory: %w", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return d, fmt.Errorf("reading the lab's directory: %w", err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, fmt.Errorf("reading the lab's directory %s: %w", path, err)
	}
	return d, d.check()
}

func (d Directory) check() error {
	if !d.Resolver.Addr().IsLoopback() {
		return fmt.Errorf("the lab's directory has a resolver at %s, which is not on loopback", d.Resolver)
	}
	for _, doors := range []map[netip.AddrPort]netip.AddrPort{d.TCP, d.UDP} {
		for at, listener := range doors {
			if !listener.Addr().IsLoopback() {
				return fmt.Errorf("the lab's directory leads %s to %s, which is not on loopback", at, listener)
			}
		}
	}
	return nil
}

// Reach gives a new network that reaches the servers of a directory and nothing
// else. Its clock is the system's and its limits are the defaults, as against the
// real world; the caller may change both before the first use.
func Reach(d Directory) *network.Network {
	return &network.Network{
		Resolvers: []netip.AddrPort{resolverAddress},
		Permit:    network.Permit{AllowReserved: true},
		Connect: func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
			doors := d.TCP
			if network == "udp" {
				doors = d.UDP
			}
			listener, known := doors[to]
			if to == resolverAddress {
				listener, known = d.Resolver, true
			}
			if !known || !listener.Addr().IsLoopback() {
				return nil, refused(network, to)
			}
			var dialer net.Dialer
			conn, err := dialer.DialContext(ctx, network, listener.String())
			if err != nil {
				return nil, err
			}
			return guest{conn, net.TCPAddrFromAddrPort(to)}, nil
		},
	}
}

// guest is a connection that wears the fictional address of its other end. Unlike a
// visit it has the patience of its caller.
type guest struct {
	net.Conn
	to net.Addr
}

func (g guest) RemoteAddr() net.Addr { return g.to }
