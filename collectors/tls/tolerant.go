package tls

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math"

	lenientrsa "github.com/zmap/zcrypto/rsa"
	tolerant "github.com/zmap/zcrypto/x509"
)

// leniently reads a certificate that crypto/x509 refuses, a negative serial
// number for instance (RFC 5280 section 4.1.2.2), and says whether the names are
// whole; nil where nothing can be read. The result is good for facts and never for
// trust: crypto/x509 had its reasons.
func leniently(der []byte) (c *x509.Certificate, whole bool) {
	if heavy(der) { // zcrypto verifies what may be signed by itself
		return skeletonOf(der)
	}
	read, err := tolerant.ParseCertificate(der)
	if err != nil {
		return skeletonOf(der)
	}
	c = &x509.Certificate{
		Raw:                     read.Raw,
		RawTBSCertificate:       read.RawTBSCertificate,
		RawSubjectPublicKeyInfo: read.RawSubjectPublicKeyInfo,
		RawSubject:              read.RawSubject,
		RawIssuer:               read.RawIssuer,
		Subject:                 nameOf(read.RawSubject),
		Issuer:                  nameOf(read.RawIssuer),
		SerialNumber:            read.SerialNumber,
		NotBefore:               read.NotBefore,
		NotAfter:                read.NotAfter,
		DNSNames:                read.DNSNames,
		IPAddresses:             read.IPAddresses,
		Signature:               read.Signature,
		SignatureAlgorithm:      algorithmOf(read.SignatureAlgorithm),
		PublicKey:               keyIn(read),
		CRLDistributionPoints:   read.CRLDistributionPoints,
	}
	for _, e := range read.Extensions {
		c.Extensions = append(c.Extensions, pkix.Extension{Id: asn1.ObjectIdentifier(e.Id), Critical: e.Critical, Value: e.Value})
	}
	return c, true
}

// keyIn gives the key, nil where it is of a strange kind: the certificate
// still has a name and a time.
func keyIn(read *tolerant.Certificate) any {
	if key, err := x509.ParsePKIXPublicKey(read.RawSubjectPublicKeyInfo); err == nil {
		return key
	}
	key, ok := read.PublicKey.(*lenientrsa.PublicKey)
	if !ok {
		return strangeKey(read.RawSubjectPublicKeyInfo)
	}
	exponent := math.MaxInt // stands for any that does not fit
	if key.E.IsInt64() {
		exponent = int(key.E.Int64())
	}
	return &rsa.PublicKey{N: key.N, E: exponent}
}

func nameOf(raw []byte) pkix.Name {
	var sequence pkix.RDNSequence
	var name pkix.Name
	if _, err := asn1.Unmarshal(raw, &sequence); err == nil {
		name.FillFromRDNSequence(&sequence)
	}
	return name
}

// algorithmOf finds the algorithm of the same name.
func algorithmOf(read tolerant.SignatureAlgorithm) x509.SignatureAlgorithm {
	for a := x509.MD2WithRSA; a <= x509.PureEd25519; a++ {
		if a.String() == read.String() {
			return a
		}
	}
	return x509.UnknownSignatureAlgorithm
}
