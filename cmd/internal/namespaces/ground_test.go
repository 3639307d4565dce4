package namespaces

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// testGround holds the servers against their configurations with clients that
// are not ours, so that a verdict that disagrees is the program's.
func (w *world) testGround(t *testing.T) {
	t.Run("resolver-validates", w.testResolver)
	t.Run("name-servers-as-configured", w.testNameServers)
	t.Run("web-is-trusted", w.testWeb)
	t.Run("tls-as-configured", w.testTLS)
	t.Run("handshakes-as-configured", w.testHandshakes)
	t.Run("certificates-as-made", w.testCertificates)
	t.Run("mail-encrypts", w.testMail)
	t.Run("mail-as-long-ago", w.testOldMail)
}

// testResolver asks both addresses of Unbound for a signed and an unsigned name.
func (w *world) testResolver(t *testing.T) {
	for _, at := range []string{w.Resolver.V4, w.Resolver.V6} {
		for _, town := range w.Towns {
			if town.Expired() {
				continue // what a validating resolver says is no answer
			}
			for _, kind := range []uint16{dns.TypeAAAA, dns.TypeTLSA} { // an answer and a denial
				query := new(dns.Msg)
				query.SetQuestion(town.Domain+".", kind)
				query.SetEdns0(1232, true)
				reply, err := dns.ExchangeContext(t.Context(), query, net.JoinHostPort(at, "53"))
				if err != nil || reply.Rcode != dns.RcodeSuccess {
					t.Fatalf("%s at %s: %v\n%v", town.Domain, at, err, reply)
				}
				if secure := reply.AuthenticatedData; secure == town.Unsigned {
					t.Errorf("%s %s at %s: authenticated %v, unsigned %v", town.Domain, dns.TypeToString[kind], at, secure, town.Unsigned)
				}
			}
		}
	}
}

// testWeb visits the exemplary town with Go's own client.
func (w *world) testWeb(t *testing.T) {
	for _, at := range []string{w.Towns[0].Web.V4, w.Towns[0].Web.V6} {
		client := &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: w.pool(t)},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(at, "443"))
			},
		}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+exemplary+"/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
		client.CloseIdleConnections()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", at, response.Status)
		}
	}
}

// testTLS asks every town for each version alone.
func (w *world) testTLS(t *testing.T) {
	for _, town := range w.Towns {
		for at, protocols := range map[string]string{town.Web.V4: town.Protocols, town.Web.V6: town.SixProtocols} {
			w.testVersions(t, town, at, strings.Fields(protocols))
		}
	}
}

// testVersions asks at one address, and counts the certificates that are sent.
func (w *world) testVersions(t *testing.T, town *town, at string, protocols []string) {
	t.Helper()
	names := map[uint16]string{tls.VersionTLS10: "TLSv1", tls.VersionTLS11: "TLSv1.1", tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"}
	for version, name := range names {
		dialer := tls.Dialer{Config: &tls.Config{
			InsecureSkipVerify: true, // what is looked at is the version
			ServerName:         town.Domain, MinVersion: version, MaxVersion: version,
		}}
		conn, err := dialer.DialContext(t.Context(), "tcp", net.JoinHostPort(at, "443"))
		configured := !town.WithoutHTTPS && slices.Contains(protocols, name)
		if accepted := err == nil; accepted != configured {
			t.Errorf("%s at %s: %s accepted %v, configured %v: %v", town.Domain, at, name, accepted, configured, err)
		}
		if err != nil {
			continue
		}
		shown := conn.(*tls.Conn).ConnectionState()
		if alone := town.Certificate.Alone || town.Certificate.SelfSigned; alone != (len(shown.PeerCertificates) == 1) {
			t.Errorf("%s at %s sends %d certificates", town.Domain, at, len(shown.PeerCertificates))
		}
		if hybrid := shown.CurveID == tls.X25519MLKEM768; version == tls.VersionTLS13 && hybrid != town.GoTLS {
			t.Errorf("%s at %s: the group is %s, the TLS of Go %v", town.Domain, at, shown.CurveID, town.GoTLS)
		}
		_ = conn.Close()
	}
}

// testMail goes through STARTTLS where it is configured, and looks for it where
// it is not.
func (w *world) testMail(t *testing.T) {
	if w.postfix == nil {
		t.Skip("Postfix was not run, as it needs root")
	}
	for _, at := range []string{w.Mail.V4, w.Mail.V6} {
		client := greet(t, at)
		if err := client.StartTLS(&tls.Config{RootCAs: w.pool(t), ServerName: "mx." + exemplary}); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		_ = client.Close()
	}
	for _, at := range []string{w.ClearMail.V4, w.ClearMail.V6} {
		client := greet(t, at)
		if offered, _ := client.Extension("STARTTLS"); offered {
			t.Errorf("%s offers STARTTLS", at)
		}
		_ = client.Close()
	}
}

func greet(t *testing.T, at string) *smtp.Client {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", net.JoinHostPort(at, "25"))
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	client, err := smtp.NewClient(conn, at)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (w *world) pool(t *testing.T) *x509.CertPool {
	t.Helper()
	content, err := os.ReadFile(w.authorities())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(content)
	return pool
}
