package tls

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// handshakeAgainst does one handshake with whatever answers.
func handshakeAgainst(t *testing.T, answer func(net.Conn)) evidence.Handshake {
	t.Helper()
	w := loopback.New(t)
	w.Serve(t, place, answer)
	s := w.Network.Session()
	conn, err := s.Dial(t.Context(), netip.MustParseAddrPort(place))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got, _ := Handshake(t.Context(), s, conn, "comune.example", Roots{})
	return got
}

func TestHandshakeFacts(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	chain.OCSPStaple = []byte("an answer")
	for name, each := range map[string]struct {
		config *tls.Config
		want   evidence.Handshake
	}{
		"tls-1.3": {
			&tls.Config{CurvePreferences: []tls.CurveID{tls.X25519}},
			evidence.Handshake{Version: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256", Group: "x25519", Stapled: true},
		},
		"tls-1.2": {
			&tls.Config{MaxVersion: tls.VersionTLS12, CurvePreferences: []tls.CurveID{tls.CurveP256}, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384}},
			evidence.Handshake{Version: "TLS 1.2", Suite: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", Group: "secp256r1", Stapled: true},
		},
		"tls-1.0-with-an-old-suite": {
			&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CurvePreferences: []tls.CurveID{tls.CurveP521}, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA}},
			evidence.Handshake{Version: "TLS 1.0", Suite: "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", Group: "secp521r1", Stapled: true},
		},
		"post-quantum": {
			&tls.Config{CurvePreferences: []tls.CurveID{tls.X25519MLKEM768}},
			evidence.Handshake{Version: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256", Group: "X25519MLKEM768", Stapled: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each.config.Certificates = []tls.Certificate{chain}
			got := handshakeAgainst(t, func(conn net.Conn) {
				server := tls.Server(conn, each.config)
				_ = server.HandshakeContext(t.Context())
				_, _ = io.Copy(io.Discard, server)
			})
			each.want.Observation = evidence.SeenAt(loopback.Now())
			each.want.Certificates, each.want.Trust = got.Certificates, evidence.Trust{Match: evidence.Seen}
			each.want.Staple = got.Staple // TestStaple
			if diff := cmp.Diff(each.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if len(got.Certificates) != 1 {
				t.Errorf("%d certificates", len(got.Certificates))
			}
		})
	}
}

func TestHandshakeThatEndsOtherwise(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		answer func(net.Conn)
		want   evidence.Problem
	}{
		"alert": {func(conn net.Conn) {
			refuse := func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("no such site") }
			_ = tls.Server(conn, &tls.Config{GetConfigForClient: refuse}).HandshakeContext(context.Background())
		}, evidence.TLSAlert},
		"hangs-up":            {func(conn net.Conn) { readSome(conn) }, evidence.Closed},
		"reset":               {func(conn net.Conn) { readSome(conn); resetConn(conn) }, evidence.Reset},
		"speaks-http":         {func(conn net.Conn) { readSome(conn); write(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") }, evidence.Malformed},
		"garbage":             {func(conn net.Conn) { readSome(conn); write(conn, "\x16\x03\x03\x00\x04\x02\x00\x00\x00") }, evidence.Malformed},
		"half-a-server-hello": {func(conn net.Conn) { readSome(conn); write(conn, "\x16\x03\x03\x40\x00\x02") }, evidence.Closed},
		"endless-warnings": {func(conn net.Conn) {
			readSome(conn)
			for {
				if _, err := conn.Write([]byte{21, 3, 3, 0, 2, 1, 112}); err != nil {
					return
				}
			}
		}, evidence.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := handshakeAgainst(t, each.answer)
			if got.State != evidence.Unknown || got.Problem != each.want {
				t.Errorf("got %s %s (%s), want unknown %s", got.State, got.Problem, got.Detail, each.want)
			}
			if got.Trust.State != evidence.NotAsked || got.Certificates != nil {
				t.Errorf("a handshake that did not end says nothing of certificates: %+v", got)
			}
		})
	}
}

func readSome(conn net.Conn) { _, _ = conn.Read(make([]byte, 4096)) }

func write(conn net.Conn, text string) { _, _ = io.WriteString(conn, text) }

// resetConn ends a TCP connection with RST.
func resetConn(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func TestSilenceCostsItsTimeoutAndNoMore(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(net.Conn){
		"silent": func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) },
		"one-byte-a-second-for-ever": func(conn net.Conn) {
			left := make(chan struct{})
			go func() {
				defer close(left)
				_, _ = io.Copy(io.Discard, conn)
			}()
			for _, b := range append([]byte{22, 3, 3, 0x3f, 0xff, 2, 0, 0xff, 0xff}, make([]byte, 1000)...) {
				select {
				case <-time.After(time.Second):
					_, _ = conn.Write([]byte{b})
				case <-left:
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			synctest.Test(t, func(t *testing.T) {
				w.Pipe(place, answer)
				s := w.Network.Session()
				conn, err := s.Dial(t.Context(), netip.MustParseAddrPort(place))
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				began := time.Now()
				got, _ := Handshake(t.Context(), s, conn, "comune.example", Roots{})
				if got.State != evidence.Unknown || got.Problem != evidence.Timeout {
					t.Errorf("got %+v", got.Observation)
				}
				if took := time.Since(began); took != handshakeTime {
					t.Errorf("took %v, want %v", took, handshakeTime)
				}
			})
		})
	}
}

func TestInterruptedIsNoTimeout(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.Serve(t, place, func(conn net.Conn) {
		readSome(conn)
		cancel()
		_, _ = io.Copy(io.Discard, conn)
	})
	s := w.Network.Session()
	conn, err := s.Dial(ctx, netip.MustParseAddrPort(place))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if got, _ := Handshake(ctx, s, conn, "comune.example", Roots{}); got.Problem != evidence.Interrupted {
		t.Errorf("got %+v", got.Observation)
	}
}

func TestServerThatSendsOneByteAtATime(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	got := handshakeAgainst(t, func(conn net.Conn) {
		server := tls.Server(drip{conn}, &tls.Config{Certificates: []tls.Certificate{chain}})
		_ = server.HandshakeContext(t.Context())
		_, _ = io.Copy(io.Discard, server)
	})
	if got.State != evidence.Seen {
		t.Errorf("got %+v", got.Observation)
	}
}

type drip struct{ net.Conn }

func (d drip) Write(b []byte) (int, error) {
	for i := range b {
		if _, err := d.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(b), nil
}

// crippled gives a certificate with a negative serial number, which crypto/x509
// refuses to read.
func crippled(t *testing.T, chain tls.Certificate) []byte {
	t.Helper()
	der := bytes.Clone(chain.Certificate[0])
	at := bytes.Index(der, []byte{0x02, 0x02, 0x12, 0x34}) // the serial number of every test certificate
	if at < 0 {
		t.Fatal("no serial number")
	}
	der[at+2] = 0x92
	if _, err := x509.ParseCertificate(der); err == nil {
		t.Fatal("crypto/x509 reads it")
	}
	return der
}

func TestCertificateThatCannotBeRead(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root of the test", nil)
	chain := root.issue(t, nil)
	bad := tls.Certificate{Certificate: [][]byte{crippled(t, chain)}, PrivateKey: chain.PrivateKey}
	along := tls.Certificate{Certificate: [][]byte{chain.Certificate[0], crippled(t, chain)}, PrivateKey: chain.PrivateKey}
	serve := func(c tls.Certificate, newest uint16) evidence.Handshake {
		w := loopback.New(t)
		serveTLS(t, w, place, &tls.Config{Certificates: []tls.Certificate{c}, MaxVersion: newest})
		s := w.Network.Session()
		conn, err := s.Dial(t.Context(), netip.MustParseAddrPort(place))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		got, _ := Handshake(t.Context(), s, conn, "comune.example", root.roots())
		return got
	}

	t.Run("the-server-speaks-tls-1.2-all-the-same", func(t *testing.T) {
		t.Parallel()
		got := serve(bad, tls.VersionTLS12)
		if got.State != evidence.Seen || got.Version != "TLS 1.2" || len(got.Certificates) != 1 || got.Certificates[0].Unparsed == "" {
			t.Errorf("got %+v", got)
		}
		if diff := cmp.Diff(verdict{State: "unknown", Problem: "malformed", Reason: "malformed", Match: "seen"}, verdictOf(got.Trust)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
	t.Run("tls-1.3-hides-it", func(t *testing.T) {
		t.Parallel()
		got := serve(bad, tls.VersionTLS13)
		if got.State != evidence.Unknown || got.Problem != evidence.Malformed || got.Certificates != nil {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("an-intermediate-does-not-spoil-the-leaf", func(t *testing.T) {
		t.Parallel()
		got := serve(along, tls.VersionTLS12)
		if got.State != evidence.Seen || len(got.Certificates) != 2 || got.Certificates[0].Unparsed != "" || got.Certificates[1].Unparsed == "" {
			t.Errorf("got %+v", got)
		}
		if diff := cmp.Diff(verdict{State: "seen", Match: "seen"}, verdictOf(got.Trust)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

func TestWrongKeyIsNoHandshake(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root of the test", nil)
	chain := root.issue(t, nil)
	chain.PrivateKey = root.key
	got := handshakeAgainst(t, func(conn net.Conn) {
		_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{chain}, MaxVersion: tls.VersionTLS12}).HandshakeContext(t.Context())
	})
	if got.State != evidence.Unknown || got.Problem != evidence.Malformed {
		t.Errorf("got %+v", got.Observation)
	}
}
