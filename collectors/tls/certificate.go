package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// parse reads the certificates as far as crypto/x509 can, nil where it refuses
// one, and gives the facts of each, by a more lenient reader if need be.
func parse(raw [][]byte) ([]*x509.Certificate, []evidence.Certificate) {
	raw = raw[:min(len(raw), evidence.MaxChain)]
	parsed := make([]*x509.Certificate, len(raw))
	facts := make([]evidence.Certificate, len(raw))
	for i, der := range raw {
		certificate, err := x509.ParseCertificate(der)
		if err == nil && heavy(der) {
			err = errHeavy
		}
		if err == nil {
			parsed[i], facts[i] = certificate, factsOf(certificate)
			continue
		}
		facts[i] = bare(der)
		if read, _ := leniently(der); read != nil {
			facts[i] = factsOf(read)
		}
		facts[i].Unparsed = evidence.Clip(err.Error(), evidence.MaxDetail)
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
	facts.Curve = curveOf(c)
	facts.KeyFault = faultOf(c.PublicKey)
	if c.SignatureAlgorithm != x509.UnknownSignatureAlgorithm {
		facts.Signature = c.SignatureAlgorithm.String()
	}
	facts.SelfSigned = selfSigned(c)
	facts.MustStaple = mustStaple(c)
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
	case oddCurve:
		return "ECDSA", key.bits
	}
	if c.PublicKeyAlgorithm == x509.UnknownPublicKeyAlgorithm {
		return "", 0
	}
	return c.PublicKeyAlgorithm.String(), 0 // nothing that a browser takes
}

// curveOf gives the name of a key's curve in the registry of TLS groups.
func curveOf(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *ecdsa.PublicKey:
		return map[elliptic.Curve]string{
			elliptic.P224(): "secp224r1", elliptic.P256(): "secp256r1", elliptic.P384(): "secp384r1", elliptic.P521(): "secp521r1",
		}[key.Curve]
	case oddCurve:
		return key.name
	}
	return ""
}

// mustStaple reports whether the certificate demands a stapled OCSP response:
// feature 5, status_request, in the extension of RFC 7633 section 4.2.
func mustStaple(c *x509.Certificate) bool {
	var features []int
	_, err := asn1.Unmarshal(extensionOf(c.Extensions, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}), &features)
	return err == nil && slices.Contains(features, 5)
}

// extensionOf gives the content of an extension, nothing where there is none.
func extensionOf(list []pkix.Extension, id asn1.ObjectIdentifier) []byte {
	for _, e := range list {
		if e.Id.Equal(id) {
			return e.Value
		}
	}
	return nil
}

// selfSigned reports whether the certificate is its own issuer. A signature
// with a broken hash is not verified by crypto/x509; equal names must do.
func selfSigned(c *x509.Certificate) bool {
	if !bytes.Equal(c.RawSubject, c.RawIssuer) || len(c.Signature) == 0 {
		return false
	}
	err := c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
	var broken x509.InsecureAlgorithmError
	return err == nil || errors.As(err, &broken)
}
