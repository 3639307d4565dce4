package namespaces

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"testing"
	"time"
)

// certificate says how a server's certificate is made. The zero value is a
// good one.
type certificate struct {
	Names      []string
	Age, Life  time.Duration // an age below zero: its time has not begun
	RSA        bool          // 2048 bits, where the others have a P-256 key
	Short      bool          // RSA with 1024 bits
	SHA1       bool          // signed so
	SelfSigned bool
	Alone      bool // the server does not send the intermediate certificate
	Revoked    bool
	Signs      bool // for certificates too, which only an authority's key may do
}

func (c *certificate) fill() {
	if c.Life == 0 {
		c.Life = 90 * day
	}
	if c.Age == 0 {
		c.Age = 10 * day
	}
}

// bits is the length of an RSA key, none for one of P-256.
func (c *certificate) bits() int {
	switch {
	case c.Short:
		return 1024
	case c.RSA:
		return 2048
	}
	return 0
}

// The authority of the lab calls itself by a name that the program knows: of one
// that it does not know it cannot tell whether CAA records admit it.
const (
	authorityName   = "Let's Encrypt"
	authorityDomain = "letsencrypt.org"
)

// authority is a root and an intermediate that signs for the lab.
type authority struct {
	dir                string // where the files go
	now                time.Time
	root, middle       *x509.Certificate
	rootKey, middleKey crypto.Signer
	serial             int64
	revoked            []x509.RevocationListEntry
}

// newAuthority makes the two certificates: the root for --ca, the intermediate
// in DER for the address that every certificate names.
func newAuthority(t *testing.T, dir string) *authority {
	t.Helper()
	a := &authority{dir: dir, now: time.Now()}
	a.rootKey, a.middleKey = newKey(t, 0), newKey(t, 0)
	parent := func(name string) *x509.Certificate {
		return &x509.Certificate{
			Subject:               pkix.Name{CommonName: name, Organization: []string{authorityName}},
			NotBefore:             a.now.Add(-1000 * day),
			NotAfter:              a.now.Add(1000 * day),
			KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
			IsCA:                  true,
			BasicConstraintsValid: true,
		}
	}
	root := parent("Radice inventata")
	a.root = a.sign(t, root, root, a.rootKey.Public(), a.rootKey)
	a.middle = a.sign(t, parent("Intermedio inventato"), a.root, a.middleKey.Public(), a.rootKey)
	write(t, filepath.Join(dir, "authority", "root.pem"), encode(a.root))
	write(t, filepath.Join(dir, "authority", "intermediate.der"), a.middle.Raw)
	return a
}

// issue makes a certificate and its key, for nginx as NAME.pem and NAME.key
// and for Postfix together as NAME.both.pem. It gives the digest of the public
// key, for a TLSA record.
func (a *authority) issue(t *testing.T, name string, c certificate) string {
	t.Helper()
	c.fill()
	key := newKey(t, c.bits())
	leaf := a.template(c)
	var chain []byte
	if c.SelfSigned {
		chain = encode(a.sign(t, leaf, leaf, key.Public(), key))
	} else {
		chain = encode(a.sign(t, leaf, a.middle, key.Public(), a.middleKey))
		if !c.Alone {
			chain = append(chain, encode(a.middle)...)
		}
	}
	if c.Revoked {
		a.revoked = append(a.revoked, x509.RevocationListEntry{SerialNumber: leaf.SerialNumber, RevocationTime: a.now.Add(-day)})
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	keyFile := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	file := filepath.Join(a.dir, "certificates", name)
	write(t, file+".pem", chain)
	write(t, file+".key", keyFile)
	write(t, file+".both.pem", bytes.Join([][]byte{keyFile, chain}, nil))
	digest := sha256.Sum256(publicKey(t, key))
	return hex.EncodeToString(digest[:])
}

// template is the certificate before anybody has signed it.
func (a *authority) template(c certificate) *x509.Certificate {
	start := a.now.Add(-c.Age)
	leaf := &x509.Certificate{
		Subject:               pkix.Name{CommonName: c.Names[0]},
		DNSNames:              c.Names,
		NotBefore:             start,
		NotAfter:              start.Add(c.Life),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if c.Signs {
		leaf.KeyUsage |= x509.KeyUsageCertSign
	}
	if c.SHA1 {
		leaf.SignatureAlgorithm = x509.ECDSAWithSHA1
	}
	if !c.SelfSigned {
		leaf.IssuingCertificateURL = []string{"http://aia." + supplier + "/intermediate.der"}
		leaf.CRLDistributionPoints = []string{"http://aia." + supplier + "/revoked.crl"}
	}
	return leaf
}

// publish writes the list of the certificates that were revoked (RFC 5280
// section 5), for the address that every certificate names.
func (a *authority) publish(t *testing.T) {
	t.Helper()
	list := &x509.RevocationList{
		Number:                    big.NewInt(1),
		ThisUpdate:                a.now.Add(-time.Hour),
		NextUpdate:                a.now.Add(7 * day),
		RevokedCertificateEntries: a.revoked,
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.middle, a.middleKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(a.dir, "authority", "revoked.crl"), der)
}

func (a *authority) sign(t *testing.T, template, parent *x509.Certificate, public crypto.PublicKey, by crypto.Signer) *x509.Certificate {
	t.Helper()
	a.serial++
	template.SerialNumber = big.NewInt(a.serial)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, by)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// dkim is the record of a fresh DKIM key (RFC 6376 section 3.6.1).
func dkim(t *testing.T, bits int) string {
	t.Helper()
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(publicKey(t, newKey(t, bits)))
}

// newKey makes an RSA key of so many bits, or one of P-256 for none.
func newKey(t *testing.T, bits int) crypto.Signer {
	t.Helper()
	var key crypto.Signer
	var err error
	if bits > 0 {
		key, err = rsa.GenerateKey(rand.Reader, bits)
	} else {
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func publicKey(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func encode(c *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}
