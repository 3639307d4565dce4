package scan_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// scanned is the time of every scan in these tests.
func scanned() time.Time { return time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC) }

const (
	aDay  = 24 * time.Hour
	crlAt = "http://ca.example/list.crl"
)

// forge makes certificates of every kind, good and bad. Keys are made once.
type forge struct {
	mu   sync.Mutex
	keys map[string]crypto.Signer
}

// key gives the key of a name: what two certificates share has the same name.
func (f *forge) key(t *testing.T, name string, make func() (crypto.Signer, error)) crypto.Signer {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keys[name] == nil {
		key, err := make()
		if err != nil {
			t.Fatal(err)
		}
		f.keys[name] = key
	}
	return f.keys[name]
}

func (f *forge) rsa(t *testing.T, bits int) crypto.Signer {
	t.Helper()
	return f.key(t, "rsa "+big.NewInt(int64(bits)).String(), func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, bits) })
}

func (f *forge) ec(t *testing.T, name string, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	return f.key(t, name+" "+curve.Params().Name, func() (crypto.Signer, error) { return ecdsa.GenerateKey(curve, rand.Reader) })
}

// oddRSA makes a key of two primes with an exponent of its own. The primes stay
// out of it: crypto/rsa would look at them and refuse the key.
func oddRSA(t *testing.T, p, q *big.Int, exponent int64) *rsa.PrivateKey {
	t.Helper()
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	d := new(big.Int).ModInverse(big.NewInt(exponent), phi)
	if d == nil {
		t.Fatal("the exponent has no inverse")
	}
	return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: int(exponent)}, D: d}
}

// primeFor gives a prime from a number upwards that suits the exponent.
func primeFor(from *big.Int, exponent int64) *big.Int {
	p := new(big.Int).SetBit(from, 0, 1)
	one, rest := big.NewInt(1), new(big.Int)
	for !p.ProbablyPrime(20) || rest.GCD(nil, nil, rest.Sub(p, one), big.NewInt(exponent)).Cmp(one) != 0 {
		p.Add(p, big.NewInt(2))
	}
	return p
}

func randomOf(t *testing.T, bits int) *big.Int {
	t.Helper()
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), uint(bits)))
	if err != nil {
		t.Fatal(err)
	}
	return n.SetBit(n.SetBit(n, bits-1, 1), bits-2, 1)
}

// twist alters a certificate before it is signed.
type twist func(*x509.Certificate)

// holder is a certificate with its key.
type holder struct {
	*x509.Certificate
	der []byte
	key crypto.Signer
}

// withRSA makes an authority with an RSA key, below another or a root.
func (f *forge) withRSA(t *testing.T, above holder, name string) holder {
	t.Helper()
	key := f.key(t, name, func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	return f.authority(t, above, name, key)
}

// below makes an authority below another.
func (f *forge) below(t *testing.T, above holder, name string, twists ...twist) holder {
	t.Helper()
	return f.authority(t, above, name, f.ec(t, name, elliptic.P256()), twists...)
}

func (f *forge) authority(t *testing.T, above holder, name string, key crypto.Signer, twists ...twist) holder {
	t.Helper()
	return f.certificate(t, above, key, append([]twist{func(c *x509.Certificate) {
		c.Subject = pkix.Name{CommonName: name, Organization: []string{"Autorità di prova"}, Country: []string{"IT"}}
		c.NotBefore, c.NotAfter = scanned().Add(-1000*aDay), scanned().Add(1000*aDay)
		c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
		c.BasicConstraintsValid, c.IsCA = true, true
		c.DNSNames, c.ExtKeyUsage = nil, nil
	}}, twists...)...)
}

// leaf makes a server's certificate for comune.example with a life of 90 days, 60
// of them left.
func (f *forge) leaf(t *testing.T, above holder, key crypto.Signer, twists ...twist) holder {
	t.Helper()
	return f.certificate(t, above, key, twists...)
}

func (f *forge) certificate(t *testing.T, above holder, key crypto.Signer, twists ...twist) holder {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x123456789abcdef),
		Subject:      pkix.Name{CommonName: "comune.example"},
		DNSNames:     []string{"comune.example", "www.comune.example"},
		NotBefore:    scanned().Add(-30 * aDay),
		NotAfter:     scanned().Add(60 * aDay),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, alter := range twists {
		alter(template)
	}
	if above.key == nil {
		above.Certificate, above.key = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, above.Certificate, key.Public(), above.key)
	if err != nil {
		t.Fatal(err)
	}
	read, err := x509.ParseCertificate(der)
	if err != nil { // on purpose: crypto/x509 makes some that it does not read
		read = template
	}
	return holder{read, der, key}
}

// signed is the outer form of a certificate (RFC 5280 section 4.1).
type signed struct {
	Body      asn1.RawValue
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

// reforge alters the signed part of a certificate, byte for byte and as long as
// it was, and signs it anew. The hash must be the one that the altered part names.
func reforge(t *testing.T, h, above holder, hash crypto.Hash, old, now []byte) holder {
	t.Helper()
	var whole signed
	if _, err := asn1.Unmarshal(h.der, &whole); err != nil {
		t.Fatal(err)
	}
	if len(old) != len(now) || !bytes.Contains(whole.Body.FullBytes, old) {
		t.Fatalf("% x cannot be altered", old)
	}
	whole.Body.FullBytes = bytes.ReplaceAll(whole.Body.FullBytes, old, now)
	var inner struct {
		Version   int `asn1:"explicit,tag:0"`
		Serial    asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Rest      asn1.RawValue
	}
	if _, err := asn1.Unmarshal(whole.Body.FullBytes, &inner); err == nil {
		whole.Algorithm = inner.Algorithm
	}
	digest := hash.New()
	digest.Write(whole.Body.FullBytes)
	signature, err := above.key.Sign(rand.Reader, digest.Sum(nil), hash)
	if err != nil {
		t.Fatal(err)
	}
	whole.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	der, err := asn1.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return holder{h.Certificate, der, h.key}
}

// rsaWith is the object identifier of a PKCS #1 signature, by its last number:
// 4 is MD5, 5 is SHA-1, 11 is SHA-256 (RFC 8017 appendix C).
func rsaWith(last byte) []byte {
	return []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last}
}

// shown is what a server presents.
func shown(leaf holder, along ...holder) tls.Certificate {
	chain := tls.Certificate{Certificate: [][]byte{leaf.der}, PrivateKey: leaf.key}
	for _, each := range along {
		chain.Certificate = append(chain.Certificate, each.der)
	}
	return chain
}

// listOf makes a revocation list.
func listOf(t *testing.T, by holder, change func(*x509.RevocationList), serials ...*big.Int) []byte {
	t.Helper()
	template := &x509.RevocationList{Number: big.NewInt(7), ThisUpdate: scanned().Add(-aDay), NextUpdate: scanned().Add(6 * aDay)}
	for _, serial := range serials {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: serial, RevocationTime: scanned().Add(-2 * aDay), ReasonCode: 1,
		})
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, by.Certificate, by.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// stapleOf makes an OCSP response for a certificate.
func stapleOf(t *testing.T, leaf, issuer, responder holder, change func(*ocsp.Response)) []byte {
	t.Helper()
	template := ocsp.Response{
		Status: ocsp.Good, SerialNumber: leaf.SerialNumber,
		ThisUpdate: scanned().Add(-aDay), NextUpdate: scanned().Add(6 * aDay),
	}
	if responder.der != nil && !bytes.Equal(responder.der, issuer.der) {
		template.Certificate = responder.Certificate
	}
	if change != nil {
		change(&template)
	}
	der, err := ocsp.CreateResponse(issuer.Certificate, responder.Certificate, template, responder.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func pemOf(h holder) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.der})
}
