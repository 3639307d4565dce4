package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// parse reads the certificates as far as crypto/x509 can, nil where it refuses
// one, and gives the facts of each.
func parse(raw [][]byte) ([]*x509.Certificate, []evidence.Certificate) {
	raw = raw[:min(len(raw), evidence.MaxChain)]
	parsed := make([]*x509.Certificate, len(raw))
	facts := make([]evidence.Certificate, len(raw))
	for i, der := range raw {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			facts[i] = bare(der)
			facts[i].Unparsed = evidence.Clip(err.Error(), evidence.MaxDetail)
			continue
		}
		parsed[i], facts[i] = certificate, factsOf(certificate)
	}
	return parsed, facts
}

// bare is what can be said of any bytes.
func bare(der []byte) evidence.Certificate {
	sum := sha256.Sum256(der)
	facts := evidence.Certificate{SHA256: hex.EncodeToString(sum[:])}
	if len(der) <= evidence.MaxCertificate {
		facts.DER = bytes.Clone(der)
	}
	return facts
}

func factsOf(c *x509.Certificate) evidence.Certificate {
	facts := bare(c.Raw)
	facts.Subject = evidence.Clip(c.Subject.String(), evidence.MaxText)
	facts.Issuer = evidence.Clip(c.Issuer.String(), evidence.MaxText)
	facts.Serial = evidence.Clip(hex.EncodeToString(c.SerialNumber.Bytes()), evidence.MaxText)
	facts.NotBefore, facts.NotAfter = dated(c.NotBefore), dated(c.NotAfter)
	facts.Names = namesOf(c)
	facts.Key, facts.KeyBits = keyOf(c)
	facts.Signature = c.SignatureAlgorithm.String()
	facts.SelfSigned = selfSigned(c)
	return facts
}

// dated is a time that JSON can hold (RFC 3339 section 1): a zone far from UTC
// may push 9999-12-31 over the edge.
func dated(at time.Time) time.Time {
	if at = at.UTC(); at.Year() < 0 || at.Year() > 9999 {
		return time.Time{}
	}
	return at
}

// namesOf lists the subject alternative names that a TLS client compares (RFC
// 9525 section 6.2).
func namesOf(c *x509.Certificate) []string {
	var names []string
	for _, name := range c.DNSNames {
		names = append(names, evidence.Clip(strings.ToLower(name), evidence.MaxText))
	}
	for _, address := range c.IPAddresses {
		names = append(names, address.String())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func keyOf(c *x509.Certificate) (kind string, bits int) {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA", key.N.BitLen()
	case *ecdsa.PublicKey:
		return "ECDSA", key.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 8 * len(key)
	}
	return c.PublicKeyAlgorithm.String(), 0 // nothing that a browser takes
}

// selfSigned reports whether the certificate is its own issuer. A signature
// with a broken hash is not verified by crypto/x509; equal names must do.
func selfSigned(c *x509.Certificate) bool {
	if !bytes.Equal(c.RawSubject, c.RawIssuer) {
		return false
	}
	err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
	var broken x509.InsecureAlgorithmError
	return err == nil || errors.As(err, &broken)
}
