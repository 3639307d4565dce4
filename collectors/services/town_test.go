package services

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

var address = netip.MustParseAddr("192.0.2.10")

func now() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }

// town is one address in a bubble of time: servers behind pipes, a firewall, and
// a count of who came when.
type town struct {
	serve    map[uint16]func(net.Conn)
	firewall func(port uint16, count int) error // nil lets in; context.DeadlineExceeded drops

	mu      sync.Mutex
	came    []time.Time
	ports   []uint16
	servers sync.WaitGroup
}

func refusal() error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// connect is Network.Connect.
func (w *town) connect(ctx context.Context, _ string, to netip.AddrPort) (net.Conn, error) {
	switch err := w.arrive(to.Port()); {
	case errors.Is(err, context.DeadlineExceeded):
		<-ctx.Done()
		return nil, ctx.Err()
	case err != nil:
		return nil, err
	}
	serve := w.serve[to.Port()]
	if serve == nil {
		return nil, refusal()
	}
	near, far := net.Pipe()
	w.servers.Go(func() {
		defer far.Close()
		serve(far)
	})
	return near, nil
}

// arrive notes who comes, and asks the firewall.
func (w *town) arrive(port uint16) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.came, w.ports = append(w.came, time.Now()), append(w.ports, port)
	if w.firewall == nil {
		return nil
	}
	return w.firewall(port, len(w.came))
}

func (w *town) network() *network.Network {
	return &network.Network{
		Connect: w.connect, Now: now, Permit: network.Permit{AllowReserved: true},
		Limits: network.Limits{AtOnce: 8, PerAddress: 1000, Dial: 2 * time.Second},
	}
}

// look collects at the ports and waits for the servers.
func (w *town) look(tb testing.TB, ports ...uint16) (evidence.Host, network.Sent) {
	tb.Helper()
	s := w.network().Session()
	hosts := Collect(tb.Context(), s, Request{Targets: []Target{{Address: address}}, Agent: "campanile-test", Ports: ports})
	w.servers.Wait()
	return hosts[0], s.Sent()
}

// greets says something, and reads on until the visitor is gone.
func greets(words string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, words)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// waits answers what begins in one way and hangs up on everything else, as most
// servers of binary protocols do.
func waits(begins, answer string) func(net.Conn) {
	return func(conn net.Conn) {
		said := make([]byte, 512)
		n, err := conn.Read(said)
		if err != nil || !bytes.HasPrefix(said[:n], []byte(begins)) {
			return
		}
		_, _ = io.WriteString(conn, answer)
		_, _ = io.Copy(io.Discard, conn)
	}
}

// lines answers each line; what it does not know, it calls an error.
func lines(greeting string, answers map[string]string, otherwise string) func(net.Conn) {
	return func(conn net.Conn) {
		speak := func(words string) bool { // a pipe takes an empty word for one that must be heard
			if words == "" {
				return true
			}
			_, err := io.WriteString(conn, words)
			return err == nil
		}
		speak(greeting)
		reader := bufio.NewReader(conn)
		for {
			line, err := reader.ReadString('\n')
			if err != nil {
				return
			}
			answer, known := answers[line]
			if !known {
				answer = otherwise
			}
			if !speak(answer) {
				return
			}
		}
	}
}

// silent lets everybody in and says nothing.
func silent(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
