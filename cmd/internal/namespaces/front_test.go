package namespaces

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// The copy of the test that stands before servers learns from its environment
// where.
const frontVariable = "CAMPANILE_NAMESPACES_FRONT"

// Where the servers behind it are, for this machine alone.
const (
	behindGo     = "127.0.0.1:8080"
	behindGnuTLS = "127.0.0.1:4433"
)

// front is a place where this copy of the test answers for a server behind it.
type front struct {
	At string
	// Certificate is its file and that of its key, without the ending: there the
	// TLS of Go ends. Without one the bytes go on as they come.
	Certificate string
	To          string
}

// configureFronts describes the process that answers where nginx does not: a
// process of its own, so that it can be stopped and frozen as they can.
func (w *world) configureFronts(t *testing.T) {
	t.Helper()
	var fronts []front
	for _, town := range w.Towns {
		certificate := filepath.Join(w.Dir, "certificates", town.Domain)
		for _, at := range []string{net.JoinHostPort(town.Web.V4, "443"), net.JoinHostPort(town.Web.V6, "443")} {
			switch {
			case town.GoTLS:
				fronts = append(fronts, front{at, certificate, behindGo})
			case town.GnuTLS:
				fronts = append(fronts, front{at, "", behindGnuTLS})
				// Without the extension of RFC 5746 in its answers, which is what the
				// priority is for.
				w.gnutls = w.server("GnuTLS", behindGnuTLS, "gnutls-serv", "--http", "--quiet", "--disable-client-cert", "--port", "4433",
					"--priority", "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1:%DISABLE_SAFE_RENEGOTIATION",
					"--x509certfile", certificate+".pem", "--x509keyfile", certificate+".key")
			}
		}
	}
	if len(fronts) == 0 {
		return
	}
	text, err := json.Marshal(fronts)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w.front = w.server("front", fronts[0].At, "env", frontVariable+"="+string(text), self, "-test.run=^TestRealServers$", "-test.timeout=0")
}

// serveFronts is the test as it runs in that process, which ends when it is
// killed.
func serveFronts(t *testing.T, text string) {
	t.Helper()
	var fronts []front
	if err := json.Unmarshal([]byte(text), &fronts); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	for _, f := range fronts {
		listener, err := net.Listen("tcp", f.At)
		if err != nil {
			t.Fatal(err)
		}
		running.Go(func() { t.Error(f.serve(listener)) })
	}
	running.Wait()
}

func (f front) serve(listener net.Listener) error {
	if f.Certificate == "" {
		return f.relay(listener)
	}
	site := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: f.To})
		r.Out.Host = r.In.Host
	}}
	return (&http.Server{Handler: site}).ServeTLS(listener, f.Certificate+".pem", f.Certificate+".key")
}

func (f front) relay(listener net.Listener) error {
	var running sync.WaitGroup
	defer running.Wait()
	for {
		client, err := listener.Accept()
		if err != nil {
			return err
		}
		running.Go(func() { f.join(client.(*net.TCPConn)) })
	}
}

// join carries bytes both ways until both sides have ended, or the server has
// ended the connection.
func (f front) join(client *net.TCPConn) {
	defer client.Close()
	conn, err := net.Dial("tcp", f.To)
	if err != nil {
		return
	}
	server := conn.(*net.TCPConn)
	defer server.Close()
	var upward sync.WaitGroup
	defer upward.Wait()
	upward.Go(func() {
		_, _ = io.Copy(server, client) // whichever side broke off, both learn it
		_ = server.CloseWrite()
	})
	_, _ = io.Copy(client, server)
	_ = client.Close()
}
