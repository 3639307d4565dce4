package guard

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBytesOfAConnection(t *testing.T) {
	t.Parallel()
	g := guarded()
	here, there := net.Pipe()
	conn := g.Counted(here)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.ReadFull(there, make([]byte, 3))
		_, _ = there.Write([]byte("12345"))
		_ = there.Close()
	}()
	// The other side takes three bytes of five and hangs up.
	if n, err := conn.Write([]byte("abc")); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	if text, err := io.ReadAll(conn); string(text) != "12345" || err != nil {
		t.Fatal(text, err)
	}
	<-done
	if n, err := conn.Write([]byte("de")); n != 0 || err == nil {
		t.Fatal(n, err)
	}
	if got := g.Figures(); got != (Figures{Sent: 3, Received: 5}) {
		t.Errorf("got %+v, want 3 bytes sent and 5 received", got)
	}
	if g.Heard(7); g.Figures().Received != 12 {
		t.Errorf("got %+v", g.Figures())
	}
}

// A request that finds no server is none.
func TestRequestsThatLeft(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	g := guarded()
	client := http.Client{Transport: g.Requests(&http.Transport{})}
	defer client.CloseIdleConnections()
	shut, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = shut.Close()
	for url, want := range map[string]bool{server.URL: true, server.URL + "/x": true, "http://" + shut.Addr().String(): false} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		if (err == nil) != want {
			t.Errorf("%s: %v", url, err)
		}
	}
	if got := g.Figures().Requests; got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}
