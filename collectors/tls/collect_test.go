package tls

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// short writes an endpoint on one line.
func short(e evidence.Endpoint) string {
	words := []string{e.Name, e.Address}
	for _, o := range []evidence.Observation{e.Connect, e.TLS.Observation} {
		words = append(words, string(o.State), string(o.Problem))
	}
	words = append(words, e.TLS.ALPN)
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

func shorts(endpoints []evidence.Endpoint) []string {
	var list []string
	for _, e := range endpoints {
		list = append(list, short(e))
	}
	return list
}

func TestEveryAddressOfEveryName(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	config := &tls.Config{Certificates: []tls.Certificate{chain}, NextProtos: []string{"h2", "http/1.1"}}
	w.Host(t, "comune.example", "192.0.2.10", "2001:db8::10")
	w.Host(t, "www.comune.example", "192.0.2.20", "192.0.2.21")
	w.Host(t, "sevizi.comune.example")
	w.Broken("broken.comune.example")
	serveTLS(t, w, "192.0.2.10:443", config)
	serveTLS(t, w, "[2001:db8::10]:443", config)
	w.Serve(t, "192.0.2.20:443", readSome)

	names := []string{"www.comune.example", "comune.example", "sevizi.comune.example", "broken.comune.example", "nowhere.example", "comune.example"}
	got := Collect(t.Context(), w.Network.Session(), Request{Names: names})
	want := []string{
		"comune.example 192.0.2.10 seen seen h2",
		"comune.example 2001:db8::10 seen seen h2",
		"www.comune.example 192.0.2.20 seen unknown closed",
		"www.comune.example 192.0.2.21 unknown refused",
	}
	if diff := cmp.Diff(want, shorts(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, e := range got {
		if e.Offers != nil {
			t.Errorf("%s: versions were asked for", short(e))
		}
	}
}

func TestAFewAddressesOfBothFamilies(t *testing.T) {
	t.Parallel()
	list := func(addresses ...string) []netip.Addr {
		var list []netip.Addr
		for _, address := range addresses {
			list = append(list, netip.MustParseAddr(address))
		}
		return list
	}
	four := []string{"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"}
	six := []string{"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8::5"}
	for name, each := range map[string]struct{ all, want []netip.Addr }{
		"none":             {nil, nil},
		"many-of-both":     {list(slices.Concat(four, six)...), list(slices.Concat(four[:2], six[:2])...)},
		"many-and-one":     {list(slices.Concat(four, six[:1])...), list(slices.Concat(four[:3], six[:1])...)},
		"one-and-many":     {list(slices.Concat(four[:1], six)...), list(slices.Concat(four[:1], six[:3])...)},
		"only-the-old":     {list(four...), list(four[:4]...)},
		"only-the-new":     {list(six...), list(six[:4]...)},
		"as-text-compares": {list("192.0.2.9", "192.0.2.10"), list("192.0.2.10", "192.0.2.9")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := choose(each.all); !slices.Equal(got, each.want) {
				t.Errorf("got %v, want %v", got, each.want)
			}
		})
	}
}

func TestALostHandshakeIsTriedOnceMore(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	for name, each := range map[string]struct {
		broken      int64 // how many connections are reset
		connections int
		want        string
	}{
		"once":  {1, 2, "comune.example 192.0.2.10 seen seen"},
		"twice": {2, 2, "comune.example 192.0.2.10 seen unknown reset"},
		"never": {0, 1, "comune.example 192.0.2.10 seen seen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, "comune.example", "192.0.2.10")
			var count atomic.Int64
			w.Serve(t, place, func(conn net.Conn) {
				if count.Add(1) <= each.broken {
					readSome(conn)
					resetConn(conn)
					return
				}
				server := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{chain}})
				_ = server.HandshakeContext(t.Context())
				_, _ = io.Copy(io.Discard, server)
			})
			s := w.Network.Session()
			got := Collect(t.Context(), s, Request{Names: []string{"comune.example"}})
			if diff := cmp.Diff([]string{each.want}, shorts(got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if n := s.Sent().Connections; n != each.connections {
				t.Errorf("%d connections, want %d", n, each.connections)
			}
		})
	}
}

// A host that never answers a byte gets two handshakes and nothing more, and
// nothing is called absent.
func TestASilentHostIsUnknown(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	if _, err := w.Network.Session().Addresses(t.Context(), "comune.example"); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		w.Pipe(place, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
		began := time.Now()
		got := Collect(t.Context(), w.Network.Session(), Request{Names: []string{"comune.example"}, Depth: evidence.GradeDepth})
		if took := time.Since(began); took != 2*handshakeTime {
			t.Errorf("took %v, want %v", took, 2*handshakeTime)
		}
		if diff := cmp.Diff([]string{"comune.example 192.0.2.10 seen unknown timeout"}, shorts(got)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		want := []string{"SSL 2.0 unknown timeout", "SSL 3.0 unknown timeout", "TLS 1.0 unknown timeout", "TLS 1.1 unknown timeout", "TLS 1.2 unknown timeout", "TLS 1.3 unknown timeout"}
		if diff := cmp.Diff(want, answers(got[0])); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

// A firewall that loses every hello longer than one packet is got past.
func TestSecondTryFitsOnePacket(t *testing.T) {
	t.Parallel()
	chain := newAuthority(t, "Root of the test", nil).issue(t, nil)
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	w.Serve(t, place, func(conn net.Conn) {
		heard := &listener{Conn: conn}
		if _, err := readHello(heard); err != nil || len(heard.bytes) > 1205 {
			resetConn(conn)
			return
		}
		server := tls.Server(&replay{conn, heard.bytes}, &tls.Config{Certificates: []tls.Certificate{chain}})
		_ = server.HandshakeContext(t.Context())
		_, _ = io.Copy(io.Discard, server)
	})
	got := Collect(t.Context(), w.Network.Session(), Request{Names: []string{"comune.example"}})
	if diff := cmp.Diff([]string{"comune.example 192.0.2.10 seen seen"}, shorts(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestTwoVisitsGiveTheSameEvidence(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	root := newAuthority(t, "Root of the test", nil)
	middle := newAuthority(t, "Intermediate of the test", root)
	w.Host(t, "comune.example", "192.0.2.10", "192.0.2.11", "192.0.2.12")
	serveTLS(t, w, place, &tls.Config{Certificates: []tls.Certificate{middle.issue(t, nil, pointsTo("http://ca.example/"))}})
	w.Serve(t, "192.0.2.11:443", func(conn net.Conn) { readSome(conn); resetConn(conn) })
	request := Request{Names: []string{"comune.example"}, Depth: evidence.GradeDepth, Roots: root.roots()}
	first := Collect(t.Context(), w.Network.Session(), request)
	second := Collect(t.Context(), w.Network.Session(), request)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("-first +second\n%s", diff)
	}
}

func TestMozillaRoots(t *testing.T) {
	t.Parallel()
	given := newAuthority(t, "Root of the test", nil)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: given.certificate.Raw})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("secret")})
	for name, each := range map[string]struct {
		extra []byte
		name  string
		err   string
	}{
		"alone":                {nil, " (x509roots), 1", ""},
		"one-given":            {text, " authorities, 1 given", ""},
		"two-given":            {slices.Concat(text, []byte("words between\n"), text), " authorities, 2 given", ""},
		"empty-file":           {[]byte(" \n"), " (x509roots), 1", ""},
		"no-pem":               {[]byte("hello"), "", "no certificate in PEM form"},
		"key-instead":          {key, "", "a PEM block is a private key, not a CERTIFICATE"},
		"certificate-cut-half": {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: given.certificate.Raw[:50]}), "", "certificate 1: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := MozillaRoots(each.extra)
			if each.err != "" {
				if err == nil || !strings.Contains(err.Error(), each.err) {
					t.Errorf("error %v, want %q", err, each.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got.Name, "Mozilla") || !strings.Contains(got.Name, each.name) {
				t.Errorf("name %q, want %q in it", got.Name, each.name)
			}
		})
	}
	t.Run("the-given-one-is-trusted", func(t *testing.T) {
		t.Parallel()
		roots, err := MozillaRoots(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := handshakeWith(t, loopback.New(t), given.issue(t, nil), roots); got.Trust.State != evidence.Seen {
			t.Errorf("got %+v", got.Trust)
		}
	})
}

func TestDayOfTheEmbeddedSet(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"v0.0.0-20261030153154-30a33513ff6d": " 2026-10-30",
		"v0.1.0":                             "",
		"v0.0.0-yesterday-30a33513ff6d":      "",
		"(devel)":                            "",
	} {
		if got := dayOf(version); got != want {
			t.Errorf("%s: got %q, want %q", version, got, want)
		}
	}
}
