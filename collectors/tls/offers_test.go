package tls

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// script makes what a server says to a hello.
type script func(heardHello) []byte

// offersOf visits a scripted server: it does the full handshake with config,
// or none, and answers our own hellos with a script.
func offersOf(t *testing.T, config *tls.Config, answer script) (evidence.Endpoint, int) {
	t.Helper()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	w.Serve(t, place, func(conn net.Conn) {
		heard := &listener{Conn: conn}
		h, err := readHello(heard)
		switch {
		case err != nil: // of SSL 2.0
			_, _ = conn.Write(fatal)
		case !h.ours && config != nil:
			server := tls.Server(&replay{conn, heard.bytes}, config)
			if server.HandshakeContext(t.Context()) == nil {
				_, _ = io.Copy(io.Discard, server)
			}
		default:
			if said := answer(h); said != nil {
				_, _ = conn.Write(said)
				_, _ = io.Copy(io.Discard, conn)
				return
			}
			resetConn(conn)
		}
	})
	s := w.Network.Session()
	got := Collect(t.Context(), s, Request{Names: []string{"comune.example"}, Depth: evidence.GradeDepth})
	if len(got) != 1 {
		t.Fatalf("%d endpoints", len(got))
	}
	return got[0], s.Sent().ByAddress[netip.MustParseAddr("192.0.2.10")].Connections
}

// replay gives back what was read already.
type replay struct {
	net.Conn
	first []byte
}

func (r *replay) Read(b []byte) (int, error) {
	if len(r.first) > 0 {
		n := copy(b, r.first)
		r.first = r.first[n:]
		return n, nil
	}
	return r.Conn.Read(b)
}

// takes makes a server that knows some versions and takes the newest, with one
// suite that they all know and a newer one.
func takes(known ...uint16) script {
	return func(h heardHello) []byte {
		var best uint16
		for _, version := range known {
			if version <= h.version {
				best = max(best, version)
			}
		}
		for _, suite := range []uint16{0xc02f, 0xc013} {
			if best != 0 && slices.Contains(h.suites, suite) && (suite == 0xc013 || best == tls12) {
				return record(recordHandshake, serverHelloOf(best, suite), helloDone)
			}
		}
		return fatal
	}
}

// answers writes the states in order, oldest version first, with the problem of
// what is unknown.
func answers(e evidence.Endpoint) []string {
	var list []string
	for _, o := range e.Offers {
		word := o.Version + " " + string(o.State)
		if o.Problem != "" {
			word += " " + string(o.Problem)
		}
		list = append(list, word)
	}
	return list
}

func TestOffers(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	upTo := func(oldest, newest uint16) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{chain}, MinVersion: oldest, MaxVersion: newest}
	}
	refuseAll := func(code byte) script {
		return func(heardHello) []byte { return record(recordAlert, []byte{2, code}) }
	}

	for name, each := range map[string]struct {
		config *tls.Config
		answer script
		most   int
		want   []string
	}{
		"modern": {
			upTo(tls.VersionTLS12, 0), takes(0x0303), 10,
			[]string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.2 seen", "TLS 1.3 seen"},
		},
		"tls-1.3-only": {
			upTo(tls.VersionTLS13, 0), takes(), 3,
			[]string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.2 absent", "TLS 1.3 seen"},
		},
		"tls-1.2-needs-no-hello-of-its-own": {
			upTo(tls.VersionTLS12, tls.VersionTLS12), takes(0x0303), 10,
			[]string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.2 seen", "TLS 1.3 absent"},
		},
		"everything-since-1996": {
			upTo(tls.VersionTLS10, 0), takes(0x0300, 0x0301, 0x0302, 0x0303), 12,
			[]string{"SSL 2.0 absent", "SSL 3.0 seen", "TLS 1.0 seen", "TLS 1.1 seen", "TLS 1.2 seen", "TLS 1.3 seen"},
		},
		"tls-1.0-without-1.1": {
			upTo(tls.VersionTLS10, 0), takes(0x0301, 0x0303), 11,
			[]string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 seen", "TLS 1.1 absent", "TLS 1.2 seen", "TLS 1.3 seen"},
		},
		"tls-1.0-only": {
			upTo(tls.VersionTLS10, tls.VersionTLS10), takes(0x0301), 9,
			[]string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 seen", "TLS 1.1 absent", "TLS 1.2 absent", "TLS 1.3 absent"},
		},
		"ssl-3.0-only": {
			nil, func(h heardHello) []byte {
				if h.version == 0x0300 {
					return takes(0x0300)(h)
				}
				return fatal
			}, 4,
			// RFC 6101: a server so old refuses what it does not know, and 70
			// settles the older versions with it.
			[]string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.2 absent", "TLS 1.3 unknown tls-alert"},
		},
		"ssl-3.0-server-that-answers-with-its-own": {
			nil, takes(0x0300), 10,
			[]string{"SSL 2.0 absent", "SSL 3.0 seen", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.2 absent", "TLS 1.3 unknown malformed"},
		},
		"reset-is-no-absence": {
			upTo(tls.VersionTLS12, 0), func(h heardHello) []byte {
				if h.version < 0x0303 {
					return nil
				}
				return takes(0x0303)(h)
			}, 11,
			[]string{"SSL 2.0 absent", "SSL 3.0 unknown reset", "TLS 1.0 unknown reset", "TLS 1.1 unknown reset", "TLS 1.2 seen", "TLS 1.3 seen"},
		},
		"a-broken-tls-1.2-does-not-hide-the-old-ones": {
			upTo(tls.VersionTLS12, 0), func(h heardHello) []byte {
				if h.version == 0x0303 {
					return nil
				}
				return takes(0x0301)(h)
			}, 11,
			[]string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 seen", "TLS 1.1 absent", "TLS 1.2 unknown reset", "TLS 1.3 seen"},
		},
		"warning-before-server-hello": {
			upTo(tls.VersionTLS12, 0), func(h heardHello) []byte { return say(warning, takes(0x0302, 0x0303)(h)) }, 11,
			[]string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 seen", "TLS 1.2 seen", "TLS 1.3 seen"},
		},
		"internal-error-from-a-server-that-speaks": {
			upTo(tls.VersionTLS13, 0), refuseAll(80), 7, // it may be an accident: each is asked twice
			[]string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.2 absent", "TLS 1.3 seen"},
		},
		"a-server-that-refuses-everything-says-nothing": {
			nil, refuseAll(40), 4,
			[]string{"SSL 2.0 absent", "SSL 3.0 unknown tls-alert", "TLS 1.0 unknown tls-alert", "TLS 1.1 unknown tls-alert", "TLS 1.2 unknown tls-alert", "TLS 1.3 unknown tls-alert"},
		},
		"alert-after-server-hello-is-no-answer": {
			upTo(tls.VersionTLS13, 0), func(h heardHello) []byte {
				return say(record(recordHandshake, serverHelloOf(h.version, h.suites[0])), fatal)
			}, 4,
			[]string{"SSL 2.0 absent", "SSL 3.0 unknown tls-alert", "TLS 1.0 unknown tls-alert", "TLS 1.1 unknown tls-alert", "TLS 1.2 unknown tls-alert", "TLS 1.3 seen"},
		},
		"a-newer-version-than-offered": {
			upTo(tls.VersionTLS13, 0), func(heardHello) []byte { return record(recordHandshake, serverHelloOf(tls12, 0xc02f), helloDone) }, 6,
			[]string{"SSL 2.0 absent", "SSL 3.0 unknown malformed", "TLS 1.0 unknown malformed", "TLS 1.1 unknown malformed", "TLS 1.2 seen", "TLS 1.3 seen"},
		},
		"speaks-http": {
			nil, func(heardHello) []byte { return []byte("HTTP/1.1 400 Bad Request\r\n\r\n") }, 4,
			[]string{"SSL 2.0 absent", "SSL 3.0 unknown malformed", "TLS 1.0 unknown malformed", "TLS 1.1 unknown malformed", "TLS 1.2 unknown malformed", "TLS 1.3 unknown malformed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, connections := offersOf(t, each.config, each.answer)
			if diff := cmp.Diff(each.want, answers(got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if connections > each.most {
				t.Errorf("%d connections, want at most %d", connections, each.most)
			}
		})
	}
}

// The suites of a real server, and its real alerts.
func TestOffersOfARealServer(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	for name, each := range map[string]struct {
		config *tls.Config
		want   []string
	}{
		"tls-1.0-and-up":           {&tls.Config{MinVersion: tls.VersionTLS10}, []string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 seen", "TLS 1.1 seen", "TLS 1.2 seen", "TLS 1.3 seen"}},
		"tls-1.2-and-up":           {&tls.Config{MinVersion: tls.VersionTLS12}, []string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.2 seen", "TLS 1.3 seen"}},
		"tls-1.3-only":             {&tls.Config{MinVersion: tls.VersionTLS13}, []string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.2 absent", "TLS 1.3 seen"}},
		"the-name-is-not-served":   {&tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("no such site") }}, []string{"SSL 2.0 absent", "SSL 3.0 unknown tls-alert", "TLS 1.0 unknown tls-alert", "TLS 1.1 unknown tls-alert", "TLS 1.2 unknown tls-alert", "TLS 1.3 unknown tls-alert"}},
		"tls-1.1-with-rc4-at-best": {&tls.Config{MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA}}, []string{"SSL 2.0 absent", "SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 seen", "TLS 1.2 absent", "TLS 1.3 absent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, "comune.example", "192.0.2.10")
			each.config.Certificates = []tls.Certificate{chain}
			serveTLS(t, w, place, each.config)
			got := Collect(t.Context(), w.Network.Session(), Request{Names: []string{"comune.example"}, Depth: evidence.GradeDepth})
			if diff := cmp.Diff(each.want, answers(got[0])); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// Without a hello of its own TLS 1.2 is only known where the handshake tells.
func TestOldVersionsSaveAConnection(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	for name, each := range map[string]struct {
		full string
		want []string
	}{
		"took-tls-1.3": {"TLS 1.3", []string{"SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.3 seen"}},
		"took-tls-1.2": {"TLS 1.2", []string{"SSL 3.0 absent", "TLS 1.0 absent", "TLS 1.1 absent", "TLS 1.2 seen", "TLS 1.3 absent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			serveTLS(t, w, place, &tls.Config{Certificates: []tls.Certificate{chain}, MinVersion: tls.VersionTLS12})
			s, at := w.Network.Session(), netip.MustParseAddrPort(place)
			p := Prober{Session: s, Name: "comune.example", Open: func(ctx context.Context) (net.Conn, error) { return s.Dial(ctx, at) }}
			full := evidence.Handshake{Observation: evidence.SeenAt(loopback.Now()), Version: each.full}
			if diff := cmp.Diff(each.want, answers(evidence.Endpoint{Offers: p.OldVersions(t.Context(), full)})); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if n := s.Sent().ByAddress[at.Addr()].Connections; n != 1 {
				t.Errorf("%d connections, want 1", n)
			}
		})
	}
}
