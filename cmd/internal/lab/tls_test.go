package lab

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// shake is one handshake that asks for the versions given and checks nothing.
func shake(t *testing.T, l *Lab, host string, least, most uint16) (tls.ConnectionState, error) {
	t.Helper()
	raw, err := reach(t.Context(), l.Network().Session(), host, 443)
	if err != nil {
		t.Fatalf("%s: %v", host, err)
	}
	conn := tls.Client(raw, &tls.Config{ServerName: host, MinVersion: least, MaxVersion: most, CipherSuites: everySuite(), InsecureSkipVerify: true})
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
		"comune.serraturavecchia.campanile.test":   {"TLS 1.0"},
		"comune.sigillodicera.campanile.test":      {"TLS 1.2"},
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
		Begun    int // whole days before today
		Left     int // whole days from now
		Names    []string
		ItsOwnCA bool
		Short    bool   // its RSA key has 1024 bits
		Signed   string // with
		Revoked  bool
		TooLong  bool // its common name (RFC 5280 appendix A.1)
	}
	const sha2, sha1 = "ECDSA-SHA256", "ECDSA-SHA1"
	both := func(domain string) []string { return []string{domain, "www." + domain} }
	want := map[string]look{
		"comune.roccafinta.campanile.test":        {Chain: 2, Begun: 30, Left: 60, Signed: sha2, Names: []string{"comune.roccafinta.campanile.test"}},
		"comune.valscaduta.campanile.test":        {Chain: 2, Begun: 91, Left: 0, Signed: sha2, Names: both("comune.valscaduta.campanile.test")},
		"comune.gemellodisopra.campanile.test":    {Chain: 2, Begun: 80, Left: 10, Signed: sha2, Names: both("comune.gemellodisopra.campanile.test")},
		"comune.pontespezzato.campanile.test":     {Chain: 1, Begun: 30, Left: 60, Signed: sha2, Names: []string{"comune.pontespezzato.campanile.test"}},
		"www.comune.pontespezzato.campanile.test": {Chain: 2, Begun: 30, Left: 60, Signed: sha2, Names: []string{"pannello.nuvolette.test"}},
		"comune.borgodimenticato.campanile.test":  {Chain: 1, Begun: 4000, Left: -3634, Signed: sha2, Names: both("comune.borgodimenticato.campanile.test"), ItsOwnCA: true},
		"comune.serraturavecchia.campanile.test":  {Chain: 2, Begun: 30, Left: 60, Signed: sha1, Short: true, Names: both("comune.serraturavecchia.campanile.test")},
		"comune.sigillodicera.campanile.test":     {Chain: 2, Begun: 30, Left: 60, Signed: sha2, Names: both("comune.sigillodicera.campanile.test")},
		"comune.tuttilosanno.campanile.test":      {Chain: 2, Begun: 30, Left: 60, Signed: sha2, Revoked: true, Names: both("comune.tuttilosanno.campanile.test")},
		"sceau-le-bref.campanile.test":            {Chain: 2, Begun: 30, Left: 60, Signed: sha2, TooLong: true, Names: both("sceau-le-bref.campanile.test")},
		"plis-en-attente.campanile.test":          {Chain: 2, Begun: -2, Left: 92, Signed: sha2, Names: append(both("plis-en-attente.campanile.test"), "test.plis-en-attente.campanile.test")},
	}
	revoked := revocationsOf(t, l)
	got := map[string]look{}
	for host := range want {
		state, err := shake(t, l, host, tls.VersionTLS10, tls.VersionTLS13)
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		leaf := state.PeerCertificates[0]
		key, _ := leaf.PublicKey.(*rsa.PublicKey)
		got[host] = look{
			Chain: len(state.PeerCertificates), Names: leaf.DNSNames, ItsOwnCA: leaf.Subject.String() == leaf.Issuer.String(),
			Begun: int(someDay.Truncate(24*time.Hour).Sub(leaf.NotBefore) / (24 * time.Hour)), Left: int(leaf.NotAfter.Sub(someDay) / (24 * time.Hour)),
			Short: key != nil && key.N.BitLen() == 1024, Signed: leaf.SignatureAlgorithm.String(),
			Revoked: revoked[leaf.SerialNumber.String()], TooLong: utf8.RuneCountInString(leaf.Subject.CommonName) > 64,
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("certificates (-want +got):\n%s", diff)
	}
}

// revocationsOf gives the serial numbers on the list to which certificates point.
func revocationsOf(t *testing.T, l *Lab) map[string]bool {
	t.Helper()
	page, err := get(t, visitor(t, l, false), caAddress(revocationFile))
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList([]byte(page.body))
	if err != nil {
		t.Fatal(err)
	}
	if err := list.CheckSignatureFrom(l.authorities.intermediate.certificate); err != nil {
		t.Fatal(err)
	}
	if someDay.Before(list.ThisUpdate) || someDay.After(list.NextUpdate) {
		t.Errorf("the list is in force from %s to %s", list.ThisUpdate, list.NextUpdate)
	}
	revoked := map[string]bool{}
	for _, entry := range list.RevokedCertificateEntries {
		revoked[entry.SerialNumber.String()] = true
	}
	return revoked
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
