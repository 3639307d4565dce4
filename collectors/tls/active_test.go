package tls

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

// against asks over a pipe whose other end does what the server does.
func against(ctx context.Context, server func(net.Conn), ask func(context.Context, *network.Session, net.Conn) evidence.Observation) evidence.Observation {
	near, far := net.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer far.Close()
		server(far)
	}()
	defer func() { <-ended }()
	defer near.Close()
	return ask(ctx, (&network.Network{Now: loopback.Now}).Session(), near)
}

func sameObservation(t *testing.T, want, got evidence.Observation) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(evidence.Observation{}, "At", "Detail")); diff != "" {
		t.Errorf("-want +got\n%s%s", diff, got.Detail)
	}
}

// said makes a record of TLS 1.2.
func said(kind byte, body ...[]byte) []byte {
	whole := slices.Concat(body...)
	return append(binary.BigEndian.AppendUint16([]byte{kind, 3, 3}, uint16(len(whole))), whole...)
}

// firstFlight is a ServerHello, with the heartbeat extension or without, and
// ServerHelloDone.
func firstFlight(heartbeat bool) []byte {
	body := slices.Concat([]byte{3, 3}, make([]byte, 32), []byte{0, 0, 0x2f, 0})
	if heartbeat {
		body = append(body, 0, 5, 0, 15, 0, 1, 1)
	}
	return said(hello.RecordHandshake, []byte{2, 0, 0, byte(len(body))}, body, []byte{14, 0, 0, 0})
}

// bleeding answers a heartbeat as OpenSSL 1.0.1 did before its repair: with as
// many bytes as the request claims to have. It answers when it has read all,
// since a pipe holds nothing.
func bleeding(conn net.Conn) {
	_, request, err := hello.ReadRecord(conn)
	if err != nil {
		return // it was told that we take no heartbeats
	}
	_, _, _ = hello.ReadRecord(conn)
	claimed := request[1:3]
	leak := make([]byte, binary.BigEndian.Uint16(claimed)+16)
	write(conn, string(said(24, []byte{2}, claimed, leak)))
	write(conn, string(said(hello.RecordAlert, []byte{2, 10})))
}

// careful discards it (RFC 6520 section 4).
func careful(conn net.Conn) {
	readBoth(conn)
	write(conn, string(said(hello.RecordAlert, []byte{2, 10})))
}

func readBoth(conn net.Conn) {
	_, _, _ = hello.ReadRecord(conn)
	_, _, _ = hello.ReadRecord(conn)
}

// answering reads the hello, says its first flight and goes on as told.
func answering(heartbeat bool, then func(net.Conn)) func(net.Conn) {
	return func(conn net.Conn) {
		_, _, _ = hello.ReadRecord(conn)
		write(conn, string(firstFlight(heartbeat)))
		then(conn)
	}
}

func heartbleed(ctx context.Context, s *network.Session, conn net.Conn) evidence.Observation {
	return Heartbleed(ctx, s, conn, hello.Hello{Version: tls.VersionTLS12, Name: "comune.example", Suites: []uint16{0x2f, 0x9d}})
}

func TestHeartbleed(t *testing.T) {
	t.Parallel()
	silent := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	for name, each := range map[string]struct {
		server func(net.Conn)
		want   evidence.Observation
	}{
		"bleeding":                 {answering(true, bleeding), evidence.Observation{State: evidence.Seen}},
		"repaired":                 {answering(true, careful), evidence.Observation{State: evidence.Absent}},
		"takes-no-heartbeats":      {answering(false, bleeding), evidence.Observation{State: evidence.Absent}},
		"silence-is-no-verdict":    {answering(true, silent), evidence.Observation{State: evidence.Unknown, Problem: evidence.Timeout}},
		"hanging-up-is-no-verdict": {answering(true, readBoth), evidence.Observation{State: evidence.Unknown, Problem: evidence.Closed}},
		"refusal-of-the-hello-is-none": {func(conn net.Conn) {
			_, _, _ = hello.ReadRecord(conn)
			write(conn, string(said(hello.RecordAlert, []byte{2, 40})))
		}, evidence.Observation{State: evidence.Unknown, Problem: evidence.TLSAlert}},
		"http-is-no-verdict": {answering(true, func(conn net.Conn) { readBoth(conn); write(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") }), evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				sameObservation(t, each.want, against(t.Context(), each.server, heartbleed))
				if took := time.Since(start); took > handshakeTime {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

func TestHeartbeatCountsTheExcess(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		answering(true, bleeding)(far)
	}()
	excess, err := Heartbeat(near, hello.Hello{Version: tls.VersionTLS12, Suites: []uint16{0x2f}})
	_ = near.Close()
	<-ended
	// More than 64 bytes of a stranger's memory are never asked for.
	if err != nil || excess < 1 || excess > 64 {
		t.Errorf("got %d, %v", excess, err)
	}
}
