package tls

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
)

// What a list says of its own scope decides whether it is good for a certificate
// (RFC 5280 section 5.2.5): a list for others that lacks it is no good news.
func TestScopeOfAList(t *testing.T) {
	t.Parallel()
	tagged := func(tag byte, content ...[]byte) []byte { return append([]byte{tag}, vector(1, content...)...) }
	at := func(address string) []byte { return tagged(0xa0, tagged(0xa0, tagged(0x86, []byte(address)))) }
	yes := []byte{0xff}
	leaf := &x509.Certificate{CRLDistributionPoints: []string{listAt}}
	authority := &x509.Certificate{CRLDistributionPoints: []string{listAt}, IsCA: true}
	for name, each := range map[string]struct {
		point   [][]byte
		of      *x509.Certificate
		usable  bool // the list as a whole
		covers  bool
		partial bool
	}{
		"says-nothing":                      {nil, leaf, true, true, false},
		"its-own-address":                   {[][]byte{at(listAt)}, leaf, true, true, false},
		"its-own-address-for-servers":       {[][]byte{at(listAt), tagged(0x81, yes)}, leaf, true, true, false},
		"another-address":                   {[][]byte{at("http://ca.example/2.crl")}, leaf, true, false, false},
		"a-name-below-the-issuer":           {[][]byte{tagged(0xa0, tagged(0xa1, []byte{}))}, leaf, true, false, false},
		"not-for-authorities":               {[][]byte{tagged(0x81, yes)}, authority, true, false, false},
		"for-authorities":                   {[][]byte{tagged(0x82, yes)}, leaf, false, false, false},
		"some-reasons-only":                 {[][]byte{tagged(0x83, []byte{6, 0x40})}, leaf, true, true, true},
		"of-several-authorities":            {[][]byte{tagged(0x84, yes)}, leaf, false, false, false},
		"of-attributes":                     {[][]byte{tagged(0x85, yes)}, leaf, false, false, false},
		"something-that-cannot-be-read":     {[][]byte{{0x81, 5}}, leaf, false, false, false},
		"an-address-that-is-not-the-leaf's": {[][]byte{at("HTTP://CA.EXAMPLE/list.crl")}, leaf, true, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			value := tagged(0x30, each.point...)
			s, err := scopeOf([]pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 28}, Critical: true, Value: value}})
			if (err == nil) != each.usable {
				t.Fatalf("got %+v, %v", s, err)
			}
			if err == nil && (s.covers(each.of) != each.covers || s.partial != each.partial) {
				t.Errorf("got %+v, which covers the certificate: %v", s, s.covers(each.of))
			}
		})
	}
	delta := pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}
	if _, err := scopeOf([]pkix.Extension{delta}); err == nil {
		t.Error("a list of changes is taken for a whole one")
	}
}
