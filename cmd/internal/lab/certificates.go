package lab

import (
	"cmp"
	"crypto"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"
)

// issuer says who signed a certificate.
type issuer int

const (
	byIntermediate issuer = iota // leads to the lab's root
	byItself
)

// identity is the certificate that a server presents. Days count from today;
// the certificate ends at noon of its last day.
type identity struct {
	names    []string // subject alternative names; default: the names it serves
	issuer   issuer
	from, to int    // days; default: 30 ago, in 60
	alone    bool   // the intermediate is not sent along
	least    uint16 // lowest TLS version; default 1.2
	most     uint16 // highest TLS version; default 1.3
	rsa      pair   // of an RSA key; default: a key on the curve P-256
	classic  bool   // no group that withstands a quantum computer
	static   bool   // clients may encrypt the secret with the RSA key: no forward secrecy
	subject  string // common name; default: the first of the names
	sha1     bool   // signed with SHA-1
	listed   bool   // it says where the authority's list of revoked certificates is
	revoked  bool   // and stands on it
	relic    *relic // the server is an old one
}

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// authorities are the lab's root and intermediate.
type authorities struct {
	today              time.Time
	root, intermediate authority
}

const (
	rootName         = "Campanile Lab Root CA – NOT FOR REAL USE"
	intermediateName = "Campanile Lab Intermediate CA – NOT FOR REAL USE"
	intermediateFile = "/intermediate.cer"
	revocationFile   = "/intermediate.crl"
)

func newAuthorities(today time.Time) (*authorities, error) {
	a := &authorities{today: today}
	var err error
	if a.root, err = a.newRoot(); err != nil {
		return nil, err
	}
	template := a.template(intermediateName, -200, 1000)
	template.IsCA, template.MaxPathLenZero = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	a.intermediate, err = sign(template, a.root)
	return a, err
}

// newRoot makes a root that can certify names under .test and nothing else
// (RFC 5280 section 4.2.1.10): its key is public, and if somebody trusts it by
// mistake, no real name is in danger.
func (a *authorities) newRoot() (authority, error) {
	template := a.template(rootName, -400, 3650)
	template.IsCA = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	template.PermittedDNSDomainsCritical = true
	template.PermittedDNSDomains = []string{"test"}
	template.PermittedEmailAddresses = []string{".test"}
	template.ExcludedIPRanges = []*net.IPNet{
		{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)},
		{IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)},
	}
	return sign(template, authority{})
}

// template has a serial number that follows from the name, so that it never
// changes.
func (a *authorities) template(name string, from, to int) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          serialOf(name),
		Subject:               pkix.Name{CommonName: name, Organization: []string{"Laboratorio Campanile"}},
		NotBefore:             a.today.AddDate(0, 0, from),
		NotAfter:              a.today.AddDate(0, 0, to).Add(12 * time.Hour),
		BasicConstraintsValid: true,
	}
}

func serialOf(name string) *big.Int {
	serial := sha256.Sum256([]byte("serial of " + name))
	return new(big.Int).SetBytes(append([]byte{1}, serial[:15]...))
}

// sign issues the certificate; without a parent it signs itself.
func sign(template *x509.Certificate, parent authority) (authority, error) {
	key, err := p256("certificate of " + template.Subject.CommonName)
	if err != nil {
		return authority{}, err
	}
	return signFor(key, template, parent)
}

// signFor issues the certificate of a key.
func signFor(key crypto.Signer, template *x509.Certificate, parent authority) (authority, error) {
	name := template.Subject.CommonName
	if parent.certificate == nil {
		parent = authority{template, key}
	}
	der, err := x509.CreateCertificate(nil, template, parent.certificate, key.Public(), steady{parent.key})
	if err != nil {
		return authority{}, fmt.Errorf("signing the certificate of %s: %w", name, err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return authority{}, fmt.Errorf("reading the certificate of %s: %w", name, err)
	}
	return authority{certificate, key}, nil
}

// leaf issues the certificate of a server that answers for the names. Its key
// follows from the first name.
func (a *authorities) leaf(id identity, served []string) (authority, error) {
	names := id.titles(served)
	from, to := id.from, id.to
	if from == 0 && to == 0 {
		from, to = -30, 60
	}
	template := a.template(names[0], from, to)
	template.DNSNames = names
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	template.Subject.CommonName = cmp.Or(id.subject, names[0])
	if id.issuer == byItself {
		return sign(template, authority{})
	}
	template.IssuingCertificateURL = []string{caAddress(intermediateFile)}
	if id.listed {
		template.CRLDistributionPoints = []string{caAddress(revocationFile)}
	}
	if id.sha1 {
		template.SignatureAlgorithm = x509.ECDSAWithSHA1
	}
	if id.rsa == (pair{}) {
		return sign(template, a.intermediate)
	}
	template.KeyUsage |= x509.KeyUsageKeyEncipherment
	key, err := rsaKey(id.rsa)
	if err != nil {
		return authority{}, err
	}
	return signFor(key, template, a.intermediate)
}

// titles are the names in the certificate of a server that answers for those
// served.
func (id identity) titles(served []string) []string {
	if id.names != nil {
		return id.names
	}
	return served
}

// caAddress is where the authority publishes a file.
func caAddress(file string) string { return "http://" + strings.TrimSuffix(caHost, ".") + file }

// revocations is the authority's list of the certificates that it took back, all
// of them last week because somebody else has the key (RFC 5280 section 5).
func (a *authorities) revocations(serials []*big.Int) ([]byte, error) {
	const keyCompromise = 1
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: a.today, NextUpdate: a.today.AddDate(0, 0, 7)}
	for _, serial := range serials {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{
			SerialNumber: serial, RevocationTime: a.today.AddDate(0, 0, -7), ReasonCode: keyCompromise,
		})
	}
	der, err := x509.CreateRevocationList(nil, list, a.intermediate.certificate, steady{a.intermediate.key})
	if err != nil {
		return nil, fmt.Errorf("signing the revocation list: %w", err)
	}
	return der, nil
}

// config is the TLS side of a server that answers for the names.
func (a *authorities) config(id identity, served []string) (*tls.Config, error) {
	leaf, err := a.leaf(id, served)
	if err != nil {
		return nil, err
	}
	chain := [][]byte{leaf.certificate.Raw}
	if id.issuer == byIntermediate && !id.alone {
		chain = append(chain, a.intermediate.certificate.Raw)
	}
	config := &tls.Config{
		Certificates:           []tls.Certificate{{Certificate: chain, PrivateKey: leaf.key}},
		MinVersion:             tls.VersionTLS12,
		MaxVersion:             id.most,
		CipherSuites:           soundSuites(),
		NextProtos:             []string{"http/1.1"},
		SessionTicketsDisabled: true,
	}
	if id.least != 0 {
		config.MinVersion, config.CipherSuites = id.least, nil // what Go's server takes by itself
	}
	if id.classic {
		config.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256}
	}
	if id.static {
		config.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	}
	if id.relic != nil {
		id.relic.adjust(config)
	}
	return config, nil
}

// soundSuites are those with forward secrecy and authenticated encryption (RFC
// 9325 section 4.2).
func soundSuites() []uint16 {
	return []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	}
}

// pin is the TLSA record data "DANE-EE, public key, SHA-256" of a certificate
// (RFC 7672 section 3.1).
func (a authority) pin() string {
	sum := sha256.Sum256(a.certificate.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

func (a authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}
