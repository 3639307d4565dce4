package tls

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
	"campanile/collectors/network"
)

const (
	place   = "192.0.2.10:443"
	caPlace = "198.51.100.80:80" // of the authority's own web server
)

// serveTLS answers with an ordinary TLS server.
func serveTLS(t *testing.T, w *loopback.World, address string, config *tls.Config) {
	t.Helper()
	w.Serve(t, address, func(conn net.Conn) {
		server := tls.Server(conn, config)
		if server.HandshakeContext(t.Context()) == nil {
			_, _ = io.Copy(io.Discard, server)
		}
	})
}

// handshakeWith does one handshake with a server that presents the chain.
func handshakeWith(t *testing.T, w *loopback.World, chain tls.Certificate, roots Roots) evidence.Handshake {
	t.Helper()
	serveTLS(t, w, place, &tls.Config{Certificates: []tls.Certificate{chain}, MinVersion: tls.VersionTLS12})
	s := w.Network.Session()
	conn, err := s.Dial(t.Context(), netip.MustParseAddrPort(place))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got, _ := Handshake(t.Context(), s, conn, "Comune.example.", roots)
	return got
}

// verdict is what these tests compare of a Trust.
type verdict struct {
	State   evidence.State
	Problem evidence.Problem
	Reason  string
	Fetched []string
	Match   evidence.State
}

func verdictOf(t evidence.Trust) verdict {
	return verdict{t.State, t.Problem, t.Reason, t.Fetched, t.Match}
}

func TestTrust(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root of the test", nil)
	stranger := newAuthority(t, "Root that nobody knows", nil)
	middle := newAuthority(t, "Intermediate of the test", root)
	narrow := newAuthority(t, "Intermediate for others", root, func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"altrove.example"} })
	elapsed := newAuthority(t, "Intermediate of last year", root, func(c *x509.Certificate) { c.NotAfter = loopback.Now().Add(-200 * day) })
	ending := newAuthority(t, "Intermediate that ends first", root, func(c *x509.Certificate) { c.NotAfter = loopback.Now().Add(-day) })
	expired := func(c *x509.Certificate) { c.NotAfter = loopback.Now().Add(-day) }

	for name, each := range map[string]struct {
		chain tls.Certificate
		want  verdict
	}{
		"complete":                               {middle.issue(t, []*authority{middle}), verdict{State: "seen", Match: "seen"}},
		"root-sent-along":                        {middle.issue(t, []*authority{middle, root}), verdict{State: "seen", Match: "seen"}},
		"wrong-order":                            {middle.issue(t, []*authority{root, stranger, middle}), verdict{State: "seen", Match: "seen"}},
		"expired-is-still-trusted":               {middle.issue(t, []*authority{middle}, expired), verdict{State: "seen", Match: "seen"}},
		"not-yet-valid-is-still-trusted":         {middle.issue(t, []*authority{middle}, func(c *x509.Certificate) { c.NotBefore = loopback.Now().Add(day) }), verdict{State: "seen", Match: "seen"}},
		"expired-does-not-hide-the-wrong-name":   {middle.issue(t, []*authority{middle}, expired, named("altro.example")), verdict{State: "seen", Match: "absent"}},
		"wrong-name":                             {middle.issue(t, []*authority{middle}, named("altro.example")), verdict{State: "seen", Match: "absent"}},
		"wildcard-is-no-apex":                    {middle.issue(t, []*authority{middle}, named("*.comune.example")), verdict{State: "seen", Match: "absent"}},
		"name-only-in-the-subject":               {middle.issue(t, []*authority{middle}, named()), verdict{State: "seen", Match: "absent"}},
		"self-signed":                            {(*authority)(nil).issue(t, nil), verdict{State: "absent", Reason: "self-signed", Match: "seen"}},
		"self-signed-and-expired":                {(*authority)(nil).issue(t, nil, expired), verdict{State: "absent", Reason: "self-signed", Match: "seen"}},
		"unknown-authority":                      {stranger.issue(t, nil), verdict{State: "absent", Reason: "unknown-authority", Match: "seen"}},
		"unknown-authority-that-sends-its-root":  {stranger.issue(t, []*authority{stranger}), verdict{State: "absent", Reason: "unknown-authority", Match: "seen"}},
		"intermediate-missing-without-a-pointer": {middle.issue(t, nil), verdict{State: "absent", Reason: "unknown-authority", Match: "seen"}},
		"pointer-not-over-http":                  {middle.issue(t, nil, pointsTo("https://ca.example/ca.der", "ldap://ca.example/")), verdict{State: "absent", Reason: "unknown-authority", Match: "seen"}},
		"for-clients-only":                       {middle.issue(t, []*authority{middle}, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), verdict{State: "absent", Reason: "not-for-servers", Match: "seen"}},
		"authority-for-other-names":              {narrow.issue(t, []*authority{narrow}), verdict{State: "absent", Reason: "constraint", Match: "seen"}},
		"intermediate-over-before-the-leaf":      {elapsed.issue(t, []*authority{elapsed}), verdict{State: "absent", Reason: "unknown-authority", Match: "seen"}},
		"intermediate-over-since-yesterday":      {ending.issue(t, []*authority{ending}), verdict{State: "seen", Match: "seen"}},
		"ends-before-it-begins":                  {middle.issue(t, []*authority{middle}, func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(-day) }), verdict{State: "absent", Reason: "unknown-authority", Match: "seen"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := handshakeWith(t, loopback.New(t), each.chain, root.roots())
			if got.State != evidence.Seen {
				t.Fatalf("handshake: %+v", got.Observation)
			}
			if diff := cmp.Diff(each.want, verdictOf(got.Trust)); diff != "" {
				t.Errorf("-want +got\n%s%s", diff, got.Trust.Detail)
			}
			if got.Trust.Roots != "the authority of the test" {
				t.Errorf("roots %q", got.Trust.Roots)
			}
		})
	}
}

func named(names ...string) change {
	return func(c *x509.Certificate) { c.DNSNames = names }
}

func pointsTo(addresses ...string) change {
	return func(c *x509.Certificate) { c.IssuingCertificateURL = addresses }
}

func TestTrustUntil(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root of the test", nil)
	end := loopback.Now().Add(20 * day)
	short := newAuthority(t, "Intermediate that ends first", root, func(c *x509.Certificate) { c.NotAfter = end })
	got := handshakeWith(t, loopback.New(t), short.issue(t, []*authority{short}), root.roots())
	if !got.Trust.Until.Equal(end) {
		t.Errorf("until %v, want %v", got.Trust.Until, end)
	}
	got = handshakeWith(t, loopback.New(t), root.issue(t, nil), root.roots())
	if want := loopback.Now().Add(60 * day); !got.Trust.Until.Equal(want) {
		t.Errorf("until %v, want the end of the leaf, %v", got.Trust.Until, want)
	}
}

func TestMissingIntermediate(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root of the test", nil)
	upper := newAuthority(t, "Upper intermediate", root)
	lower := newAuthority(t, "Lower intermediate", upper, pointsTo("http://ca.example/upper.der"))
	stranger := newAuthority(t, "Root that nobody knows", nil)
	foreign := newAuthority(t, "Foreign intermediate", stranger)
	third := newAuthority(t, "Third from the top", lower, pointsTo("http://ca.example/lower.der"))
	body := func(der []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(der) }
	}
	files := http.NewServeMux()
	files.HandleFunc("/upper.der", body(upper.certificate.Raw))
	files.HandleFunc("/lower.der", body(lower.certificate.Raw))
	files.HandleFunc("/third.der", body(third.certificate.Raw))
	files.HandleFunc("/upper.pem", body(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: upper.certificate.Raw})))
	files.HandleFunc("/foreign.der", body(foreign.certificate.Raw))
	files.HandleFunc("/page", body([]byte("<html>moved</html>")))
	files.HandleFunc("/garbage", body([]byte{0x30, 0x82, 0xff}))
	files.HandleFunc("/huge", body(make([]byte, 200<<10)))
	files.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	files.HandleFunc("/slow-down", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	files.HandleFunc("/broken-off", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5000")
		_, _ = w.Write(upper.certificate.Raw[:100])
	})
	seen := func(fetched ...string) verdict { return verdict{State: "seen", Match: "seen", Fetched: fetched} }
	open := func(problem evidence.Problem) verdict {
		return verdict{State: "unknown", Problem: problem, Match: "seen"}
	}

	for name, each := range map[string]struct {
		chain    tls.Certificate
		requests int
		want     verdict
	}{
		"fetched":                           {upper.issue(t, nil, pointsTo("http://ca.example/upper.der")), 1, seen("http://ca.example/upper.der")},
		"fetched-in-pem":                    {upper.issue(t, nil, pointsTo("http://ca.example/upper.pem")), 1, seen("http://ca.example/upper.pem")},
		"first-pointer-is-ldap":             {upper.issue(t, nil, pointsTo("ldap:///cn=upper", "http://ca.example/upper.der")), 1, seen("http://ca.example/upper.der")},
		"only-the-lower-one-was-sent":       {lower.issue(t, []*authority{lower}), 1, seen("http://ca.example/upper.der")},
		"two-steps":                         {lower.issue(t, nil, pointsTo("http://ca.example/lower.der")), 2, seen("http://ca.example/lower.der", "http://ca.example/upper.der")},
		"literal-address":                   {upper.issue(t, nil, pointsTo("http://198.51.100.80/upper.der")), 1, seen("http://198.51.100.80/upper.der")},
		"fetched-and-still-no-chain":        {foreign.issue(t, nil, pointsTo("http://ca.example/foreign.der")), 1, verdict{State: "absent", Reason: "unknown-authority", Match: "seen"}},
		"another-certificate-than-promised": {foreign.issue(t, nil, pointsTo("http://ca.example/upper.der")), 1, verdict{State: "absent", Reason: "unknown-authority", Match: "seen"}},
		"not-found-proves-nothing":          {upper.issue(t, nil, pointsTo("http://ca.example/gone")), 1, open("malformed")},
		"page-proves-nothing":               {upper.issue(t, nil, pointsTo("http://ca.example/page")), 1, open("malformed")},
		"garbage-proves-nothing":            {upper.issue(t, nil, pointsTo("http://ca.example/garbage")), 1, open("malformed")},
		"too-large-proves-nothing":          {upper.issue(t, nil, pointsTo("http://ca.example/huge")), 1, open("too-large")},
		"busy-proves-nothing":               {upper.issue(t, nil, pointsTo("http://ca.example/busy")), 1, open("server-error")},
		"rate-limit-proves-nothing":         {upper.issue(t, nil, pointsTo("http://ca.example/slow-down")), 1, open("rate-limited")},
		"broken-off-proves-nothing":         {upper.issue(t, nil, pointsTo("http://ca.example/broken-off")), 1, open("closed")},
		"refused-proves-nothing":            {upper.issue(t, nil, pointsTo("http://closed.example/ca")), 0, open("refused")},
		"servfail-proves-nothing":           {upper.issue(t, nil, pointsTo("http://broken.example/ca")), 0, open("servfail")},
		"no-address-proves-nothing":         {upper.issue(t, nil, pointsTo("http://nowhere.example/ca")), 0, open("no-address")},
		"mail-port-is-not-knocked-at":       {upper.issue(t, nil, pointsTo("http://ca.example:25/ca")), 0, open("not-permitted")},
		"no-more-than-two":                  {third.issue(t, nil, pointsTo("http://ca.example/third.der")), 2, open("too-many")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := loopback.New(t)
			requests := new(atomic.Int64)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				files.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			w.Host(t, "ca.example", "198.51.100.80")
			w.Host(t, "closed.example", "198.51.100.81")
			w.Broken("broken.example")
			w.Map(caPlace, server.Listener.Addr())
			got := handshakeWith(t, w, each.chain, root.roots())
			if diff := cmp.Diff(each.want, verdictOf(got.Trust)); diff != "" {
				t.Errorf("-want +got\n%s%s", diff, got.Trust.Detail)
			}
			if n := int(requests.Load()); n != each.requests {
				t.Errorf("%d requests, want %d", n, each.requests)
			}
		})
	}
}

func TestIssuerOnAPrivateAddressIsLeftAlone(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root of the test", nil)
	middle := newAuthority(t, "Intermediate of the test", root)
	w := loopback.New(t)
	w.Host(t, "ca.example", "10.1.2.3")
	w.Network.Permit = network.Permit{}
	w.Serve(t, "10.1.2.3:80", func(net.Conn) { t.Error("connected to a private address") })
	serveTLS(t, w, "8.8.8.8:443", &tls.Config{Certificates: []tls.Certificate{middle.issue(t, nil, pointsTo("http://ca.example/ca.der"))}})
	s := w.Network.Session()
	conn, err := s.Dial(t.Context(), netip.MustParseAddrPort("8.8.8.8:443"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got, _ := Handshake(t.Context(), s, conn, "comune.example", root.roots())
	if diff := cmp.Diff(verdict{State: "unknown", Problem: "not-permitted", Match: "seen"}, verdictOf(got.Trust)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestRootsWithConstraintsAreKept(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root that is distrusted", nil)
	pool := x509.NewCertPool()
	pool.AddCertWithConstraint(root.certificate, func(chain []*x509.Certificate) error {
		if chain[0].NotBefore.After(loopback.Now().Add(-60 * day)) {
			return fmt.Errorf("issued after the distrust date")
		}
		return nil
	})
	got := handshakeWith(t, loopback.New(t), root.issue(t, nil), Roots{Pool: pool})
	if diff := cmp.Diff(verdict{State: "absent", Reason: "unknown-authority", Match: "seen"}, verdictOf(got.Trust)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestWithoutRootsTrustIsNotAsked(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root of the test", nil)
	got := handshakeWith(t, loopback.New(t), root.issue(t, nil), Roots{})
	if diff := cmp.Diff(verdict{Match: "seen"}, verdictOf(got.Trust)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestCertificateFacts(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root of the test", nil)
	chain := root.issue(t, []*authority{root}, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 10)} })
	got := handshakeWith(t, loopback.New(t), chain, root.roots())
	if len(got.Certificates) != 2 {
		t.Fatalf("%d certificates", len(got.Certificates))
	}
	leaf := got.Certificates[0]
	if !bytes.Equal(leaf.DER, chain.Certificate[0]) || len(leaf.SHA256) != 64 {
		t.Error("the certificate is not kept as presented")
	}
	leaf.DER, leaf.SHA256 = nil, ""
	want := evidence.Certificate{
		Subject: "CN=comune.example", Issuer: "CN=Root of the test", Serial: "1234",
		NotBefore: loopback.Now().Add(-30 * day), NotAfter: loopback.Now().Add(60 * day),
		Names: []string{"192.0.2.10", "comune.example", "www.comune.example"},
		Key:   "ECDSA", KeyBits: 256, Curve: "secp256r1", Signature: "ECDSA-SHA256",
	}
	if diff := cmp.Diff(want, leaf); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !got.Certificates[1].SelfSigned {
		t.Error("the root is its own issuer")
	}
}

func TestTimesThatJSONCannotHold(t *testing.T) {
	t.Parallel()
	late := time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600))
	if got := dated(late); !got.IsZero() {
		t.Errorf("got %v", got)
	}
}
