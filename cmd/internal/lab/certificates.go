package lab

import (
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
	static   bool   // an RSA key, with which clients may encrypt the secret: no forward secrecy
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
	serial := sha256.Sum256([]byte("serial of " + name))
	return &x509.Certificate{
		SerialNumber:          new(big.Int).SetBytes(append([]byte{1}, serial[:15]...)),
		Subject:               pkix.Name{CommonName: name, Organization: []string{"Laboratorio Campanile"}},
		NotBefore:             a.today.AddDate(0, 0, from),
		NotAfter:              a.today.AddDate(0, 0, to).Add(12 * time.Hour),
		BasicConstraintsValid: true,
	}
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
	names := id.names
	if names == nil {
		names = served
	}
	from, to := id.from, id.to
	if from == 0 && to == 0 {
		from, to = -30, 60
	}
	template := a.template(names[0], from, to)
	template.DNSNames = names
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if id.issuer == byItself {
		return sign(template, authority{})
	}
	template.IssuingCertificateURL = []string{"http://" + strings.TrimSuffix(caHost, ".") + intermediateFile}
	if id.static {
		template.KeyUsage |= x509.KeyUsageKeyEncipherment
		key, err := rsaKey(long())
		if err != nil {
			return authority{}, err
		}
		return signFor(key, template, a.intermediate)
	}
	return sign(template, a.intermediate)
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
		NextProtos:             []string{"http/1.1"},
		SessionTicketsDisabled: true,
	}
	if id.least != 0 {
		config.MinVersion = id.least
	}
	if id.static {
		config.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	}
	return config, nil
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
