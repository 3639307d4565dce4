package tls

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// weakSuitesOf asks a server for its weak suites, and counts the connections.
func weakSuitesOf(t *testing.T, full evidence.State, answer func(net.Conn)) (evidence.SuiteOffer, int) {
	t.Helper()
	w := loopback.New(t)
	w.Serve(t, place, answer)
	s := w.Network.Session()
	at := netip.MustParseAddrPort(place)
	p := Prober{Session: s, Name: "comune.example", Open: func(ctx context.Context) (net.Conn, error) { return s.Dial(ctx, at) }}
	offer := p.WeakSuites(t.Context(), evidence.Handshake{Observation: evidence.Observation{State: full}})
	return offer, s.Sent().ByAddress[at.Addr()].Connections
}

// choosing makes a server that takes the first of its suites that is offered,
// or says what else it is told to.
func choosing(otherwise []byte, suites ...uint16) func(net.Conn) {
	return func(conn net.Conn) {
		h, err := readHello(conn)
		if err != nil {
			return
		}
		for _, suite := range suites {
			if slices.Contains(h.suites, suite) {
				_, _ = conn.Write(record(recordHandshake, serverHelloOf(tls12, suite), helloDone))
				_, _ = io.Copy(io.Discard, conn)
				return
			}
		}
		if otherwise == nil {
			resetConn(conn)
			return
		}
		_, _ = conn.Write(otherwise)
		_, _ = io.Copy(io.Discard, conn)
	}
}

func TestWeakSuites(t *testing.T) {
	t.Parallel()
	seen := func(suite, class string) evidence.SuiteOffer {
		return evidence.SuiteOffer{Observation: evidence.SeenAt(loopback.Now()), Suite: suite, Class: class}
	}
	unknown := func(why evidence.Problem) evidence.SuiteOffer {
		return evidence.SuiteOffer{Observation: evidence.Observation{State: evidence.Unknown, Problem: why, At: loopback.Now()}}
	}
	refuse := func(code byte) []byte { return record(recordAlert, []byte{2, code}) }
	for name, test := range map[string]struct {
		answer      func(net.Conn)
		full        evidence.State
		want        evidence.SuiteOffer
		connections int
	}{
		"null":      {choosing(nil, 0x0002), evidence.Seen, seen("TLS_RSA_WITH_NULL_SHA", "null"), 1},
		"anonymous": {choosing(nil, 0xc019), evidence.Seen, seen("TLS_ECDH_anon_WITH_AES_256_CBC_SHA", "anonymous"), 1},
		"export":    {choosing(nil, 0x0003), evidence.Seen, seen("TLS_RSA_EXPORT_WITH_RC4_40_MD5", "export"), 1},
		"des":       {choosing(nil, 0x0009), evidence.Seen, seen("TLS_RSA_WITH_DES_CBC_SHA", "des"), 1},
		"rc4":       {choosing(nil, 0x0005), evidence.Seen, seen("TLS_RSA_WITH_RC4_128_SHA", "rc4"), 1},
		"3des":      {choosing(nil, 0x000a), evidence.Seen, seen("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "3des"), 1},
		"static-key-and-nothing-worse": {
			choosing(refuse(40), 0x009d), evidence.Seen, seen("TLS_RSA_WITH_AES_256_GCM_SHA384", "static-key"), 2,
		},
		"static-key-hides-rc4": {choosing(refuse(40), 0x009d, 0x0005), evidence.Seen, seen("TLS_RSA_WITH_RC4_128_SHA", "rc4"), 2},
		"static-key-and-then-silence": {
			choosing(nil, 0x002f), evidence.Seen, seen("TLS_RSA_WITH_AES_128_CBC_SHA", "static-key"), 3,
		},
		"none-by-alert": {choosing(refuse(40)), evidence.Seen, evidence.SuiteOffer{Observation: evidence.AbsentAt(loopback.Now())}, 1},
		"tls-1.3-only":  {choosing(refuse(70)), evidence.Unknown, evidence.SuiteOffer{Observation: evidence.AbsentAt(loopback.Now())}, 1},
		"alert-of-a-server-that-never-spoke-tls-with-us": {choosing(refuse(40)), evidence.Unknown, unknown(evidence.TLSAlert), 1},
		"reset-is-no-absence":                            {choosing(nil), evidence.Seen, unknown(evidence.Reset), 2},
		"a-suite-that-was-not-offered":                   {choosing(record(recordHandshake, serverHelloOf(0x0303, 0xc02f), helloDone)), evidence.Seen, unknown(evidence.Malformed), 1},
		"speaks-another-protocol":                        {choosing([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")), evidence.Seen, unknown(evidence.Malformed), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, connections := weakSuitesOf(t, test.full, test.answer)
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(evidence.Observation{}, "Detail")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if connections != test.connections {
				t.Errorf("%d connections, want %d", connections, test.connections)
			}
		})
	}
}

// Mail servers offer anonymous suites on purpose (RFC 7435): with sound
// encryption they are no weakness there, without it they are.
func TestAnonymousSuitesWhereNobodyVerifies(t *testing.T) {
	t.Parallel()
	refuse := record(recordAlert, []byte{2, 40})
	for suite, want := range map[uint16]evidence.State{0xc019: evidence.Absent, 0x00a7: evidence.Absent, 0xc016: evidence.Seen} {
		w := loopback.New(t)
		w.Serve(t, place, choosing(refuse, suite))
		s := w.Network.Session()
		at := netip.MustParseAddrPort(place)
		p := Prober{Session: s, Name: "mx.example", Unverified: true, Open: func(ctx context.Context) (net.Conn, error) { return s.Dial(ctx, at) }}
		got := p.WeakSuites(t.Context(), evidence.Handshake{Observation: evidence.Observation{State: evidence.Seen}})
		if got.State != want {
			t.Errorf("suite %04x: %q, want %q", suite, got.State, want)
		}
	}
}

// A real server with an RSA key, which crypto/tls lets take old suites.
func TestWeakSuitesOfARealServer(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: loopback.Now(), NotAfter: loopback.Now().Add(day)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		suites []uint16
		want   string
	}{
		"3des":           {[]uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}, "seen 3des"},
		"static-key":     {[]uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, "seen static-key"},
		"forward-secret": {[]uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, "absent "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, CipherSuites: test.suites}
			got, _ := weakSuitesOf(t, evidence.Seen, func(conn net.Conn) {
				if tls.Server(conn, config).HandshakeContext(t.Context()) == nil {
					t.Error("the handshake came to an end without a key of ours")
				}
			})
			if diff := cmp.Diff(test.want, string(got.State)+" "+got.Class); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// The one hello holds suites of every class, the worst first, and not too many.
func TestWeakSuitesOfOneHello(t *testing.T) {
	t.Parallel()
	list := weakSuites()
	if len(list) > 62 {
		t.Errorf("%d suites are offered, more than servers read", len(list))
	}
	var classes []string
	for _, x := range list {
		classes = append(classes, x.Class)
	}
	if diff := cmp.Diff(evidence.WeakClasses, slices.Compact(classes)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
