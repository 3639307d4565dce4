package tls

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"campanile/collectors/internal/loopback"
)

// authority is a certificate authority of a test.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// change alters a certificate before it is signed.
type change func(*x509.Certificate)

const day = 24 * time.Hour

// newAuthority makes a root, or an intermediate below a parent.
func newAuthority(t testing.TB, name string, parent *authority, changes ...change) *authority {
	t.Helper()
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             loopback.Now().Add(-900 * day),
		NotAfter:              loopback.Now().Add(900 * day),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	certificate, key := sign(t, template, parent, changes)
	return &authority{certificate, key}
}

// issue makes a server certificate for comune.example and sends the given
// intermediates along.
func (a *authority) issue(t testing.TB, along []*authority, changes ...change) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "comune.example"},
		DNSNames:    []string{"comune.example", "www.comune.example"},
		NotBefore:   loopback.Now().Add(-30 * day),
		NotAfter:    loopback.Now().Add(60 * day),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	certificate, key := sign(t, template, a, changes)
	chain := tls.Certificate{Certificate: [][]byte{certificate.Raw}, PrivateKey: key}
	for _, each := range along {
		chain.Certificate = append(chain.Certificate, each.certificate.Raw)
	}
	return chain
}

func sign(t testing.TB, template *x509.Certificate, parent *authority, changes []change) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(0x1234)
	for _, alter := range changes {
		alter(template)
	}
	issuer, signer := template, key
	if parent != nil {
		issuer, signer = parent.certificate, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}

func (a *authority) roots() Roots {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return Roots{Pool: pool, Name: "the authority of the test"}
}
