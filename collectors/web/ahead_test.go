package web

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

// counting serves https and counts its connections.
func counting(t *testing.T, w *loopback.World, address string, protocols []string, handler http.HandlerFunc) *atomic.Int64 {
	t.Helper()
	opened := new(atomic.Int64)
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{NextProtos: protocols}
	server.EnableHTTP2 = len(protocols) > 1
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	w.Map(address, server.Listener.Addr())
	return opened
}

// shake opens a connection and does the handshake, as collectors/tls does.
func shake(t *testing.T, s *network.Session, name, address string, protocols ...string) *tls.Conn {
	t.Helper()
	conn, err := s.Dial(t.Context(), netip.MustParseAddrPort(address))
	if err != nil {
		t.Fatal(err)
	}
	client := tls.Client(conn, &tls.Config{ServerName: name, InsecureSkipVerify: true, NextProtos: protocols})
	if err := client.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return client
}

// isClosed fails where a connection was left open.
func isClosed(t *testing.T, conn *tls.Conn) {
	t.Helper()
	if err := conn.NetConn().SetDeadline(time.Time{}); !errors.Is(err, net.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the connection is open (%v)", err)
	}
}

func TestPageAskedAheadIsTheFirstRequestOfTheVisit(t *testing.T) {
	t.Parallel()
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/.well-known/security.txt":
			http.NotFound(w, r)
		case r.Header.Get("Cookie") == "":
			http.SetCookie(w, &http.Cookie{Name: "sessione", Value: "1"})
			redirect("/it/")(w, r)
		default:
			htmlPage(words)(w, r)
		}
	}
	var sites [][]evidence.Site
	for _, ahead := range []bool{false, true} {
		w := town(t)
		opened := counting(t, w, secured, nil, handler)
		s := w.Network.Session()
		r := Request{Names: []string{host}, Agent: "campanile/test", Home: true, WellKnown: true}
		if ahead {
			r.Ahead = NewAhead(s, r)
			conn := shake(t, s, host, secured, "http/1.1")
			r.Ahead.Ask(t.Context(), host, netip.MustParseAddr("192.0.2.10"), conn)
			isClosed(t, conn)
			r.Ahead.Over()
		}
		sites = append(sites, Collect(t.Context(), s, r))
		sent := s.Sent().ByAddress[netip.MustParseAddr("192.0.2.10")]
		// One for the visit, or the page ahead and what follows it, and one for what
		// is beyond; beside https, two tries at http, where nobody listens.
		want := 2
		if ahead {
			want = 3
		}
		if opened.Load() != int64(want) || sent.Connections != want+2 || sent.Requests != 4 {
			t.Errorf("ahead %v: %d connections came in, counted %+v; want %d, %d and 4 requests", ahead, opened.Load(), sent, want, want+2)
		}
	}
	if diff := cmp.Diff(sites[0], sites[1]); diff != "" {
		t.Errorf("the visit differs (-without +with a page ahead):\n%s", diff)
	}
	if https := sites[1][0].HTTPS; https.Page == nil || len(https.Hops) != 2 || https.Attempts != 1 {
		t.Errorf("got %+v", https)
	}
}

// Whatever becomes of the connection, it is closed, its place is free, and the
// visit dials for itself.
func TestConnectionThatIsOfNoUse(t *testing.T) {
	t.Parallel()
	const first, second = "192.0.2.10", "192.0.2.20"
	for name, each := range map[string]struct {
		protocols []string // that the handshake offers
		named     string
		at        string
		held      int64
	}{
		"spoken-h2":            {[]string{"h2", "http/1.1"}, host, first, 0},
		"of-a-later-address":   {nil, host, second, 0},
		"of-another-host":      {nil, "altro.example", first, 0},
		"too-many-pages-ahead": {nil, host, first, maxHeld + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Network.Limits.AtOnce = 1
			w.Host(t, host, first, second)
			opened := counting(t, w, first+":443", []string{"h2", "http/1.1"}, htmlPage(words))
			w.Map(second+":443", serverOf(t, htmlPage(words)))
			s := w.Network.Session()
			r := Request{Names: []string{host}}
			r.Ahead = NewAhead(s, r)
			r.Ahead.held.Store(each.held)
			conn := shake(t, s, each.named, each.at+":443", each.protocols...)
			before := opened.Load()
			r.Ahead.Ask(t.Context(), each.named, netip.MustParseAddr(each.at), conn)
			isClosed(t, conn)
			r.Ahead.Over()
			if s.Sent().Requests != 0 {
				t.Error("the page was asked for")
			}
			got := Collect(t.Context(), s, r)[0].HTTPS
			if got.State != evidence.Seen || got.Attempts != 1 || got.Hops[0].Address != first || opened.Load() != before+1 {
				t.Errorf("got %+v, %d connections more", got, opened.Load()-before)
			}
		})
	}
}

func serverOf(t *testing.T, handler http.HandlerFunc) net.Addr {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	return server.Listener.Addr()
}

// A server may drop the first connection behind its handshake: that was one
// attempt of the visit, and the other one dials anew.
func TestDeadConnectionIsDialledAnewOnce(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		dead     int64 // connections that die
		state    evidence.State
		problem  evidence.Problem
		accepted int64
	}{
		"the-first":  {1, evidence.Seen, "", 2},
		"every-one":  {9, evidence.Unknown, evidence.Closed, 2},
		"not-at-all": {0, evidence.Seen, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			certificate := httptest.NewUnstartedServer(nil)
			certificate.StartTLS()
			t.Cleanup(certificate.Close)
			var accepted atomic.Int64
			w.Serve(t, secured, func(conn net.Conn) {
				number := accepted.Add(1)
				server := tls.Server(conn, certificate.TLS)
				if err := server.HandshakeContext(t.Context()); err != nil {
					return
				}
				_, _ = http.ReadRequest(bufio.NewReader(server))
				if number > each.dead {
					_, _ = io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
				_ = server.Close()
			})
			s := w.Network.Session()
			r := Request{Names: []string{host}}
			r.Ahead = NewAhead(s, r)
			conn := shake(t, s, host, secured, "http/1.1")
			r.Ahead.Ask(t.Context(), host, netip.MustParseAddr("192.0.2.10"), conn)
			isClosed(t, conn)
			got := Collect(t.Context(), s, r)[0].HTTPS
			if got.State != each.state || got.Problem != each.problem || accepted.Load() != each.accepted || got.Attempts != int(each.accepted) {
				t.Errorf("got %s %s after %d attempts and %d connections", got.State, got.Problem, got.Attempts, accepted.Load())
			}
			if requests := s.Sent().Requests; requests != int(each.accepted) {
				t.Errorf("%d requests counted, %d were made", requests, each.accepted)
			}
		})
	}
}

// An address that gave no connection does not make its visit wait for others.
func TestNoConnectionComes(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(context.Context, *Ahead){
		"the-address-gave-none": func(ctx context.Context, a *Ahead) { a.Ask(ctx, host, netip.MustParseAddr("192.0.2.10"), nil) },
		"all-is-over":           func(_ context.Context, a *Ahead) { a.Over() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := town(t)
			serve(t, w, secured, htmlPage(words))
			s := w.Network.Session()
			r := Request{Names: []string{host}}
			r.Ahead = NewAhead(s, r)
			var sites []evidence.Site
			var visiting sync.WaitGroup
			visiting.Go(func() { sites = Collect(t.Context(), s, r) })
			end(t.Context(), r.Ahead)
			visiting.Wait()
			if got := sites[0].HTTPS; got.State != evidence.Seen || got.Attempts != 1 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// A server that is silent behind its handshake holds nobody up for longer than
// one page may take, and the time was one attempt of the visit.
func TestSilenceBehindTheHandshake(t *testing.T) {
	t.Parallel()
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	t.Cleanup(certificate.Close)
	synctest.Test(t, func(t *testing.T) {
		s, done := silentTown(t, certificate.TLS)
		defer done()
		r := Request{Names: []string{host}}
		r.Ahead = NewAhead(s, r)
		conn := shake(t, s, host, secured, "http/1.1")
		begun := time.Now()
		r.Ahead.Ask(t.Context(), host, netip.MustParseAddr("192.0.2.10"), conn)
		isClosed(t, conn)
		if took := time.Since(begun); took != answerTime {
			t.Errorf("%s, want %s", took, answerTime)
		}
		taken := r.Ahead.take(t.Context(), host)
		if taken == nil || network.Problem(taken.err) != string(evidence.Timeout) {
			t.Errorf("got %+v", taken)
		}
		if r.Ahead.take(t.Context(), host) != nil {
			t.Error("the page is given away twice")
		}
	})
}

// A visit does not wait for ever for a connection that others are slow to open,
// and the connection that comes too late is closed unused.
func TestConnectionThatComesTooLate(t *testing.T) {
	t.Parallel()
	certificate := httptest.NewUnstartedServer(nil)
	certificate.StartTLS()
	t.Cleanup(certificate.Close)
	synctest.Test(t, func(t *testing.T) {
		s, done := silentTown(t, certificate.TLS)
		defer done()
		a := NewAhead(s, Request{Names: []string{host}})
		begun := time.Now()
		if a.take(t.Context(), host) != nil || time.Since(begun) != patience {
			t.Errorf("waited %s, want %s", time.Since(begun), patience)
		}
		conn := shake(t, s, host, secured, "http/1.1")
		a.Ask(t.Context(), host, netip.MustParseAddr("192.0.2.10"), conn)
		isClosed(t, conn)
		if s.Sent().Requests != 0 {
			t.Error("the page was asked for")
		}
	})
}

// silentTown takes connections and handshakes, and reads what comes for ever.
func silentTown(t *testing.T, config *tls.Config) (s *network.Session, done func()) {
	t.Helper()
	var serving sync.WaitGroup
	n := &network.Network{
		Permit: network.Permit{AllowReserved: true},
		Connect: func(context.Context, string, netip.AddrPort) (net.Conn, error) {
			near, far := net.Pipe()
			serving.Go(func() {
				defer far.Close()
				_, _ = io.Copy(io.Discard, tls.Server(far, config))
			})
			return near, nil
		},
	}
	here := &dns.A{Hdr: dns.RR_Header{Name: host + ".", Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(192, 0, 2, 10)}
	return n.Session().Instead(
		network.Answer{Name: host, Type: dns.TypeA, Records: []dns.RR{here}}, network.Answer{Name: host, Type: dns.TypeAAAA},
	), serving.Wait
}

// A scan that is stopped leaves no visit waiting and no connection open.
func TestStoppedScanWaitsForNoPage(t *testing.T) {
	t.Parallel()
	w := town(t)
	serve(t, w, secured, htmlPage(words))
	s := w.Network.Session()
	if _, err := s.Addresses(t.Context(), host); err != nil { // from here on in the cache
		t.Fatal(err)
	}
	r := Request{Names: []string{host}}
	r.Ahead = NewAhead(s, r)
	conn := shake(t, s, host, secured)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := Collect(ctx, s, r)[0].HTTPS; got.State != evidence.Unknown {
		t.Errorf("got %+v", got)
	}
	r.Ahead.Ask(ctx, host, netip.MustParseAddr("192.0.2.10"), conn)
	isClosed(t, conn)
}

// Many names on one address share its two places, whatever is asked first.
func TestManyNamesOnOneAddressDoNotBlockEachOther(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.AtOnce = 2
	names := []string{"a.example", "b.example", "c.example", "d.example", "e.example", "f.example"}
	for _, name := range names {
		w.Host(t, name, "192.0.2.10")
	}
	opened := counting(t, w, secured, nil, htmlPage(words))
	serve(t, w, plain, redirect("https://comune.example/"))
	s := w.Network.Session()
	r := Request{Names: names}
	r.Ahead = NewAhead(s, r)
	var sites []evidence.Site
	var running sync.WaitGroup
	running.Go(func() { sites = Collect(t.Context(), s, r) })
	for i := range names {
		running.Go(func() {
			conn := shake(t, s, names[len(names)-1-i], secured, "http/1.1") // in the other order
			r.Ahead.Ask(t.Context(), names[len(names)-1-i], netip.MustParseAddr("192.0.2.10"), conn)
		})
	}
	running.Wait()
	for _, site := range sites {
		if site.HTTPS.State != evidence.Seen || site.HTTPS.Attempts != 1 {
			t.Errorf("%s: %+v", site.Host, site.HTTPS)
		}
	}
	if opened.Load() != int64(len(names)) {
		t.Errorf("%d connections for %d pages", opened.Load(), len(names))
	}
}
