package scan_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
	"time"
)

// unread are the verdicts on a certificate of which nothing could be read.
const unread = "expired:open not-yet-valid:open expiring:open wrong-host:open untrusted:open chain-incomplete:open key-weak:open signature-weak:open malformed:open"

// broken are the verdicts on a certificate that crypto/x509 refuses and another
// reader reads.
const broken = "untrusted:open chain-incomplete:open malformed:fail"

// forms are certificates that break the rules of their form.
func (w workshop) forms(t *testing.T) []situation {
	t.Helper()
	leaf := w.leaf(t, w.middle, w.rsa(t, 2048))
	serial := append([]byte{2, 8}, leaf.SerialNumber.Bytes()...)
	one := w.leaf(t, w.middle, w.rsa(t, 2048), func(c *x509.Certificate) { c.SerialNumber = big.NewInt(1) })
	curve := w.leaf(t, w.middle, w.ec(t, "leaf", elliptic.P256()))
	p256 := []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}
	town := w.leaf(t, w.middle, w.rsa(t, 2048), func(c *x509.Certificate) { c.Subject.CommonName = "Comune" })
	negative := slices.Clone(serial)
	negative[2] |= 0x80
	forged := func(old, now []byte) server {
		return server{chain: shown(reforge(t, leaf, w.middle, crypto.SHA256, old, now), w.middle), old: true}
	}
	extra := func(list ...pkix.Extension) server {
		s := w.plain(t, func(c *x509.Certificate) { c.ExtraExtensions = list })
		s.old = true
		return s
	}
	any := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Value: []byte{5, 0}}
	long := new(big.Int).Lsh(big.NewInt(3), 8*24)
	return []situation{
		{"serial-negative", forged(serial, negative), "RSA-2048 match=seen unparsed trust=unknown", broken},
		{"serial-negative-in-tls-1.3", server{chain: forged(serial, negative).chain}, "RSA-2048 match=seen unparsed", broken},
		{"serial-zero", server{chain: shown(reforge(t, one, w.middle, crypto.SHA256, []byte{0xa0, 3, 2, 1, 2, 2, 1, 1}, []byte{0xa0, 3, 2, 1, 2, 2, 1, 0}), w.middle)}, "match=seen trust=seen", "malformed:fail"},
		{"serial-too-long", w.plain(t, func(c *x509.Certificate) { c.SerialNumber = long }), "match=seen trust=seen", "malformed:fail"},
		{"extension-twice", extra(any, any), "match=seen unparsed", broken},
		{"names-in-unicode", server{chain: shown(reforge(t, town, w.middle, crypto.SHA256, []byte("comune.example"), []byte("c\xc3\xb2mun.example")), w.middle), old: true}, "match=absent unparsed RSA-2048 SHA256-RSA", "wrong-host:fail " + broken},
		{"curve-of-192-bits", server{chain: shown(reforge(t, curve, w.middle, crypto.SHA256, p256, append(slices.Clone(p256[:7]), 1)), w.middle), old: true}, "ECDSA-192 secp192r1 match=seen unparsed", "untrusted:open chain-incomplete:open key-weak:fail malformed:open"},
		{"key-of-an-unknown-kind", server{chain: shown(reforge(t, curve, w.middle, crypto.SHA256, p256, append(slices.Clone(p256[:7]), 0x55)), w.middle), old: true}, "match=seen unparsed", "untrusted:open chain-incomplete:open key-weak:open malformed:open"},
		{"alternative-names-broken", extra(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: []byte{0x30, 0x7f, 1}}), "match=unknown RSA-2048 unparsed", "wrong-host:open untrusted:open chain-incomplete:open malformed:open"},
		{"key-usage-broken", extra(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 15}, Value: []byte{0x30, 0}}), "match=seen unparsed", broken},
		{"version-1-with-extensions", forged([]byte{0xa0, 3, 2, 1, 2}, []byte{0xa0, 3, 2, 1, 0}), "trust=seen match=absent", "wrong-host:fail malformed:fail"},
		{"rubbish", server{chain: tls.Certificate{Certificate: [][]byte{{0x30, 3, 1, 2, 3}}, PrivateKey: leaf.key}, old: true}, "unparsed", unread},
	}
}

// together are several faults at once: none hides another.
func (w workshop) together(t *testing.T) []situation {
	t.Helper()
	listed := func(c *x509.Certificate) { c.CRLDistributionPoints = []string{crlAt} }
	expired := lasting(-90*aDay, -aDay)
	bad := w.leaf(t, w.middle, w.rsa(t, 1024), expired, called("altro.example"), listed)
	list := map[string][]byte{"/list.crl": listOf(t, w.middle, nil, bad.SerialNumber)}
	return []situation{
		{"expired-and-wrong-name", w.plain(t, expired, called("altro.example")), "trust=seen match=absent", "expired:fail expiring:n/a wrong-host:fail"},
		{"expired-and-unknown-authority", server{chain: shown(w.leaf(t, w.stranger, w.rsa(t, 2048), expired))}, "trust=absent", "expired:fail expiring:n/a untrusted:fail chain-incomplete:n/a"},
		{"expired-and-self-signed-for-another", server{chain: shown(w.leaf(t, holder{}, w.rsa(t, 1024), expired, called("altro.example")))}, "self-signed", "expired:fail expiring:n/a wrong-host:fail untrusted:fail chain-incomplete:n/a key-weak:fail signature-weak:n/a"},
		{"not-yet-and-wrong-name-and-short-key", server{chain: shown(w.leaf(t, w.middle, w.rsa(t, 1024), lasting(aDay, 50*aDay), called("altro.example")), w.middle)}, "trust=seen", "not-yet-valid:fail wrong-host:fail key-weak:fail"},
		{"expired-and-revoked", server{chain: shown(bad, w.middle), files: list}, "revoked=seen", "expired:fail expiring:n/a wrong-host:fail key-weak:fail revoked:fail"},
		{"expired-and-left-off-the-list", server{chain: shown(bad, w.middle), files: map[string][]byte{"/list.crl": listOf(t, w.middle, func(l *x509.RevocationList) { l.ThisUpdate = scanned().Add(-time.Hour) })}}, "revoked=", "expired:fail expiring:n/a wrong-host:fail key-weak:fail"},
		{"everything", server{
			chain: shown(reforge(t, bad, w.middle, crypto.SHA1, rsaWith(11), rsaWith(5)), w.middle), files: list,
		}, "SHA1-RSA", "expired:fail expiring:n/a wrong-host:fail untrusted:open chain-incomplete:open key-weak:fail signature-weak:fail revoked:open"},
	}
}
