package network_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Every error here is made by a real connection on loopback.
func TestProblemOfARealConnection(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		provoke func(t *testing.T) error
		want    string
	}{
		"nobody-listens":        {dialClosedPort, "refused"},
		"other-side-resets":     {readAfter(func(conn *net.TCPConn) { _ = conn.SetLinger(0); conn.Close() }), "reset"},
		"other-side-hangs-up":   {readAfter(func(conn *net.TCPConn) { conn.Close() }), "closed"},
		"hangs-up-in-a-message": {readAfter(func(conn *net.TCPConn) { _, _ = conn.Write([]byte("220")); conn.Close() }), "closed"},
		"silence":               {readAfter(func(*net.TCPConn) {}), "timeout"},
		"not-tls":               {handshakeAfter(func(conn *net.TCPConn) { _, _ = conn.Write([]byte("220 mail.example ready\r\n")) }), "malformed"},
		"own-connection-closed": {readOwnClosed, "closed"},
		"writing-to-the-reset":  {writeAfterReset, "reset"},
		"stopped-while-reading": {readCancelled, "interrupted"},
		"stopped-in-handshake":  {handshakeCancelled, "interrupted"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.provoke(t)
			if err == nil {
				t.Fatal("no error")
			}
			if got := network.Problem(err); got != test.want {
				t.Errorf("problem %q, want %q: %v", got, test.want, err)
			}
		})
	}
}

// Errors that a loopback cannot make.
func TestProblemOfAnError(t *testing.T) {
	t.Parallel()
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}
	}
	tests := map[string]struct {
		err  error
		want string
	}{
		"network-unreachable":  {dial(syscall.ENETUNREACH), "no-route"},
		"host-unreachable":     {dial(syscall.EHOSTUNREACH), "no-route"},
		"interface-down":       {dial(syscall.ENETDOWN), "no-route"},
		"own-firewall":         {dial(syscall.EPERM), "no-route"},
		"no-ipv6-here":         {dial(syscall.EAFNOSUPPORT), "no-route"},
		"no-source-address":    {dial(syscall.EADDRNOTAVAIL), "no-route"},
		"kernel-gave-up":       {dial(syscall.ETIMEDOUT), "timeout"},
		"aborted":              {dial(syscall.ECONNABORTED), "reset"},
		"deadline-of-context":  {fmt.Errorf("asking: %w", context.DeadlineExceeded), "timeout"},
		"deadline-of-the-file": {os.ErrDeadlineExceeded, "timeout"},
		"cancelled":            {fmt.Errorf("asking: %w", context.Canceled), "interrupted"},
		"unexpected-end":       {io.ErrUnexpectedEOF, "closed"},
		"closed-pipe":          {io.ErrClosedPipe, "closed"},
		"own-word":             {fmt.Errorf("page: %w", &network.Error{Problem: "too-large", Err: io.EOF}), "too-large"},
		"about-the-content":    {errors.New("no status line"), "malformed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := network.Problem(test.err); got != test.want {
				t.Errorf("problem %q, want %q: %v", got, test.want, test.err)
			}
		})
	}
}

// A word that the evidence does not know would make the whole bundle unreadable.
func TestEveryWordIsKnownToTheEvidence(t *testing.T) {
	t.Parallel()
	words := regexp.MustCompile(`(?:Error\{|Problem: |return |budgetSpent = )"([a-z-]+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range words.FindAllStringSubmatch(string(source), -1) {
			found[match[1]] = true
		}
	}
	for word := range found {
		if !slices.Contains(evidence.Problems, evidence.Problem(word)) {
			t.Errorf("%q is no problem of the evidence", word)
		}
	}
	for _, word := range []string{"timeout", "refused", "not-permitted", "budget-spent", "interrupted", "servfail"} {
		if !found[word] {
			t.Errorf("%q was not found in the source", word)
		}
	}
}

func TestErrorSaysTheWordAndTheReason(t *testing.T) {
	t.Parallel()
	err := error(&network.Error{Problem: "closed", Err: io.EOF})
	if got := err.Error(); got != "closed: EOF" || !errors.Is(err, io.EOF) {
		t.Errorf("got %q", got)
	}
}

func dialClosedPort(t *testing.T) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	to := netip.MustParseAddrPort(listener.Addr().String())
	listener.Close()
	n := network.Network{Permit: allowAll}
	_, err = n.Session().Dial(t.Context(), to)
	return err
}

// connected gives a connection through a Session whose other side has done
// something since. That side is closed when the test ends.
func connected(t *testing.T, do func(*net.TCPConn)) net.Conn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	n := network.Network{Permit: allowAll}
	conn, err := n.Session().Dial(t.Context(), netip.MustParseAddrPort(listener.Addr().String()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	other, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	do(other.(*net.TCPConn))
	return conn
}

// readAfter reads ten bytes after the other side did something, with little
// patience.
func readAfter(do func(*net.TCPConn)) func(*testing.T) error {
	return func(t *testing.T) error {
		t.Helper()
		conn := connected(t, do)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		defer network.Bind(ctx, conn)()
		_, err := io.ReadFull(conn, make([]byte, 10))
		return err
	}
}

func handshakeAfter(do func(*net.TCPConn)) func(*testing.T) error {
	return func(t *testing.T) error {
		t.Helper()
		conn := connected(t, do)
		return tls.Client(conn, &tls.Config{ServerName: "mail.example", MinVersion: tls.VersionTLS12}).HandshakeContext(t.Context())
	}
}

func readOwnClosed(t *testing.T) error {
	conn := connected(t, func(*net.TCPConn) {})
	conn.Close()
	_, err := conn.Read(make([]byte, 1))
	return err
}

func writeAfterReset(t *testing.T) error {
	conn := connected(t, func(conn *net.TCPConn) {
		_ = conn.SetLinger(0)
		conn.Close()
	})
	for range 1000 { // the first may still fit into the buffer
		if _, err := conn.Write([]byte("EHLO scanner.example\r\n")); err != nil {
			return err
		}
	}
	return nil
}

func readCancelled(t *testing.T) error {
	conn := connected(t, func(*net.TCPConn) {})
	ctx, cancel := context.WithCancel(t.Context())
	defer network.Bind(ctx, conn)()
	cancel()
	_, err := conn.Read(make([]byte, 1))
	return err
}

func handshakeCancelled(t *testing.T) error {
	conn := tls.Client(connected(t, func(*net.TCPConn) {}), &tls.Config{ServerName: "mail.example", MinVersion: tls.VersionTLS12})
	ctx, cancel := context.WithCancel(t.Context())
	defer network.Bind(ctx, conn)()
	cancel()
	return conn.HandshakeContext(t.Context())
}
