package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"

	"github.com/projectdiscovery/fastdialer/fastdialer"
	"github.com/projectdiscovery/nuclei/v3/pkg/protocols/common/protocolstate"
	"github.com/projectdiscovery/retryablehttp-go"

	"campanile/cmd/campanile-nuclei/guard"
)

var (
	errNotHTTP = errors.New("the answer is no HTTP that this program speaks")
	errNoWay   = errors.New("the engine has another way out than the one that is counted")
)

// wire puts the guard into every HTTP client of the engine. Each has a second
// one for answers that are no HTTP/1, with a dialler of its own that would pass
// by the guard and ask the system's resolver: it reaches nobody.
func wire(execution string, g *guard.Guard) error {
	dialers := protocolstate.GetDialersWithId(execution)
	if dialers == nil || dialers.DefaultHTTPClient != nil || dialers.RawHTTPClient != nil {
		return errNoWay
	}
	return dialers.HTTPClientPool.Iterate(func(_ string, client *retryablehttp.Client) error {
		transport, ok := client.HTTPClient.Transport.(*http.Transport)
		if !ok {
			return fmt.Errorf("%w: %T", errNoWay, client.HTTPClient.Transport)
		}
		w := way{dialers.Fastdialer, g}
		transport.Proxy, transport.DialContext, transport.DialTLSContext = nil, w.plain, w.secure
		client.HTTPClient.Transport = g.Requests(transport)
		client.HTTPClient2.Transport = nowhere{}
		return nil
	})
}

// nowhere is the transport of the second client.
type nowhere struct{}

// RoundTrip refuses the request.
func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNotHTTP }

// way is how a client reaches its server: through the engine's dialler, which
// asks the guard, with every byte counted. The guard lets no client by that goes
// another way: wire sees only those in the pool.
type way struct {
	dialler *fastdialer.Dialer
	guard   *guard.Guard
}

func (w way) plain(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := w.dialler.Dial(w.guard.Counting(ctx), network, address)
	if err != nil {
		return nil, err
	}
	return w.guard.Counted(conn), nil
}

// secure speaks TLS over it, as the engine would: whatever version and
// certificate the server has, since neither is what the templates look at.
func (w way) secure(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	conn, err := w.plain(ctx, network, address)
	if err != nil {
		return nil, err
	}
	config := fastdialer.DefaultTLSConfig.Clone()
	// An address is no server name (RFC 6066 section 3).
	if _, err := netip.ParseAddr(host); err != nil {
		config.ServerName = host
	}
	limited, cancel := context.WithTimeout(ctx, w.dialler.GetTimeout())
	defer cancel()
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(limited); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("the handshake: %w", err)
	}
	return secured, nil
}
