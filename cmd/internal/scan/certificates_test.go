package scan_test

import (
	"context"
	_ "crypto/md5" // to sign with it
	_ "crypto/sha1"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/miekg/dns"

	"campanile/checks"
	ours "campanile/collectors/tls"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

const (
	townAt      = "192.0.2.10:443"
	authorityAt = "198.51.100.80:80"
)

// server is what one case puts on the network.
type server struct {
	host  string // comune.example
	chain tls.Certificate
	// files are what the authority's web server has, by path.
	files map[string][]byte
	// old ends at TLS 1.2, where certificates travel in the clear: of one that
	// crypto/tls refuses to read nothing is known else.
	old bool
	// late staples from the second connection on.
	late bool
}

// look visits the server and gives the handshake and the verdicts.
func (s server) look(t *testing.T, roots ours.Roots) (evidence.Handshake, string) {
	t.Helper()
	host := s.host
	if host == "" {
		host = "comune.example"
	}
	world := &network.Network{
		Resolvers: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.53:53")}, Connect: s.routes(t),
		Now: scanned, Permit: network.Permit{AllowReserved: true},
		Limits: network.Limits{AtOnce: 16, PerSecond: 1000, PerAddress: 1000},
	}
	session := world.Session()
	for name, address := range map[string]string{host: "192.0.2.10", "ca.example": "198.51.100.80", "closed.example": "198.51.100.81"} {
		rr, err := dns.NewRR(name + ". A " + address)
		if err != nil {
			t.Fatal(err)
		}
		session.Know(network.Answer{Name: name + ".", Type: dns.TypeA, At: scanned(), Records: []dns.RR{rr}})
		session.Know(network.Answer{Name: name + ".", Type: dns.TypeAAAA, At: scanned()})
	}
	endpoints := ours.Collect(t.Context(), session, ours.Request{Names: []string{host}, Roots: roots})
	if len(endpoints) != 1 {
		t.Fatalf("%d endpoints", len(endpoints))
	}
	b := &evidence.Bundle{
		Schema: evidence.Schema, Tool: evidence.Tool{Name: "campanile", Version: "test"}, Profile: evidence.Standard,
		Target: evidence.Target{Domain: host}, Taken: scanned(),
		Families: []evidence.Family{evidence.TLSFamily}, Endpoints: endpoints,
	}
	text, err := evidence.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	replayed, err := evidence.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return endpoints[0].TLS, verdicts(replayed)
}

// routes leads the addresses of the case to its servers on loopback.
func (s server) routes(t *testing.T) func(context.Context, string, netip.AddrPort) (net.Conn, error) {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{s.chain}}
	if s.late {
		var visitors atomic.Int64
		config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			chain := s.chain
			if visitors.Add(1) == 1 {
				chain.OCSPStaple = nil
			}
			return &chain, nil
		}
	}
	if s.old {
		config.MaxVersion = tls.VersionTLS12
	}
	to := map[string]string{townAt: serveTLS(t, config)}
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := s.files[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(files.Close)
	to[authorityAt] = files.Listener.Addr().String()
	return func(ctx context.Context, kind string, place netip.AddrPort) (net.Conn, error) {
		var dialer net.Dialer
		if real, ok := to[place.String()]; ok {
			return dialer.DialContext(ctx, kind, real)
		}
		return nil, &net.OpError{Op: "dial", Net: kind, Err: syscall.ECONNREFUSED}
	}
}

// verdicts lists the verdicts on certificates that differ from those on a sound
// one without a pointer to a revocation list.
func verdicts(b *evidence.Bundle) string {
	short := map[checks.Outcome]string{checks.Pass: "pass", checks.Fail: "fail", checks.NotApplicable: "n/a", checks.Inconclusive: "open"}
	var list []string
	for _, f := range checks.Judge(b) {
		rule, ok := strings.CutPrefix(f.Rule, "tls-certificate-")
		usual := checks.Pass
		if rule == "revoked" {
			usual = checks.NotApplicable
		}
		if ok && f.Outcome != usual {
			list = append(list, rule+":"+short[f.Outcome])
		}
	}
	return strings.Join(list, " ")
}

// factsOf writes what is known of the certificate on one line.
func factsOf(h evidence.Handshake) string {
	if len(h.Certificates) == 0 {
		return "nothing"
	}
	leaf := h.Certificates[0]
	words := []string{
		fmt.Sprintf("%s-%d", leaf.Key, leaf.KeyBits), leaf.Curve, leaf.KeyFault, leaf.Signature,
		"trust=" + string(h.Trust.State), h.Trust.Reason, "match=" + string(h.Trust.Match),
		"staple=" + string(h.Staple.State), h.Staple.Status,
		"revoked=" + string(h.Revoked.State), string(h.Revoked.Problem), h.Revoked.Source, h.Revoked.On, h.Revoked.Reason,
	}
	if leaf.Unparsed != "" {
		words = append(words, "unparsed")
	}
	return strings.Join(slices.DeleteFunc(append(words, leaf.Lints...), func(w string) bool { return w == "" }), " ")
}

// serveTLS answers with an ordinary TLS server until the test ends.
func serveTLS(t *testing.T, config *tls.Config) string {
	t.Helper()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer conn.Close()
				if inside := tls.Server(conn, config); inside.HandshakeContext(t.Context()) == nil {
					_, _ = io.Copy(io.Discard, inside)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		group.Wait()
	})
	return listener.Addr().String()
}
