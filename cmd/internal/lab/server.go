package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// server listens on one high port of the loopback interface.
type server struct {
	address netip.AddrPort
	close   func() error // returns when the last of its goroutines is gone
}

func listen(ctx context.Context) (net.Listener, netip.AddrPort, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, netip.AddrPort{}, fmt.Errorf("listening on loopback: %w", err)
	}
	return listener, listener.Addr().(*net.TCPAddr).AddrPort(), nil
}

// serveHTTP answers HTTP, over TLS when a configuration is given; a relic then
// takes those who come from its own time.
func serveHTTP(ctx context.Context, handler http.Handler, config *tls.Config, old *relic) (*server, error) {
	listener, address, err := listen(ctx)
	if err != nil {
		return nil, err
	}
	if old != nil {
		listener = relicDoor{listener, *old, config.Certificates[0].Certificate}
	}
	return serveHTTPOn(listener, address, handler, config), nil
}

// serveHTTPOn answers HTTP at a listener, which it closes.
func serveHTTPOn(listener net.Listener, address netip.AddrPort, handler http.Handler, config *tls.Config) *server {
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	var serving, connections sync.WaitGroup
	web := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		// Scanners break handshakes off on purpose; that is no news.
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				connections.Add(1)
			case http.StateClosed:
				connections.Done()
			default: // in between nothing begins or ends
			}
		},
	}
	serving.Go(func() {
		// It ends when the listener is closed; there is no other reason.
		_ = web.Serve(listener)
	})
	return &server{address, func() error {
		err := web.Close()
		serving.Wait()
		connections.Wait()
		return err
	}}
}

// maxConnections bounds the connections of one hand-made server.
const maxConnections = 64

// serveWire answers a protocol that is spoken by hand.
func serveWire(ctx context.Context, speak wire) (*server, error) {
	listener, address, err := listen(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var group errgroup.Group
	group.SetLimit(maxConnections + 1)
	group.Go(func() error {
		accept(ctx, listener, &group, speak)
		return nil
	})
	return &server{address, func() error {
		cancel()
		err := listener.Close()
		return errors.Join(err, group.Wait())
	}}, nil
}

// accept hands every connection to speak until the listener is closed.
func accept(ctx context.Context, listener net.Listener, group *errgroup.Group, speak wire) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		group.Go(func() error {
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer stop()
			defer func() { _ = conn.Close() }()
			speak(ctx, conn)
			return nil
		})
	}
}
