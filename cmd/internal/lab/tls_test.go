package lab

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shake is one handshake that asks for the versions given and checks nothing.
func shake(t *testing.T, l *Lab, host string, least, most uint16) (tls.ConnectionState, error) {
	t.Helper()
	raw, err := reach(t.Context(), l.Network().Session(), host, 443)
	if err != nil {
		t.Fatalf("%s: %v", host, err)
	}
	conn := tls.Client(raw, &tls.Config{ServerName: host, MinVersion: least, MaxVersion: most, InsecureSkipVerify: true})
	defer shut(t, raw)
	err = conn.HandshakeContext(t.Context())
	return conn.ConnectionState(), err
}

func TestServersTakeTheVersionsOfTheirTowns(t *testing.T) {
	t.Parallel()
	l := raised(t)
	want := map[string][]string{
		"comune.roccafinta.campanile.test":         {"TLS 1.2", "TLS 1.3"},
		"comune.borgodimenticato.campanile.test":   {"TLS 1.0"},
		"www.comune.gemellodisotto.campanile.test": {"TLS 1.0", "TLS 1.1", "TLS 1.2"},
		"comune.valscaduta.campanile.test":         {"TLS 1.2", "TLS 1.3"},
	}
	got := map[string][]string{}
	for host := range want {
		for version := uint16(tls.VersionTLS10); version <= tls.VersionTLS13; version++ {
			_, err := shake(t, l, host, version, version)
			switch {
			case err == nil:
				got[host] = append(got[host], tls.VersionName(version))
			case !strings.Contains(err.Error(), "remote error: tls: protocol version"):
				t.Errorf("%s, %s: %v, want an alert", host, tls.VersionName(version), err)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestCertificatesAreWhatTheirTownsDeserve(t *testing.T) {
	t.Parallel()
	l := raised(t)
	type look struct {
		Chain    int
		Left     int // whole days from now
		Names    []string
		ItsOwnCA bool
	}
	want := map[string]look{
		"comune.roccafinta.campanile.test":        {Chain: 2, Left: 60, Names: []string{"comune.roccafinta.campanile.test"}},
		"comune.valscaduta.campanile.test":        {Chain: 2, Left: 0, Names: []string{"comune.valscaduta.campanile.test", "www.comune.valscaduta.campanile.test"}},
		"comune.gemellodisopra.campanile.test":    {Chain: 2, Left: 10, Names: []string{"comune.gemellodisopra.campanile.test", "www.comune.gemellodisopra.campanile.test"}},
		"comune.pontespezzato.campanile.test":     {Chain: 1, Left: 60, Names: []string{"comune.pontespezzato.campanile.test"}},
		"www.comune.pontespezzato.campanile.test": {Chain: 2, Left: 60, Names: []string{"pannello.nuvolette.test"}},
		"comune.borgodimenticato.campanile.test":  {Chain: 1, Left: -3634, Names: []string{"comune.borgodimenticato.campanile.test", "www.comune.borgodimenticato.campanile.test"}, ItsOwnCA: true},
	}
	got := map[string]look{}
	for host := range want {
		state, err := shake(t, l, host, tls.VersionTLS10, tls.VersionTLS13)
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		leaf := state.PeerCertificates[0]
		got[host] = look{
			Chain: len(state.PeerCertificates), Left: int(leaf.NotAfter.Sub(someDay) / (24 * time.Hour)),
			Names: leaf.DNSNames, ItsOwnCA: leaf.Subject.String() == leaf.Issuer.String(),
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("certificates (-want +got):\n%s", diff)
	}
}

// The private keys of the lab's authorities can be made by anybody.
func TestTheRootCanCertifyNothingReal(t *testing.T) {
	t.Parallel()
	l := raised(t)
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(l.authorities.root.certificate)
	between.AddCert(l.authorities.intermediate.certificate)
	for _, name := range []string{"www.example.com", "example"} {
		leaf, err := l.authorities.leaf(identity{}, []string{name})
		if err != nil {
			t.Fatal(err)
		}
		_, err = leaf.certificate.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: someDay})
		var invalid x509.CertificateInvalidError
		if !errors.As(err, &invalid) || invalid.Reason != x509.CANotAuthorizedForThisName {
			t.Errorf("%s: %v, want a root that may not", name, err)
		}
	}
}
