package tls

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/hex"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

func renegotiation(ctx context.Context, s *network.Session, conn net.Conn) evidence.Observation {
	return Renegotiate(ctx, s, conn, "comune.example")
}

// afterHandshake finishes a handshake with crypto/tls and hands over what comes then: the
// session as the server has it, and what our second hello says.
func afterHandshake(t *testing.T, certificate tls.Certificate, suite uint16, then func(conn net.Conn, s *session, again []byte)) func(net.Conn) {
	t.Helper()
	return func(conn net.Conn) {
		var secrets bytes.Buffer
		spoken := &speaker{Conn: conn}
		server := tls.Server(spoken, &tls.Config{Certificates: []tls.Certificate{certificate}, CipherSuites: []uint16{suite}, MaxVersion: tls.VersionTLS12, KeyLogWriter: &secrets})
		if err := server.HandshakeContext(t.Context()); err != nil {
			t.Error(err)
			return
		}
		random, _, err := begun(spoken.bytes)
		if err != nil {
			t.Error(err)
			return
		}
		s, err := newSession(suite, secrets.String(), random)
		if err != nil {
			t.Error(err)
			return
		}
		kind, sealed, err := hello.ReadRecord(conn)
		if err != nil {
			t.Error(err)
			return
		}
		again, err := s.client.open(kind, sealed)
		if err != nil || !bytes.Contains(again, server.ConnectionState().TLSUnique) {
			t.Errorf("the second hello is % x, %v", again, err)
		}
		then(conn, s, again)
	}
}

// speaker keeps what a server says.
type speaker struct {
	net.Conn
	bytes []byte
}

func (s *speaker) Write(b []byte) (int, error) {
	s.bytes = append(s.bytes, b...)
	return s.Conn.Write(b)
}

func TestClientRenegotiation(t *testing.T) {
	t.Parallel()
	certificate := newAuthority(t, "Root of the test", nil).issue(t, nil)
	const aes128, aes256 = tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
	says := func(kind byte, body ...byte) func(net.Conn, *session, []byte) {
		return func(conn net.Conn, s *session, _ []byte) { write(conn, string(s.server.seal(kind, body))) }
	}
	unknown := func(problem evidence.Problem) evidence.Observation {
		return evidence.Observation{State: evidence.Unknown, Problem: problem}
	}
	for name, each := range map[string]struct {
		suite uint16
		then  func(net.Conn, *session, []byte)
		want  evidence.Observation
	}{
		"server-hello":             {aes128, says(hello.RecordHandshake, hello.MessageServerHello, 0, 0, 0), evidence.Observation{State: evidence.Seen}},
		"server-hello-with-aes256": {aes256, says(hello.RecordHandshake, hello.MessageServerHello, 0, 0, 0), evidence.Observation{State: evidence.Seen}},
		"server-hello-after-data": {aes128, func(conn net.Conn, s *session, _ []byte) {
			write(conn, string(s.server.seal(hello.RecordApplicationData, []byte("220 mail.comune.example\r\n"))))
			write(conn, string(s.server.seal(hello.RecordHandshake, []byte{hello.MessageHelloRequest, 0, 0, 0})))
			write(conn, string(s.server.seal(hello.RecordHandshake, []byte{hello.MessageServerHello, 0, 0, 0})))
		}, evidence.Observation{State: evidence.Seen}},
		"no-renegotiation":         {aes128, says(hello.RecordAlert, 1, 100), evidence.Observation{State: evidence.Absent}},
		"handshake-failure":        {aes256, says(hello.RecordAlert, 2, 40), evidence.Observation{State: evidence.Absent}},
		"our-fault-is-no-verdict":  {aes128, says(hello.RecordAlert, 2, 20), unknown(evidence.TLSAlert)},
		"goodbye-is-no-verdict":    {aes128, says(hello.RecordAlert, 1, 0), unknown(evidence.Closed)},
		"hanging-up-is-no-verdict": {aes128, func(net.Conn, *session, []byte) {}, unknown(evidence.Closed)},
		"silence-is-no-verdict":    {aes128, func(conn net.Conn, _ *session, _ []byte) { _, _ = io.Copy(io.Discard, conn) }, unknown(evidence.Timeout)},
		"alert-of-three-bytes":     {aes128, says(hello.RecordAlert, 1, 100, 0), unknown(evidence.Malformed)},
		"empty-handshake-record":   {aes128, says(hello.RecordHandshake), unknown(evidence.Malformed)},
		"alert-in-the-clear":       {aes128, func(conn net.Conn, _ *session, _ []byte) { write(conn, string(said(hello.RecordAlert, []byte{2, 40}))) }, unknown(evidence.Malformed)},
		"sealed-with-the-wrong-key": {aes128, func(conn net.Conn, s *session, _ []byte) {
			write(conn, string(s.client.seal(hello.RecordHandshake, []byte{2})))
		}, unknown(evidence.Malformed)},
		"data-without-end": {aes128, func(conn net.Conn, s *session, _ []byte) {
			for range 9 {
				_, _ = conn.Write(s.server.seal(hello.RecordApplicationData, []byte("x")))
			}
		}, unknown(evidence.Malformed)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				sameObservation(t, each.want, against(t.Context(), afterHandshake(t, certificate, each.suite, each.then), renegotiation))
				if took := time.Since(start); took > handshakeTime {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// crypto/tls as the server takes no second handshake and says so, which it can
// only after it has opened our record with keys that it derived itself.
func TestServerOfGoRefusesRenegotiation(t *testing.T) {
	t.Parallel()
	certificate := newAuthority(t, "Root of the test", nil).issue(t, nil)
	got := against(t.Context(), func(conn net.Conn) {
		server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}, MaxVersion: tls.VersionTLS12})
		_, _ = io.Copy(io.Discard, server)
	}, renegotiation)
	sameObservation(t, evidence.Observation{State: evidence.Absent}, got)
}

func TestNoTLS12IsNoVerdictAboutRenegotiation(t *testing.T) {
	t.Parallel()
	certificate := newAuthority(t, "Root of the test", nil).issue(t, nil)
	got := against(t.Context(), func(conn net.Conn) {
		_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS13}).HandshakeContext(t.Context())
	}, renegotiation)
	sameObservation(t, evidence.Observation{State: evidence.Unknown, Problem: evidence.TLSAlert}, got)
}

// The function of RFC 5246 section 5 against a published vector for SHA-256.
func TestPseudoRandomFunction(t *testing.T) {
	t.Parallel()
	raw := func(text string) []byte {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sum, _ := strength(tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	got := expand(sum, raw("9bbe436ba940f017b17652849a71db35"), "test label", raw("a0ba9f936cda311827a6f796ffd5198c"), 100)
	if want := "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"; !strings.HasPrefix(hex.EncodeToString(got), want) {
		t.Errorf("got %x", got)
	}
}

// OpenSSL's own server, where it is at hand.
func TestServerOfOpenSSL(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		options []string
		want    evidence.State
	}{
		"allowed":             {[]string{"-client_renegotiation"}, evidence.Seen},
		"allowed-with-aes256": {[]string{"-client_renegotiation", "-cipher", "AES256-GCM-SHA384"}, evidence.Seen},
		"not-allowed":         {[]string{"-no_renegotiation"}, evidence.Absent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := serveOpenSSL(t, each.options...)
			sameObservation(t, evidence.Observation{State: each.want}, dialled(t, address, renegotiation))
			// It takes no heartbeats since 1.1.1.
			sameObservation(t, evidence.Observation{State: evidence.Absent}, dialled(t, address, heartbleed))
		})
	}
}

func dialled(t *testing.T, address string, ask func(context.Context, *network.Session, net.Conn) evidence.Observation) evidence.Observation {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return ask(t.Context(), (&network.Network{Now: loopback.Now}).Session(), conn)
}

// serveOpenSSL gives the address of a server that ends with the test.
func serveOpenSSL(t *testing.T, options ...string) string {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl here")
	}
	file := filepath.Join(t.TempDir(), "server.pem")
	made := exec.CommandContext(t.Context(), openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", file, "-out", file+".crt", "-subj", "/CN=comune.example", "-days", "3")
	if said, err := made.CombinedOutput(); err != nil {
		t.Skipf("openssl req: %v, %s", err, said)
	}
	ctx, cancel := context.WithCancel(t.Context())
	server := exec.CommandContext(ctx, openssl, append([]string{"s_server", "-accept", "127.0.0.1:0", "-key", file, "-cert", file + ".crt", "-tls1_2"}, options...)...)
	input, err := server.StdinPipe() // at its end the server would close its connections
	if err != nil {
		t.Fatal(err)
	}
	output, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_, _ = input.Close(), server.Wait()
	})
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "ACCEPT "); ok {
			return address // what it says besides is less than a pipe holds
		}
	}
	t.Skip("openssl s_server does not say its address")
	return ""
}
