package tls

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// withRSA makes a chain with an RSA key.
func withRSA(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{"comune.example", "www.comune.example"}, NotBefore: loopback.Now(), NotAfter: loopback.Now().Add(day)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Servers of crypto/tls, whose settings are known.
func TestRealServers(t *testing.T) {
	t.Parallel()
	ecdsa := newAuthority(t, "Root of the test", nil).issue(t, nil)
	rsaChain := withRSA(t)
	sound := []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	curves := []tls.CurveID{tls.X25519MLKEM768, tls.X25519, tls.CurveP256}
	for name, test := range map[string]struct {
		config      *tls.Config
		grade, full int // connections, the ordinary handshake included
		want        string
		suites      int
	}{
		"rsa": {
			&tls.Config{Certificates: []tls.Certificate{rsaChain}, CipherSuites: sound}, 10, 25,
			"TLS1.2 TLS1.3 pq=X25519MLKEM768", 4,
		},
		"ecdsa": {
			&tls.Config{Certificates: []tls.Certificate{ecdsa}, CipherSuites: sound}, 10, 25,
			"TLS1.2 TLS1.3 pq=X25519MLKEM768", 4,
		},
		"both": {
			&tls.Config{Certificates: []tls.Certificate{rsaChain, ecdsa}, CipherSuites: sound}, 10, 25,
			"TLS1.2 TLS1.3 pq=X25519MLKEM768 second", 5,
		},
		"tls-1.3-only": {
			&tls.Config{Certificates: []tls.Certificate{ecdsa}, MinVersion: tls.VersionTLS13}, 8, 25,
			"TLS1.3 pq=X25519MLKEM768", 3,
		},
		"old": {
			&tls.Config{Certificates: []tls.Certificate{rsaChain}, MinVersion: tls.VersionTLS10, CipherSuites: []uint16{
				tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, tls.TLS_RSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
			}}, 16, 32,
			"TLS1.0 TLS1.1 TLS1.2 TLS1.3 rc4 3des static-key phase-out=cbc pq=X25519MLKEM768", 7,
		},
	} {
		for _, depth := range []string{evidence.GradeDepth, evidence.FullDepth} {
			t.Run(name+"-"+depth, func(t *testing.T) {
				t.Parallel()
				w := loopback.New(t)
				w.Host(t, "comune.example", "192.0.2.10")
				config := test.config.Clone()
				config.CurvePreferences = curves
				serveTLS(t, w, place, config)
				s := w.Network.Session()
				got := Collect(t.Context(), s, Request{Names: []string{"comune.example"}, Depth: depth})[0]
				server := got.Accepts.Order.Server
				got.Accepts.Order.Server = ""
				if diff := cmp.Diff(test.want, told(got)); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
				most := map[string]int{evidence.GradeDepth: test.grade, evidence.FullDepth: test.full}[depth]
				if n := s.Sent().Connections; n > most || n != got.Accepts.Hellos+1 {
					t.Errorf("%d connections, %d hellos, want at most %d", n, got.Accepts.Hellos, most)
				}
				if depth == evidence.FullDepth {
					if diff := cmp.Diff([]string{"secp256r1", "x25519", "X25519MLKEM768"}, got.Accepts.Groups); diff != "" {
						t.Errorf("groups -want +got\n%s", diff)
					}
					if len(got.Accepts.Suites) != test.suites {
						t.Errorf("%d suites, want %d: %v", len(got.Accepts.Suites), test.suites, got.Accepts.Suites)
					}
					if test.suites > 4 && server != evidence.Seen {
						t.Errorf("the order that counts is %q, and crypto/tls has its own", server)
					}
				}
				if got.Second.State == evidence.Seen && (len(got.Second.Certificates) != 1 || got.Second.Certificates[0].Key == got.TLS.Certificates[0].Key || got.Second.Trust.Match != evidence.Seen) {
					t.Errorf("second: %+v", got.Second)
				}
			})
		}
	}
}

// The questions are asked once for all names of a server, also in another town,
// and each name has its own handshakes.
func TestOneServerIsAskedOnce(t *testing.T) {
	t.Parallel()
	chain, rsaChain := newAuthority(t, "Root of the test", nil).issue(t, nil), withRSA(t)
	w := loopback.New(t)
	for _, name := range []string{"comune.example", "www.comune.example", "altro.example"} {
		w.Host(t, name, "192.0.2.10")
	}
	serveTLS(t, w, place, &tls.Config{Certificates: []tls.Certificate{chain, rsaChain}})
	memory := new(Memory)
	first := w.Network.Session()
	got := Collect(t.Context(), first, Request{Names: []string{"comune.example", "www.comune.example"}, Depth: evidence.GradeDepth, Memory: memory})
	second := w.Network.Session()
	got = append(got, Collect(t.Context(), second, Request{Names: []string{"altro.example"}, Depth: evidence.GradeDepth, Memory: memory})...)
	asked := slices.IndexFunc(got, func(e evidence.Endpoint) bool { return e.Accepts.Shared == "" })
	for i, e := range got {
		if diff := cmp.Diff(got[asked].Offers, e.Offers); diff != "" {
			t.Errorf("%s: -asked +taken over\n%s", e.Name, diff)
		}
		if diff := cmp.Diff(got[asked].Accepts.Weak, e.Accepts.Weak); diff != "" {
			t.Errorf("%s: -asked +taken over\n%s", e.Name, diff)
		}
		if i != asked && (e.Accepts.Shared != got[asked].Name || e.Accepts.Hellos != 2) {
			t.Errorf("%s: shared by %q, %d hellos", e.Name, e.Accepts.Shared, e.Accepts.Hellos)
		}
	}
	// The certificate for the other kind of key is for two of the names.
	var seconds []evidence.State
	for _, e := range got {
		seconds = append(seconds, e.Second.State)
	}
	if diff := cmp.Diff([]evidence.State{evidence.Seen, evidence.Seen, evidence.Absent}, seconds); diff != "" {
		t.Errorf("second certificates -want +got\n%s", diff)
	}
	// Two handshakes, and for the other name a hello for old versions and the second
	// certificate.
	if n := first.Sent().Connections; n != got[asked].Accepts.Hellos+4 {
		t.Errorf("%d connections in the first town, %d of them hellos", n, got[asked].Accepts.Hellos)
	}
	if n := second.Sent().Connections; n != 3 {
		t.Errorf("%d connections in the second town, want a handshake, a hello for old versions and the second certificate", n)
	}
}

// What was lost, or is another server's, is not taken over.
func TestWhatIsNotTakenOver(t *testing.T) {
	t.Parallel()
	chain, rsaChain := newAuthority(t, "Root of the test", nil).issue(t, nil), withRSA(t)
	byName := &tls.Config{GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if h.ServerName == "comune.example" {
			return &chain, nil
		}
		return &rsaChain, nil
	}}
	versions := &tls.Config{Certificates: []tls.Certificate{chain}, GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		if h.ServerName == "comune.example" {
			return nil, nil
		}
		return &tls.Config{Certificates: []tls.Certificate{chain}, MinVersion: tls.VersionTLS10}, nil
	}}
	protocols := &tls.Config{Certificates: []tls.Certificate{chain}, GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		if h.ServerName == "comune.example" {
			return nil, nil
		}
		return &tls.Config{Certificates: []tls.Certificate{chain}, NextProtos: []string{"h2"}}, nil
	}}
	var count atomic.Int64
	for name, serve := range map[string]func(net.Conn){
		"other-versions-for-the-name":  func(conn net.Conn) { _ = tls.Server(conn, versions).HandshakeContext(t.Context()); readSome(conn) },
		"other-protocols-for-the-name": func(conn net.Conn) { _ = tls.Server(conn, protocols).HandshakeContext(t.Context()); readSome(conn) },
		"another-kind-of-key":          func(conn net.Conn) { _ = tls.Server(conn, byName).HandshakeContext(t.Context()); readSome(conn) },
		"lost": func(conn net.Conn) {
			if count.Add(1)%8 == 1 {
				_ = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{chain}}).HandshakeContext(t.Context())
			}
			readSome(conn)
			resetConn(conn)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Serve(t, place, serve)
			memory := new(Memory)
			for _, host := range []string{"comune.example", "altro.example"} {
				w.Host(t, host, "192.0.2.10")
				got := Collect(t.Context(), w.Network.Session(), Request{Names: []string{host}, Depth: evidence.GradeDepth, Memory: memory})[0]
				if got.TLS.State == evidence.Seen && got.Accepts.Shared != "" {
					t.Errorf("%s takes over what %s showed", host, got.Accepts.Shared)
				}
			}
		})
	}
}

// The connection of the handshake goes to whoever wants it, alive, and the
// questions have theirs.
func TestKeptConnection(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10", "192.0.2.11")
	w.Serve(t, place, func(conn net.Conn) {
		server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{chain}, NextProtos: []string{"h2", "http/1.1"}})
		if server.HandshakeContext(t.Context()) == nil {
			write(server, "hello")
		}
	})
	var mu sync.Mutex
	var heard []string
	kept := func(name string, address netip.Addr, conn *tls.Conn) {
		word := "none"
		if conn != nil {
			defer conn.NetConn().Close()
			said := make([]byte, 5)
			_, _ = conn.Read(said)
			word = string(said) + " " + conn.ConnectionState().NegotiatedProtocol
		}
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, name+" "+address.String()+" "+word)
	}
	got := Collect(t.Context(), w.Network.Session(), Request{Names: []string{"comune.example"}, Depth: evidence.GradeDepth, Kept: kept})
	slices.Sort(heard)
	want := []string{"comune.example 192.0.2.10 hello http/1.1", "comune.example 192.0.2.11 none"}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(got[0].Accepts.Weak) == 0 || got[1].Accepts.Depth != "" {
		t.Errorf("got %+v", got)
	}
}

// What takes part in a fault is tried at the addresses that are admitted, and at
// no other of the same name.
func TestActiveQuestions(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	first := func(address netip.Addr, _ []evidence.Endpoint) bool {
		return address == netip.MustParseAddr("192.0.2.10")
	}
	everywhere := func(address netip.Addr, shown []evidence.Endpoint) bool {
		// The names of the certificate are there before anything is tried.
		return len(shown) == 1 && shown[0].Address == address.String() && len(shown[0].TLS.Certificates) > 0
	}
	for name, tt := range map[string]struct {
		active func(netip.Addr, []evidence.Endpoint) bool
		want   []evidence.State
	}{
		"nowhere":                 {nil, []evidence.State{evidence.NotAsked, evidence.NotAsked}},
		"at-one-address":          {first, []evidence.State{evidence.Absent, evidence.NotAsked}},
		"at-an-address-of-others": {func(netip.Addr, []evidence.Endpoint) bool { return false }, []evidence.State{evidence.NotAsked, evidence.NotAsked}},
		"everywhere":              {everywhere, []evidence.State{evidence.Absent, evidence.Absent}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, "comune.example", "192.0.2.10", "192.0.2.11")
			for _, at := range []string{place, "192.0.2.11:443"} {
				serveTLS(t, w, at, &tls.Config{Certificates: []tls.Certificate{chain}})
			}
			got := Collect(t.Context(), w.Network.Session(), Request{Names: []string{"comune.example"}, Depth: evidence.GradeDepth, Active: tt.active})
			var states []evidence.State
			for _, e := range got {
				states = append(states, e.Accepts.ClientRenegotiation.State)
				if e.Accepts.Heartbeat.State != evidence.Absent || e.Accepts.Heartbleed.State != evidence.NotAsked {
					t.Errorf("%s: heartbeat %+v, heartbleed %+v", e.Address, e.Accepts.Heartbeat, e.Accepts.Heartbleed)
				}
			}
			if diff := cmp.Diff(tt.want, states); diff != "" {
				t.Errorf("client renegotiation (-want +got):\n%s", diff)
			}
		})
	}
}

// After STARTTLS no connection is opened before the one before it is closed.
func TestFullAsksOneAtATime(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	b := everything()
	w.Serve(t, place, func(conn net.Conn) { b.serve(0, conn) })
	session := w.Network.Session()
	open, connections := new(atomic.Int32), 0
	p := Prober{Session: session, Name: "mx.example", Unverified: true, Open: func(ctx context.Context) (net.Conn, error) {
		conn, err := session.Dial(ctx, netip.MustParseAddrPort(place))
		if n := open.Add(1); n > 1 {
			t.Errorf("%d connections at once", n)
		}
		connections++
		return closing{conn, open}, err
	}}
	offers, accepts := p.Full(t.Context(), showed13())
	if accepts.Hellos != connections || offers[0].Version != "SSL 3.0" {
		t.Errorf("%d connections, %d hellos, first %q", connections, accepts.Hellos, offers[0].Version)
	}
	if worst := p.Worst(accepts); worst.Class != "null" {
		t.Errorf("the worst is %+v", worst)
	}
}

type closing struct {
	net.Conn
	open *atomic.Int32
}

func (c closing) Close() error {
	c.open.Add(-1)
	return c.Conn.Close()
}

// What the worst suite is, where nobody looks at certificates.
func TestWorstSuite(t *testing.T) {
	t.Parallel()
	p := Prober{Session: loopback.New(t).Network.Session(), Unverified: true}
	whole := evidence.SeenAt(loopback.Now())
	lost := evidence.UnknownAt(loopback.Now(), evidence.Timeout, "")
	for name, test := range map[string]struct {
		done   evidence.Observation
		suites []string
		want   string
	}{
		"sound":                        {whole, []string{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, "absent "},
		"anonymous-with-aes":           {whole, []string{"TLS_DH_anon_WITH_AES_128_GCM_SHA256"}, "absent "},
		"anonymous-with-rc4":           {whole, []string{"TLS_DH_anon_WITH_RC4_128_MD5", "TLS_RSA_WITH_AES_128_CBC_SHA"}, "seen anonymous"},
		"two":                          {whole, []string{"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_RC4_128_SHA"}, "seen rc4"},
		"timeout-is-no-verdict":        {lost, []string{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, "unknown "},
		"what-was-seen-is-seen-anyhow": {lost, []string{"TLS_RSA_WITH_RC4_128_SHA"}, "seen rc4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := evidence.Accepts{SuitesDone: test.done}
			for _, suite := range test.suites {
				a.Suites = append(a.Suites, evidence.AcceptedSuite{Suite: suite, Version: "TLS 1.2"})
			}
			got := p.Worst(a)
			if diff := cmp.Diff(test.want, string(got.State)+" "+got.Class); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
