package scan_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"

	"golang.org/x/crypto/ocsp"
)

func (w workshop) chains(t *testing.T) []situation {
	t.Helper()
	pointing := func(address string) twist {
		return func(c *x509.Certificate) { c.IssuingCertificateURL = []string{address} }
	}
	without := func(address string, files map[string][]byte) server {
		return server{chain: shown(w.leaf(t, w.middle, w.rsa(t, 2048), pointing(address))), files: files}
	}
	leaf, deep := w.leaf(t, w.middle, w.rsa(t, 2048)), w.leaf(t, w.lower, w.rsa(t, 2048))
	over := w.below(t, w.root, "Intermediate of last year", lasting(-1000*aDay, -200*aDay))
	soon := w.below(t, w.root, "Intermediate that has ended", lasting(-1000*aDay, -aDay))
	const open = "untrusted:open chain-incomplete:open"
	return []situation{
		{"straight-from-the-root", server{chain: shown(w.leaf(t, w.root, w.rsa(t, 2048)))}, "trust=seen", ""},
		{"two-intermediates", server{chain: shown(deep, w.lower, w.middle)}, "trust=seen", ""},
		{"surplus-root", server{chain: shown(leaf, w.middle, w.root)}, "trust=seen", ""},
		{"reversed", server{chain: shown(deep, w.root, w.middle, w.lower)}, "trust=seen", ""},
		{"a-stranger-along", server{chain: shown(leaf, w.stranger, w.middle)}, "trust=seen", ""},
		{"the-leaf-twice", server{chain: shown(leaf, leaf, w.middle)}, "trust=seen", ""},
		{"rubbish-along", server{chain: shown(leaf, w.middle, holder{der: []byte{0x30, 0x03, 1, 2, 3}}), old: true}, "trust=seen", ""},
		{"missing-and-no-pointer", server{chain: shown(leaf)}, "trust=absent unknown-authority", alone()},
		{"missing-and-fetched", without("http://ca.example/middle.der", map[string][]byte{"/middle.der": w.middle.der}), "trust=seen", "chain-incomplete:fail"},
		{"missing-and-not-found", without("http://ca.example/gone.der", nil), "trust=unknown", open},
		{"missing-and-unreachable", without("http://closed.example/middle.der", nil), "trust=unknown", open},
		{"missing-and-another-there", without("http://ca.example/middle.der", map[string][]byte{"/middle.der": w.stranger.der}), "trust=absent unknown-authority", alone()},
		{"self-signed", server{chain: shown(w.leaf(t, holder{}, w.rsa(t, 2048)))}, "trust=absent self-signed", alone("signature-weak:n/a")},
		{"unknown-authority", server{chain: shown(w.leaf(t, w.stranger, w.rsa(t, 2048)))}, "trust=absent unknown-authority", alone()},
		{"unknown-authority-and-its-root", server{chain: shown(w.leaf(t, w.stranger, w.rsa(t, 2048)), w.stranger)}, "trust=absent unknown-authority", alone()},
		{"intermediate-over-before-the-leaf", server{chain: shown(w.leaf(t, over, w.rsa(t, 2048)), over)}, "trust=absent unknown-authority", alone()},
		{"intermediate-over-since-yesterday", server{chain: shown(w.leaf(t, soon, w.rsa(t, 2048)), soon)}, "trust=seen", ""},
	}
}

// limits are what authorities and purposes allow.
func (w workshop) limits(t *testing.T) []situation {
	t.Helper()
	via := func(name string, alter twist) server {
		above := w.below(t, w.root, name, alter)
		return server{chain: shown(w.leaf(t, above, w.rsa(t, 2048)), above)}
	}
	usage := func(list ...x509.ExtKeyUsage) twist {
		return func(c *x509.Certificate) { c.ExtKeyUsage = list }
	}
	flat := w.below(t, w.root, "Intermediate above leaves only", func(c *x509.Certificate) { c.MaxPathLenZero = true })
	under := w.below(t, flat, "Intermediate too many")
	critical := pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}
	return []situation{
		{"constrained-to-others", via("Intermediate for others", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"altrove.example"} }), "trust=absent constraint match=seen", alone()},
		{"constrained-against-us", via("Intermediate for all but us", func(c *x509.Certificate) { c.ExcludedDNSDomains = []string{"comune.example"} }), "trust=absent constraint", alone()},
		{"constrained-to-us", via("Intermediate for us", func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"comune.example"} }), "trust=seen", ""},
		{"for-clients", w.plain(t, usage(x509.ExtKeyUsageClientAuth)), "trust=absent not-for-servers", alone()},
		{"for-mail", w.plain(t, usage(x509.ExtKeyUsageEmailProtection)), "trust=absent not-for-servers", alone()},
		{"for-servers-and-clients", w.plain(t, usage(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth)), "trust=seen", ""},
		{"for-no-purpose-named", w.plain(t, usage()), "trust=seen", ""},
		{"for-any-purpose", w.plain(t, usage(x509.ExtKeyUsageAny)), "trust=seen", ""},
		{"intermediate-for-clients", via("Intermediate for clients", usage(x509.ExtKeyUsageClientAuth)), "trust=absent not-for-servers", alone()},
		{"intermediate-that-is-no-authority", via("No authority", func(c *x509.Certificate) {
			c.IsCA, c.KeyUsage, c.SubjectKeyId = false, x509.KeyUsageDigitalSignature, []byte{1, 2, 3, 4}
		}), "trust=absent", alone()},
		{"one-intermediate-too-many", server{chain: shown(w.leaf(t, under, w.rsa(t, 2048)), under, flat)}, "trust=absent", alone()},
		{"critical-extension-that-nobody-knows", w.plain(t, func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{critical} }), "trust=absent malformed", alone()},
	}
}

func (w workshop) lists(t *testing.T) []situation {
	t.Helper()
	listed := func(c *x509.Certificate) { c.CRLDistributionPoints = []string{crlAt} }
	leaf := w.leaf(t, w.middle, w.rsa(t, 2048), listed)
	with := func(der []byte) server {
		return server{chain: shown(leaf, w.middle), files: map[string][]byte{"/list.crl": der}}
	}
	made := func(change func(*x509.RevocationList), serials ...*big.Int) server {
		return with(listOf(t, w.middle, change, serials...))
	}
	extended := func(e pkix.Extension) func(*x509.RevocationList) {
		return func(l *x509.RevocationList) { l.ExtraExtensions = []pkix.Extension{e} }
	}
	pointing := func(addresses ...string) server {
		return w.plain(t, func(c *x509.Certificate) { c.CRLDistributionPoints = addresses })
	}
	serial := leaf.SerialNumber
	const open = "revoked:open"
	return []situation{
		{"revoked-by-list", made(nil, big.NewInt(5), serial), "revoked=seen crl 2026-11-20 keyCompromise", "revoked:fail"},
		{"not-on-the-list", made(nil, big.NewInt(5)), "revoked=absent crl", "revoked:pass"},
		{"empty-list", made(nil), "revoked=absent crl", "revoked:pass"},
		{"list-of-this-point", made(extended(issuing(crlAt))), "revoked=absent", "revoked:pass"},
		{"list-of-another-point", made(extended(issuing("http://ca.example/other.crl"))), "revoked=unknown", open},
		{"list-of-changes-only", made(extended(pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}})), "revoked=unknown", open},
		{"list-out-of-date", made(func(l *x509.RevocationList) {
			l.ThisUpdate, l.NextUpdate = scanned().Add(-9*aDay), scanned().Add(-aDay)
		}, serial), "revoked=unknown", open},
		{"list-of-tomorrow", made(func(l *x509.RevocationList) { l.ThisUpdate = scanned().Add(aDay) }, serial), "revoked=unknown", open},
		{"list-signed-by-another", with(listOf(t, w.stranger, nil, serial)), "revoked=unknown malformed", open},
		{"list-too-large", with(make([]byte, 9<<20)), "revoked=unknown too-large", open},
		{"list-is-a-page", with([]byte("<html>moved</html>")), "revoked=unknown malformed", open},
		{"list-not-found", server{chain: shown(leaf, w.middle)}, "revoked=unknown malformed", open},
		{"list-unreachable", pointing("http://closed.example/list.crl"), "revoked=unknown refused", open},
		{"list-in-a-directory-only", pointing("ldap:///cn=list"), "revoked=unknown not-permitted", open},
		{"list-in-a-directory-besides", server{chain: pointing("ldap:///cn=list", crlAt).chain, files: map[string][]byte{"/list.crl": listOf(t, w.middle, nil)}}, "revoked=absent", "revoked:pass"},
	}
}

// issuing is the extension IssuingDistributionPoint with one address.
func issuing(address string) pkix.Extension {
	wrap := func(tag byte, content []byte) []byte { return append([]byte{tag, byte(len(content))}, content...) }
	name := wrap(0xa0, wrap(0x86, []byte(address)))
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: wrap(0x30, wrap(0xa0, name))}
}

func (w workshop) staples(t *testing.T) []situation {
	t.Helper()
	leaf := w.leaf(t, w.middle, w.rsa(t, 2048))
	must := w.leaf(t, w.middle, w.rsa(t, 2048), func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}}
	})
	listed := w.leaf(t, w.middle, w.rsa(t, 2048), func(c *x509.Certificate) { c.CRLDistributionPoints = []string{crlAt} })
	responder := w.leaf(t, w.middle, w.rsa(t, 3072), func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning} })
	neighbour := w.leaf(t, w.middle, w.rsa(t, 3072))
	with := func(h holder, staple []byte) server {
		s := server{chain: shown(h, w.middle)}
		s.chain.OCSPStaple = staple
		return s
	}
	by := func(h, responder holder, change func(*ocsp.Response)) server {
		return with(h, stapleOf(t, h, w.middle, responder, change))
	}
	taken := func(r *ocsp.Response) {
		r.Status, r.RevokedAt, r.RevocationReason = ocsp.Revoked, scanned().Add(-3*aDay), 4
	}
	past := func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = scanned().Add(-9*aDay), scanned().Add(-aDay) }
	both := by(listed, w.middle, taken)
	both.files = map[string][]byte{"/list.crl": listOf(t, w.middle, nil)}
	stale := by(listed, w.middle, past)
	stale.files = both.files
	late := by(must, w.middle, nil)
	late.late = true
	return []situation{
		{"staple-good", by(leaf, w.middle, nil), "staple=seen good revoked=absent staple", "revoked:pass"},
		{"staple-revoked", by(leaf, w.middle, taken), "staple=seen revoked=seen staple 2026-11-19 superseded", "revoked:fail"},
		{"staple-revoked-before-the-list", both, "staple=seen revoked=seen", "revoked:fail"},
		{"staple-by-a-responder", by(leaf, responder, taken), "staple=seen revoked=seen", "revoked:fail"},
		{"staple-by-any-server", by(leaf, neighbour, nil), "staple=unknown revoked=", ""},
		{"staple-by-a-stranger", by(leaf, w.stranger, taken), "staple=unknown revoked=", ""},
		{"staple-out-of-date", by(leaf, w.middle, past), "staple=unknown revoked=", ""},
		{"staple-out-of-date-and-a-list", stale, "staple=unknown revoked=absent crl", "revoked:pass"},
		{"staple-of-another", with(leaf, stapleOf(t, holder{Certificate: &x509.Certificate{SerialNumber: big.NewInt(9)}}, w.middle, w.middle, nil)), "staple=unknown", ""},
		{"staple-knows-nothing", by(leaf, w.middle, func(r *ocsp.Response) { r.Status = ocsp.Unknown }), "staple=seen unknown revoked=", ""},
		{"staple-is-rubbish", with(leaf, []byte("good")), "staple=unknown revoked=", ""},
		{"must-staple-without", with(must, nil), "staple=absent", "malformed:fail"},
		{"must-staple-late", late, "staple=seen good revoked=absent staple", "revoked:pass"},
		{"must-staple-with", by(must, w.middle, nil), "staple=seen good", "revoked:pass"},
		{"must-staple-out-of-date", by(must, w.middle, past), "staple=unknown", "malformed:open"},
	}
}
