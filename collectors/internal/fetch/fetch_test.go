package fetch_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

// No test may leave a goroutine behind: whoever starts one waits for it.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t *testing.T, w *loopback.World, address string) (fetch.Answer, error) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return fetch.Get(t.Context(), w.Network.Session(), fetch.Request{URL: u, Header: http.Header{}, Body: 1000, Time: time.Minute})
}

func TestGet(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !r.Close || r.Method != http.MethodGet || r.Host != "comune.example:8080" || r.RequestURI != "/a%20b?c=d" {
			t.Errorf("got %+v", r)
		}
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, strings.Repeat("a", 1000))
	}))
	t.Cleanup(server.Close)
	w.Map("192.0.2.10:8080", server.Listener.Addr())
	got, err := get(t, w, "http://comune.example:8080/a%20b?c=d")
	if err != nil || got.Status != http.StatusTeapot || len(got.Body) != 1000 || got.Cut || got.Address.String() != "192.0.2.10" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		address string
		want    string
	}{
		"name-that-does-not-exist": {"http://nessuno.example/", "no-address"},
		"name-servers-that-fail":   {"http://rotto.example/", "servfail"},
		"closed-port":              {"http://chiuso.example/", "refused"},
		"closed-literal-address":   {"http://[2001:db8::1]/", "refused"},
		"another-service":          {"http://chiuso.example:22/", "not-permitted"},
		"port-that-is-none":        {"http://chiuso.example:99999/", "malformed"},
		"another-scheme":           {"ftp://chiuso.example/", "malformed"},
		"alert":                    {"https://comune.example/", "tls-alert"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, "comune.example", "192.0.2.10")
			w.Host(t, "chiuso.example", "192.0.2.11")
			w.Broken("rotto.example")
			w.Serve(t, "192.0.2.10:443", func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = conn.Write([]byte{21, 3, 3, 0, 2, 2, 40})
			})
			if _, err := get(t, w, each.address); network.Problem(err) != each.want {
				t.Errorf("got %v, want %s", err, each.want)
			}
		})
	}
}

func TestTheFirstFailureTellsTheMost(t *testing.T) {
	t.Parallel()
	noRoute := &net.OpError{Op: "dial", Err: syscall.ENETUNREACH}
	for name, each := range map[string]struct {
		addresses []string
		want      string
	}{
		"refused-then-no-route": {[]string{"192.0.2.11", "2001:db8::1"}, "refused"},
		"no-route-alone":        {[]string{"2001:db8::1"}, "no-route"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			w.Host(t, "comune.example", each.addresses...)
			w.Fail("[2001:db8::1]:80", noRoute)
			if _, err := get(t, w, "http://comune.example/"); network.Problem(err) != each.want {
				t.Errorf("got %v, want %s", err, each.want)
			}
		})
	}
}

func TestOnlyAFewAddressesAreTried(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5")
	w.Serve(t, "192.0.2.5:80", func(net.Conn) { t.Error("the fifth address was tried") })
	if _, err := get(t, w, "http://comune.example/"); network.Problem(err) != "refused" {
		t.Errorf("got %v", err)
	}
}

// Our own port is another one each time; evidence is not.
func TestReasonHoldsNoAddressOfOurs(t *testing.T) {
	t.Parallel()
	w := loopback.New(t)
	w.Host(t, "comune.example", "192.0.2.10")
	w.Serve(t, "192.0.2.10:80", func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_ = conn.(*net.TCPConn).SetLinger(0)
	})
	_, err := get(t, w, "http://comune.example/")
	if network.Problem(err) != "reset" || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("got %v", err)
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		stopped bool
		err     error
		want    string
	}{
		"none":                        {false, nil, ""},
		"alert":                       {false, &net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")}, "tls-alert"},
		"our-own-alert":               {false, &net.OpError{Op: "local error", Err: errors.New("tls: bad record MAC")}, "malformed"},
		"interrupted":                 {true, &net.OpError{Op: "read", Err: syscall.ECONNRESET}, "interrupted"},
		"a-word-that-stands-is-kept":  {true, &network.Error{Problem: "refused", Err: errors.New("no")}, "refused"},
		"hung-up-in-the-middle":       {false, io.ErrUnexpectedEOF, "closed"},
		"something-that-nobody-knows": {false, errors.New("eh"), "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if each.stopped {
				cancel()
			}
			err := fetch.Reason(ctx, each.err)
			if each.err == nil {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if got := network.Problem(err); got != each.want {
				t.Errorf("got %s, want %s", got, each.want)
			}
		})
	}
}

// A connection that somebody else has opened is closed whatever comes back, and
// its request is counted.
func TestGetOn(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		answer string
		want   string
	}{
		"page":            {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", ""},
		"hung-up":         {"", "closed"},
		"something-other": {"220 mx.example ESMTP\r\n", "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			source := httptest.NewUnstartedServer(nil)
			source.StartTLS()
			t.Cleanup(source.Close)
			w.Serve(t, "192.0.2.10:443", func(conn net.Conn) {
				server := tls.Server(conn, source.TLS)
				request, err := http.ReadRequest(bufio.NewReader(server))
				if err != nil || request.Host != "comune.example" || !request.Close {
					t.Errorf("got %+v, %v", request, err)
				}
				_, _ = io.WriteString(server, each.answer)
			})
			s := w.Network.Session()
			to := netip.MustParseAddrPort("192.0.2.10:443")
			conn, err := s.Dial(t.Context(), to)
			if err != nil {
				t.Fatal(err)
			}
			client := tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
			if err := client.HandshakeContext(t.Context()); err != nil {
				t.Fatal(err)
			}
			u := &url.URL{Scheme: "https", Host: "comune.example", Path: "/"}
			got, err := fetch.GetOn(t.Context(), s, client, to.Addr(), fetch.Request{URL: u, Header: http.Header{}, Body: 1000, Time: time.Minute})
			if each.want == "" && (err != nil || got.Status != 200 || string(got.Body) != "ok") {
				t.Errorf("got %+v, %v", got, err)
			}
			if each.want != "" && network.Problem(err) != each.want {
				t.Errorf("got %v, want %s", err, each.want)
			}
			if got.Address != to.Addr() || s.Sent().Requests != 1 || s.Sent().Connections != 1 {
				t.Errorf("from %s, counted %+v", got.Address, s.Sent())
			}
			if err := conn.SetDeadline(time.Time{}); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the connection is open (%v)", err)
			}
		})
	}
}
