package engine_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"campanile/cmd/internal/engine"
	"campanile/collectors/evidence"
)

// scales is a listener that counts what its connections carry.
type scales struct {
	net.Listener
	connections, in, out atomic.Int64
}

type weighed struct {
	net.Conn
	s *scales
}

func (s *scales) Accept() (net.Conn, error) {
	conn, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	s.connections.Add(1)
	return weighed{conn, s}, nil
}

func (w weighed) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.s.in.Add(int64(n))
	return n, err
}

func (w weighed) Write(b []byte) (int, error) {
	n, err := w.Conn.Write(b)
	w.s.out.Add(int64(n))
	return n, err
}

func newScales(t *testing.T) *scales {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return &scales{Listener: listener}
}

func (s *scales) target(scheme string) engine.Target {
	port := s.Addr().String()[strings.LastIndex(s.Addr().String(), ":"):]
	return engine.Target{URL: scheme + "://www.comune.example" + port, Address: netip.MustParseAddr("127.0.0.1")}
}

// What the engine says that it sent is what arrived, with redirects, and in TLS
// with the handshake.
func TestFiguresAreThoseOfTheServer(t *testing.T) {
	t.Parallel()
	path := program(t)
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			s := newScales(t)
			var requests atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				if r.URL.Path == "/moved" {
					http.Redirect(w, r, "/second", http.StatusFound)
					return
				}
				_, _ = w.Write([]byte("proof of the fault"))
			}))
			_ = server.Listener.Close()
			server.Listener = s
			if scheme == "https" {
				server.StartTLS()
			} else {
				server.Start()
			}
			got := engine.Run(t.Context(), path, realOrder([]engine.Target{s.target(scheme)},
				template("exposed-one", "'{{BaseURL}}/first', '{{BaseURL}}/second'", ""),
				template("exposed-two", "'{{BaseURL}}/moved'", "host-redirects: true\n    max-redirects: 1"),
			), now)
			server.Close() // so that everything has been counted
			if got.Engine.State != evidence.Seen || len(got.Unchecked) > 0 || len(got.Matches) != 2 {
				t.Fatalf("got %+v", got)
			}
			if int64(got.Engine.Sockets) != s.connections.Load() || int64(got.Requests) != requests.Load() || got.Requests != 4 {
				t.Errorf("%d connections and %d requests; %d and %d arrived, want 4", got.Engine.Sockets, got.Requests, s.connections.Load(), requests.Load())
			}
			// A server that hangs up first in TLS does not read the goodbye, and its own,
			// with its tickets, is not read.
			most := map[string]int64{"https": 1024}[scheme] * int64(got.Engine.Sockets)
			if d := got.Sent - s.in.Load(); d < 0 || d > most {
				t.Errorf("%d bytes sent, %d arrived", got.Sent, s.in.Load())
			}
			if d := s.out.Load() - got.Received; d < 0 || d > most {
				t.Errorf("%d bytes received, %d left the server", got.Received, s.out.Load())
			}
		})
	}
}

// Something that speaks no HTTP has a name of its own: the library would ask
// again, past the guard and with the system's resolver.
func TestAnswerThatIsNoHTTPIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	path := program(t)
	for name, answer := range map[string]string{"another-protocol": "220 mail.comune.example ESMTP\r\n", "http-2": "HTTP/2 200\r\n\r\n", "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScales(t)
			served := make(chan struct{})
			go func() {
				defer close(served)
				for {
					conn, err := s.Accept()
					if err != nil {
						return
					}
					_, _ = conn.Read(make([]byte, 4096))
					_, _ = conn.Write([]byte(answer))
					_ = conn.Close()
				}
			}()
			target := s.target("http")
			target.URL = strings.Replace(target.URL, "www.comune.example", "localhost", 1)
			got := engine.Run(t.Context(), path, realOrder([]engine.Target{target}, template("exposed-one", "'{{BaseURL}}/one'", "")), now)
			_ = s.Close()
			<-served
			if s.connections.Load() != 1 || got.Engine.Sockets != 1 || got.Requests != 1 || got.Sent != s.in.Load() {
				t.Errorf("%d connections and %d bytes arrived, want one; counted %+v, %d bytes", s.connections.Load(), s.in.Load(), got.Engine, got.Sent)
			}
			if len(got.Unchecked) != 1 || len(got.Matches) > 0 {
				t.Errorf("got %+v, want one template unchecked", got)
			}
		})
	}
}

// Whatever the name means to this computer, the address of the order is asked
// and no other.
func TestNamesAreNotLookedUp(t *testing.T) {
	t.Parallel()
	path := program(t)
	other := newSite(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("proof of the fault")) })
	o := realOrder([]engine.Target{{URL: "http://localhost" + other.port(), Address: netip.MustParseAddr("127.0.0.77")}}, template("exposed-one", "'{{BaseURL}}/one'", ""))
	got := engine.Run(t.Context(), path, o, now)
	if len(other.requests) > 0 || len(got.Matches) > 0 || len(got.Unchecked) != 1 || got.Unchecked[0].Problem != evidence.Refused || got.Engine.Sockets != 1 {
		t.Errorf("got %+v; the other one was asked %q", got, other.requests)
	}
}
