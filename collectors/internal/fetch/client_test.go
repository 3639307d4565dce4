package fetch_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

const town = "192.0.2.10:80"

// client asks for the addresses in turn and gives what came: a status or a problem.
func client(t *testing.T, c *fetch.Client, addresses ...string) string {
	t.Helper()
	var list []string
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := c.Get(t.Context(), fetch.Request{URL: u, Header: http.Header{}, Body: 1000, Time: 15 * time.Second})
		if err != nil {
			list = append(list, network.Problem(err))
			continue
		}
		list = append(list, fmt.Sprintf("%d:%s", answer.Status, answer.Body))
	}
	return strings.Join(list, " ")
}

// gzipped packs a text.
func gzipped(text string) string {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return packed.String()
}

func TestRequestsFollowOneAnotherOnAConnection(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\n"
	zip := gzipped("ok")
	for name, each := range map[string]struct {
		answer      string
		want        string // of each request
		connections int    // for three requests
	}{
		"of-a-known-length":         {head + "Content-Length: 2\r\n\r\nok", "200:ok", 1},
		"in-chunks":                 {head + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "200:ok", 1},
		"compressed-in-chunks":      {head + fmt.Sprintf("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(zip), zip), "200:ok", 1},
		"without-a-body":            {"HTTP/1.1 304 Not Modified\r\n\r\n", "304:", 1},
		"after-an-interim-one":      {"HTTP/1.1 103 Early Hints\r\n\r\n" + head + "Content-Length: 2\r\n\r\nok", "200:ok", 1},
		"the-server-closes":         {head + "Connection: close\r\nContent-Length: 2\r\n\r\nok", "200:ok", 3},
		"old-http":                  {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "200:ok", 3},
		"longer-than-wanted":        {head + "Content-Length: 2000\r\n\r\n" + strings.Repeat("a", 2000), "200:" + strings.Repeat("a", 1000), 3},
		"more-than-it-says":         {head + "Content-Length: 2\r\n\r\nok" + head, "200:ok", 3},
		"another-protocol":          {"HTTP/1.1 101 Switching Protocols\r\nContent-Length: 2\r\n\r\nok", "101:", 3},
		"a-coding-nobody-asked":     {head + "Content-Encoding: zstd\r\nContent-Length: 2\r\n\r\nok", "200:", 3},
		"a-compression-with-a-tail": {head + fmt.Sprintf("Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(zip)+2, zip+"ok"), "200:ok", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, "comune.example", "192.0.2.10")
			var connections atomic.Int64
			w.Serve(t, town, func(conn net.Conn) {
				connections.Add(1)
				in := bufio.NewReader(conn)
				for {
					if r, err := http.ReadRequest(in); err != nil || r.Close {
						return
					}
					_, _ = io.WriteString(conn, each.answer)
					if strings.HasPrefix(each.answer, "HTTP/1.0") {
						return
					}
				}
			})
			s := w.Network.Session()
			c := &fetch.Client{Session: s}
			got := client(t, c, "http://comune.example/a", "http://comune.example/b", "http://comune.example/c")
			c.Close()
			if want := strings.TrimSpace(strings.Repeat(each.want+" ", 3)); got != want {
				t.Errorf("got %.60q, want %.60q", got, want)
			}
			if sent := s.Sent(); sent.Requests != 3 || sent.Connections != each.connections || connections.Load() != int64(each.connections) {
				t.Errorf("%d requests on %d connections were counted, want %d; %d came in", sent.Requests, sent.Connections, each.connections, connections.Load())
			}
		})
	}
}

func TestTLSConnectionIsKept(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	w.Map("192.0.2.10:443", server.Listener.Addr())
	c := &fetch.Client{Session: w.Network.Session()}
	defer c.Close()
	if got := client(t, c, "https://comune.example/", "https://comune.example/"); got != "200:ok 200:ok" || opened.Load() != 1 {
		t.Errorf("got %s on %d connections", got, opened.Load())
	}
}

// Another origin is another connection, and the first one is closed before: at
// an address that takes one at a time it would be waited for in vain.
func TestOneConnectionAtATime(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.AtOnce = 1
	w.Host(t, "comune.example", "192.0.2.10")
	w.Host(t, "www.comune.example", "192.0.2.10")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	t.Cleanup(server.Close)
	w.Map(town, server.Listener.Addr())
	w.Map("192.0.2.10:8080", server.Listener.Addr())
	s := w.Network.Session()
	c := &fetch.Client{Session: s}
	defer c.Close()
	got := client(t, c, "http://comune.example/", "http://www.comune.example/", "http://www.comune.example:8080/", "http://www.comune.example:8080/")
	want := "200:comune.example 200:www.comune.example 200:www.comune.example:8080 200:www.comune.example:8080"
	if got != want || s.Sent().Connections != 3 {
		t.Errorf("got %s on %d connections", got, s.Sent().Connections)
	}
}

// mortal answers so many requests on each connection, and does something else
// with the one behind.
func mortal(t *testing.T, w *loopback.World, answers int, otherwise func(net.Conn)) {
	t.Helper()
	w.Serve(t, town, func(conn net.Conn) {
		in := bufio.NewReader(conn)
		for range answers {
			if _, err := http.ReadRequest(in); err != nil {
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
		if _, err := http.ReadRequest(in); err == nil {
			otherwise(conn)
		}
	})
}

func TestKeptConnectionThatIsDead(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		answers     int // on each connection
		otherwise   func(net.Conn)
		want        string
		connections int
	}{
		"closed":               {1, func(net.Conn) {}, "200:ok 200:ok", 2},
		"reset":                {1, func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }, "200:ok 200:ok", 2},
		"something-else":       {1, func(conn net.Conn) { _, _ = io.WriteString(conn, "</html>\r\n\r\n") }, "200:ok 200:ok", 2},
		"in-the-middle":        {1, func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n") }, "200:ok closed", 1},
		"a-new-one-is-no-kept": {0, func(net.Conn) {}, "closed closed", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, "comune.example", "192.0.2.10")
			mortal(t, w, each.answers, each.otherwise)
			s := w.Network.Session()
			c := &fetch.Client{Session: s}
			defer c.Close()
			if got := client(t, c, "http://comune.example/", "http://comune.example/"); got != each.want || s.Sent().Connections != each.connections {
				t.Errorf("got %s on %d connections, want %s on %d", got, s.Sent().Connections, each.want, each.connections)
			}
		})
	}
}

// What a server says unasked is no answer to the next request, however much it
// looks like one.
func TestAnswerThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	const whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	for name, unasked := range map[string]string{
		"a-second-answer":          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse",
		"the-end-of-the-waiting":   "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		"the-rest-of-a-body":       "</html>",
		"an-interim-one":           "HTTP/1.1 102 Processing\r\n\r\n",
		"a-close-that-comes-later": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, "comune.example", "192.0.2.10")
			read, said := make(chan struct{}), make(chan struct{})
			var first sync.Once
			w.Serve(t, town, func(conn net.Conn) {
				in := bufio.NewReader(conn)
				if _, err := http.ReadRequest(in); err != nil {
					return
				}
				_, _ = io.WriteString(conn, whole)
				first.Do(func() {
					<-read // the first answer has been taken
					_, _ = io.WriteString(conn, unasked)
					if unasked == "" {
						_ = conn.Close()
					}
					close(said)
					_, _ = io.Copy(io.Discard, conn)
				})
			})
			s := w.Network.Session()
			c := &fetch.Client{Session: s}
			defer c.Close()
			got := client(t, c, "http://comune.example/")
			close(read)
			<-said
			got += " " + client(t, c, "http://comune.example/")
			if sent := s.Sent(); got != "200:ok 200:ok" || sent.Connections != 2 || sent.Requests != 2 {
				t.Errorf("got %s with %d requests on %d connections", got, sent.Requests, sent.Connections)
			}
		})
	}
}

// A server that says nothing more is out of time, not dead: nobody knocks again.
func TestSilenceOnAKeptConnection(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	if _, err := w.Network.Session().Addresses(t.Context(), "comune.example"); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		w.Pipe(town, func(conn net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
			_, _ = io.Copy(io.Discard, conn)
		})
		s := w.Network.Session()
		c := &fetch.Client{Session: s}
		began := time.Now()
		got := client(t, c, "http://comune.example/", "http://comune.example/")
		if got != "200:ok timeout" || time.Since(began) < 15*time.Second || time.Since(began) > 16*time.Second || s.Sent().Connections != 1 {
			t.Errorf("got %s after %v on %d connections", got, time.Since(began), s.Sent().Connections)
		}
	})
}

// A body whose end never comes is still an answer, but no other may follow it.
func TestEndThatNeverComes(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	if _, err := w.Network.Session().Addresses(t.Context(), "comune.example"); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		zip := gzipped("ok")
		w.Pipe(town, func(conn net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(zip), zip)
			_, _ = io.Copy(io.Discard, conn)
		})
		s := w.Network.Session()
		c := &fetch.Client{Session: s}
		got := client(t, c, "http://comune.example/", "http://comune.example/")
		c.Close()
		if got != "200:ok 200:ok" || s.Sent().Connections != 2 {
			t.Errorf("got %s on %d connections", got, s.Sent().Connections)
		}
	})
}

func TestAllowanceThatIsUsedUp(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	mortal(t, w, 1, func(net.Conn) {})
	left := 2
	s := w.Network.Session()
	c := &fetch.Client{Session: s, Allow: func() error {
		if left == 0 {
			return &network.Error{Problem: "budget-spent", Err: errors.New("no more")}
		}
		left--
		return nil
	}}
	defer c.Close()
	// The second request finds a dead connection, and must not be made again.
	if got := client(t, c, "http://comune.example/", "http://comune.example/"); got != "200:ok budget-spent" || s.Sent().Requests != 2 {
		t.Errorf("got %s after %d requests", got, s.Sent().Requests)
	}
}

// Where the whole is stopped, a dead connection is not dialled anew.
func TestStoppedClient(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	ctx, cancel := context.WithCancel(t.Context())
	mortal(t, w, 1, func(net.Conn) { cancel() })
	s := w.Network.Session()
	c := &fetch.Client{Session: s}
	defer c.Close()
	client(t, c, "http://comune.example/")
	u := &url.URL{Scheme: "http", Host: "comune.example", Path: "/"}
	if _, err := c.Get(ctx, fetch.Request{URL: u, Header: http.Header{}, Body: 10, Time: time.Minute}); err == nil || s.Sent().Connections != 1 {
		t.Errorf("got %v on %d connections", err, s.Sent().Connections)
	}
}

// A client that fails in the handshake holds nothing.
func TestFailedHandshakeHoldsNoPlace(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Network.Limits.AtOnce = 1
	w.Host(t, "comune.example", "192.0.2.10")
	w.Serve(t, "192.0.2.10:443", func(conn net.Conn) {
		_ = tls.Server(conn, &tls.Config{}).HandshakeContext(t.Context()) // it has no certificate
	})
	c := &fetch.Client{Session: w.Network.Session()}
	if got := client(t, c, "https://comune.example/", "https://comune.example/"); got != "tls-alert tls-alert" {
		t.Errorf("got %s", got)
	}
}
