package mail

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"slices"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// pin is one TLSA record that senders can use.
type pin struct {
	records.TLSA
	text string
}

// parsed reads the certificates as presented, nil when one cannot be read.
func parsed(list []evidence.Certificate) []*x509.Certificate {
	chain := make([]*x509.Certificate, len(list))
	for i, c := range list {
		var err error
		if chain[i], err = x509.ParseCertificate(c.DER); err != nil {
			return nil
		}
	}
	return chain
}

// Why a record does not fit.
const (
	noMatch   = "no-match"
	wrongName = "wrong-name"
	outOfDate = "expired"
)

// faultOf says why the chain does not fit the record; nothing when it does.
func (p pin) faultOf(chain []*x509.Certificate, names []string, now time.Time) string {
	const endEntity = 3
	if p.Usage == endEntity {
		// RFC 7672 section 3.1.1: neither the name nor the time of the server's
		// own certificate counts.
		if p.matches(chain[0]) {
			return ""
		}
		return noMatch
	}
	// RFC 7672 section 3.1.2: an authority that the record names, whose chain, name and
	// time are checked.
	fault := noMatch
	for _, anchor := range p.anchors(chain) {
		switch {
		case !verifies(chain, anchor, now) && !everVerified(chain, anchor):
		case !verifies(chain, anchor, now):
			fault = outOfDate
		case !isFor(chain[0], names):
			fault = wrongName
		default:
			return ""
		}
	}
	return fault
}

// anchors lists the authorities that the record names: those of the presented
// chain, and one that stands in the record as a whole (RFC 7671 section 5.2.2).
func (p pin) anchors(chain []*x509.Certificate) []*x509.Certificate {
	var list []*x509.Certificate
	for _, c := range chain[1:] {
		if p.matches(c) {
			list = append(list, c)
		}
	}
	if p.Selector == 0 && p.Matching == 0 {
		if whole, err := x509.ParseCertificate(p.Data); err == nil {
			list = append(list, whole)
		}
	}
	return list
}

// matches holds a certificate against the record (RFC 6698 section 2.1).
func (p pin) matches(c *x509.Certificate) bool {
	selected := c.Raw
	if p.Selector == 1 {
		selected = c.RawSubjectPublicKeyInfo
	}
	switch p.Matching {
	case 1:
		sum := sha256.Sum256(selected)
		selected = sum[:]
	case 2:
		sum := sha512.Sum512(selected)
		selected = sum[:]
	}
	return bytes.Equal(selected, p.Data)
}

// verifies reports whether a chain leads from the leaf to the authority at the
// time.
func verifies(chain []*x509.Certificate, anchor *x509.Certificate, at time.Time) bool {
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: at}
	options.Roots.AddCert(anchor)
	for _, c := range chain[1:] {
		options.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(options)
	return err == nil
}

// everVerified leaves the time aside: at the beginning or the end of the leaf or
// the authority.
func everVerified(chain []*x509.Certificate, anchor *x509.Certificate) bool {
	for _, c := range []*x509.Certificate{chain[0], anchor} {
		if verifies(chain, anchor, c.NotBefore.Add(time.Second)) || verifies(chain, anchor, c.NotAfter.Add(-time.Second)) {
			return true
		}
	}
	return false
}

// isFor compares names (RFC 7672 section 3.2.3); without names of its own kind a
// certificate speaks by its common name.
func isFor(leaf *x509.Certificate, names []string) bool {
	if len(leaf.DNSNames) == 0 {
		leaf = &x509.Certificate{DNSNames: []string{leaf.Subject.CommonName}}
	}
	return slices.ContainsFunc(names, func(name string) bool { return leaf.VerifyHostname(name) == nil })
}
