package dashboard

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"campanile/cmd/internal/exit"
)

// How long a browser may take, and a page. A document is printed by a browser
// of its own, which may take two minutes on a slow computer.
const (
	headerTime = 10 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 3 * time.Minute
	restTime   = 2 * time.Minute
	leaveTime  = 15 * time.Second // for what is being answered when the dashboard ends
	maxHeader  = 32 << 10
)

// Serve answers on a listener until the context ends, and finishes what it is
// answering then. It refuses an address at which the dashboard must not be
// served as it is.
func (s *Site) Serve(ctx context.Context, l net.Listener) error {
	at := *s
	at.Listen = l.Addr().String()
	if err := at.permitted(at.Listen); err != nil {
		return err
	}
	ready, err := at.ready()
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           ready.handler(),
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: restTime,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(ready.Log.Handler(), slog.LevelDebug), // handshakes that fail and the like: strangers make them
		BaseContext:    func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	serve := func() error { return server.Serve(l) }
	if s.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(s.Certificate, s.Key)
		if err != nil {
			return exit.Usagef("the certificate and its key cannot be used: %w; give two PEM files that belong together", err)
		}
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
		serve = func() error { return server.ServeTLS(l, "", "") }
	}
	return until(ctx, server, serve)
}

// until serves until the context ends, or the server cannot go on.
func until(ctx context.Context, server *http.Server, serve func() error) error {
	over := make(chan error, 1)
	go func() { over <- serve() }()
	select {
	case err := <-over:
		return err
	case <-ctx.Done():
	}
	leave, stop := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer stop()
	err := server.Shutdown(leave)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if ended := <-over; err == nil && !errors.Is(ended, http.ErrServerClosed) {
		err = ended
	}
	return err
}
