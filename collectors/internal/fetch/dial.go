package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// maxAddresses bounds how many addresses of one host are tried.
const maxAddresses = 4

// dial opens a connection to the first address of the host that takes one.
func dial(ctx context.Context, s *network.Session, to *url.URL) (net.Conn, netip.Addr, error) {
	port, err := portOf(to)
	if err != nil {
		return nil, netip.Addr{}, err
	}
	addresses, err := resolve(ctx, s, to.Hostname())
	if err != nil {
		return nil, netip.Addr{}, err
	}
	failed := error(&network.Error{Problem: string(evidence.NoAddress), Err: fmt.Errorf("%s has no address", to.Hostname())})
	for i, address := range addresses[:min(len(addresses), maxAddresses)] {
		conn, err := s.Dial(ctx, netip.AddrPortFrom(address, port))
		if err == nil {
			return conn, address, nil
		}
		// The first failure tells the most, except that a missing route (IPv6
		// from an IPv4 network) tells about this machine only.
		if i == 0 || network.Problem(failed) == string(evidence.NoRoute) {
			failed = err
		}
	}
	return nil, netip.Addr{}, failed
}

func resolve(ctx context.Context, s *network.Session, host string) ([]netip.Addr, error) {
	if address, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{address}, nil
	}
	return s.Addresses(ctx, host)
}

// portOf gives the port of an address. A well-known port of another service is
// not permitted: a redirect must not make us knock at somebody's mail server.
func portOf(u *url.URL) (uint16, error) {
	standard := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if standard == "" {
		return 0, &network.Error{Problem: string(evidence.Malformed), Err: fmt.Errorf("%q is neither http nor https", u.Scheme)}
	}
	port, err := strconv.ParseUint(cmp.Or(u.Port(), standard), 10, 16)
	if err != nil {
		return 0, &network.Error{Problem: string(evidence.Malformed), Err: fmt.Errorf("port %q is not a number", u.Port())}
	}
	if port < 1024 && port != 80 && port != 443 {
		return 0, &network.Error{Problem: string(evidence.NotPermitted), Err: fmt.Errorf("port %d belongs to another service", port)}
	}
	return uint16(port), nil
}

// secure does the TLS handshake where the address asks for it. Old versions and
// any certificate will do: a page behind a bad certificate is still the page.
func secure(ctx context.Context, conn net.Conn, u *url.URL) (net.Conn, error) {
	if u.Scheme != "https" {
		return conn, nil
	}
	client := tls.Client(conn, &tls.Config{
		ServerName:         u.Hostname(),
		InsecureSkipVerify: true,             // trust is judged from the evidence of collectors/tls
		MinVersion:         tls.VersionTLS10, // so is the version
		CipherSuites:       everySuite(),
		NextProtos:         []string{"http/1.1"},
	})
	if err := client.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return client, nil
}

func everySuite() []uint16 {
	var list []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		list = append(list, suite.ID)
	}
	return list
}
