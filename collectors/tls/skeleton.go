package tls

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	encoding "encoding/asn1"
	"encoding/hex"
	"math/big"
	"net"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// pieces are the signed part of a certificate, in pieces (RFC 5280 section 4.1).
type pieces struct {
	version, serial, algorithm, issuer, validity, subject, key, extensions cryptobyte.String
}

// skeletonOf reads a certificate with a fault in its key, its serial number or
// an extension: what is left without them, crypto/x509 reads, and of them it keeps
// what can be made out.
func skeletonOf(der []byte) (c *x509.Certificate, whole bool) {
	p, ok := takeApart(der)
	if !ok {
		return nil, false
	}
	c, err := x509.ParseCertificate(p.bare())
	if err != nil {
		return nil, false
	}
	c.Raw, c.RawTBSCertificate, c.RawSubjectPublicKeyInfo, c.Signature = der, nil, p.key, nil
	c.PublicKeyAlgorithm, c.PublicKey = x509.UnknownPublicKeyAlgorithm, strangeKey(p.key)
	if key, err := x509.ParsePKIXPublicKey(p.key); err == nil {
		c.PublicKey = key
	}
	var serial cryptobyte.String
	if p.serial.ReadASN1(&serial, asn1.INTEGER) {
		c.SerialNumber = new(big.Int).SetBytes(serial)
	}
	c.Extensions = extensionsIn(p.extensions)
	c.DNSNames, c.IPAddresses, whole = namesIn(extensionOf(c.Extensions, encoding.ObjectIdentifier{2, 5, 29, 17}))
	return c, whole
}

func takeApart(der []byte) (pieces, bool) {
	var p pieces
	var outer, inner cryptobyte.String
	input := cryptobyte.String(der)
	if !input.ReadASN1(&outer, asn1.SEQUENCE) || !outer.ReadASN1(&inner, asn1.SEQUENCE) {
		return p, false
	}
	context := func(n uint8) asn1.Tag { return asn1.Tag(n).Constructed().ContextSpecific() }
	ok := inner.ReadOptionalASN1(&p.version, nil, context(0)) &&
		inner.ReadASN1Element(&p.serial, asn1.INTEGER) &&
		inner.ReadASN1Element(&p.algorithm, asn1.SEQUENCE) &&
		inner.ReadASN1Element(&p.issuer, asn1.SEQUENCE) &&
		inner.ReadASN1Element(&p.validity, asn1.SEQUENCE) &&
		inner.ReadASN1Element(&p.subject, asn1.SEQUENCE) &&
		inner.ReadASN1Element(&p.key, asn1.SEQUENCE)
	inner.SkipOptionalASN1(asn1.Tag(1).ContextSpecific())
	inner.SkipOptionalASN1(asn1.Tag(2).ContextSpecific())
	inner.ReadOptionalASN1(&p.extensions, nil, context(3))
	return p, ok
}

// bare is a certificate of the same names, times and algorithm, with nothing else
// of its own.
func (p pieces) bare() []byte {
	key, _ := hex.DecodeString("302a300506032b6570032100") // Ed25519 (RFC 8410 section 4)
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			for _, each := range [][]byte{p.algorithm, p.issuer, p.validity, p.subject, key, make([]byte, 32)} {
				b.AddBytes(each)
			}
		})
		b.AddBytes(p.algorithm)
		b.AddASN1BitString([]byte{0})
	})
	return b.BytesOrPanic()
}

// extensionsIn reads extensions up to the first that is broken.
func extensionsIn(content cryptobyte.String) []pkix.Extension {
	var list, each cryptobyte.String
	if !content.ReadASN1(&list, asn1.SEQUENCE) {
		return nil
	}
	var found []pkix.Extension
	for list.ReadASN1(&each, asn1.SEQUENCE) {
		var e pkix.Extension
		var value cryptobyte.String
		ok := each.ReadASN1ObjectIdentifier(&e.Id)
		if each.PeekASN1Tag(asn1.BOOLEAN) {
			ok = ok && each.ReadASN1Boolean(&e.Critical)
		}
		if !ok || !each.ReadASN1(&value, asn1.OCTET_STRING) {
			break
		}
		e.Value = value
		found = append(found, e)
	}
	return found
}

// namesIn reads subject alternative names as far as they go (RFC 5280 section
// 4.2.1.6), whatever characters they have.
func namesIn(extension []byte) (names []string, addresses []net.IP, whole bool) {
	var list, each cryptobyte.String
	var tag asn1.Tag
	input := cryptobyte.String(extension)
	if !input.ReadASN1(&list, asn1.SEQUENCE) {
		return nil, nil, false
	}
	for list.ReadAnyASN1(&each, &tag) {
		switch {
		case tag == asn1.Tag(2).ContextSpecific():
			names = append(names, string(each))
		case tag == asn1.Tag(7).ContextSpecific() && (len(each) == net.IPv4len || len(each) == net.IPv6len):
			addresses = append(addresses, net.IP(bytes.Clone(each)))
		}
	}
	return names, addresses, list.Empty()
}

// oddCurve is a key on a curve that crypto/ecdsa does not have.
type oddCurve struct {
	name string
	bits int
}

// strangeKey recognises a key by the object identifier of its curve (RFC 5480
// section 2.1.1, RFC 5639 section 4), nil where it is not known.
func strangeKey(info cryptobyte.String) any {
	var outer, algorithm cryptobyte.String
	var kind, curve encoding.ObjectIdentifier
	if !info.ReadASN1(&outer, asn1.SEQUENCE) || !outer.ReadASN1(&algorithm, asn1.SEQUENCE) ||
		!algorithm.ReadASN1ObjectIdentifier(&kind) || !algorithm.ReadASN1ObjectIdentifier(&curve) {
		return nil
	}
	key, ok := map[string]oddCurve{
		"1.2.840.10045.3.1.1": {"secp192r1", 192}, "1.3.132.0.31": {"secp192k1", 192},
		"1.3.132.0.8": {"secp160r1", 160}, "1.3.132.0.9": {"secp160k1", 160}, "1.3.132.0.30": {"secp160r2", 160},
		"1.3.132.0.32": {"secp224k1", 224}, "1.3.132.0.10": {"secp256k1", 256},
		"1.3.132.0.1": {"sect163k1", 163}, "1.3.132.0.15": {"sect163r2", 163},
		"1.3.132.0.26": {"sect233k1", 233}, "1.3.132.0.27": {"sect233r1", 233},
		"1.3.132.0.16": {"sect283k1", 283}, "1.3.132.0.17": {"sect283r1", 283},
		"1.3.36.3.3.2.8.1.1.7": {"brainpoolP256r1", 256}, "1.3.36.3.3.2.8.1.1.11": {"brainpoolP384r1", 384},
		"1.3.36.3.3.2.8.1.1.13": {"brainpoolP512r1", 512},
	}[curve.String()]
	if !ok || kind.String() != "1.2.840.10045.2.1" {
		return nil
	}
	return key
}
