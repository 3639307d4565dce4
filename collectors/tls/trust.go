package tls

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
)

// path is how far the certificates lead.
type path struct {
	evidence.Trust
	issuer *x509.Certificate // of the leaf, nil where it is not known
}

// trust says whether a chain leads from the presented certificates to a root,
// with the intermediates that the server should have sent where they can be
// fetched. A certificate that cannot be read is nil.
func (v visitor) trust(ctx context.Context, presented []*x509.Certificate) path {
	p := path{Trust: evidence.Trust{Roots: v.roots.Name}}
	if presented[0] == nil {
		if v.roots.Pool != nil {
			p.Observation = evidence.UnknownAt(v.session.Now(), evidence.Malformed, "the server's certificate cannot be read")
			p.Reason = "malformed"
		}
		return p
	}
	known := slices.DeleteFunc(slices.Clone(presented), func(c *x509.Certificate) bool { return c == nil })
	if v.roots.Pool == nil {
		p.issuer = signerOf(known)
		return p
	}
	chains, err := v.chains(known)
	var missing x509.UnknownAuthorityError
	switch {
	case err == nil:
		return v.trusted(p, chains)
	case errors.As(err, &missing):
		return v.repair(ctx, p, known, err)
	}
	return v.untrusted(p, known, err)
}

func (v visitor) trusted(p path, chains [][]*x509.Certificate) path {
	p.Observation = evidence.SeenAt(v.session.Now())
	p.Until = dated(lasts(chains))
	p.Public = slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool { return v.roots.isPublic(chain[len(chain)-1]) })
	p.issuer = chains[0][min(1, len(chains[0])-1)]
	return p
}

func (v visitor) untrusted(p path, known []*x509.Certificate, cause error) path {
	p.issuer = signerOf(known)
	p.Reason = reasonOf(known[0], cause)
	p.Observation = evidence.AbsentAt(v.session.Now())
	p.Detail = evidence.Clip(cause.Error(), evidence.MaxDetail)
	if p.Reason == "unknown-authority" && v.obscured(known) {
		p.Reason = ""
		p.Observation = evidence.UnknownAt(v.session.Now(), evidence.DependsOnOther, "a signature on the way to the root has a broken hash and is not verified")
	}
	return p
}

// signerOf gives the certificate that signed the leaf.
func signerOf(known []*x509.Certificate) *x509.Certificate {
	for _, c := range known[1:] {
		if bytes.Equal(c.RawSubject, known[0].RawIssuer) && known[0].CheckSignatureFrom(c) == nil {
			return c
		}
	}
	return nil
}

// obscured reports whether the names lead to a root and only a signature that
// crypto/x509 does not verify any more stands between: whether the authority is
// known is then open, and the signature is another fact.
func (v visitor) obscured(known []*x509.Certificate) bool {
	broken, c := false, known[0]
	for range known {
		broken = broken || brokenHash(c.SignatureAlgorithm)
		if v.roots.hasSubject(c.RawIssuer) {
			return broken
		}
		i := slices.IndexFunc(known, func(other *x509.Certificate) bool {
			return other != c && bytes.Equal(other.RawSubject, c.RawIssuer)
		})
		if i < 0 {
			return false
		}
		c = known[i]
	}
	return false
}

// brokenHash reports whether an algorithm signs an MD5 or SHA-1 hash (RFC 6151,
// RFC 9155).
func brokenHash(a x509.SignatureAlgorithm) bool {
	return slices.Contains([]x509.SignatureAlgorithm{x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1}, a)
}

// maxFetches bounds how many intermediates are looked for.
const maxFetches = 2

// repair looks for the missing issuer where the certificate says it is (RFC
// 5280 section 4.2.2.1). An issuer that could not be fetched leaves everything
// open: neither untrusted nor incomplete is proven.
func (v visitor) repair(ctx context.Context, p path, known []*x509.Certificate, cause error) path {
	var fetched []string
	for {
		address := issuerAddress(topOf(known))
		switch {
		case address == "" || slices.Contains(fetched, address):
			return v.untrusted(p, known, cause)
		case len(fetched) == maxFetches:
			p.issuer = signerOf(known)
			p.Observation = evidence.UnknownAt(v.session.Now(), evidence.TooMany, "the issuer's issuer is missing too")
			return p
		}
		issuer, err := v.issuers.fetch(ctx, v.session, address)
		if err != nil {
			p.issuer = signerOf(known)
			p.Observation = observe.Failure(v.session.Now(), err)
			return p
		}
		known, fetched = append(known, issuer), append(fetched, address)
		var chains [][]*x509.Certificate
		if chains, cause = v.chains(known); cause == nil {
			p.Fetched = fetched
			return v.trusted(p, chains)
		}
	}
}

// chains looks for chains at any time within the leaf's validity. Time and name
// are judged elsewhere.
func (v visitor) chains(known []*x509.Certificate) (found [][]*x509.Certificate, err error) {
	leaf := known[0]
	options := x509.VerifyOptions{Roots: v.roots.Pool, Intermediates: x509.NewCertPool()}
	for _, c := range known[1:] {
		options.Intermediates.AddCert(c)
	}
	for _, at := range []time.Time{leaf.NotAfter.Add(-time.Second), v.session.Now(), leaf.NotBefore.Add(time.Second)} {
		if at.Before(leaf.NotBefore) || at.After(leaf.NotAfter) {
			continue
		}
		options.CurrentTime = at
		chains, failed := leaf.Verify(options)
		if failed == nil {
			return chains, nil
		}
		// An authority whose time is over hides no better reason.
		if err == nil || !isExpired(failed) {
			err = failed
		}
	}
	if err == nil {
		err = errors.New("the certificate ends before it begins")
	}
	return nil, err
}

// lasts gives the first expiry in the chain that lasts longest.
func lasts(chains [][]*x509.Certificate) time.Time {
	var longest time.Time
	for _, chain := range chains {
		end := chain[0].NotAfter
		for _, c := range chain[1:] {
			if c.NotAfter.Before(end) {
				end = c.NotAfter
			}
		}
		if end.After(longest) {
			longest = end
		}
	}
	return longest
}

// topOf climbs from the leaf as far as the certificates lead.
func topOf(known []*x509.Certificate) *x509.Certificate {
	top := known[0]
	for range known {
		i := slices.IndexFunc(known, func(c *x509.Certificate) bool {
			return c != top && bytes.Equal(c.RawSubject, top.RawIssuer) && top.CheckSignatureFrom(c) == nil
		})
		if i < 0 {
			break
		}
		top = known[i]
	}
	return top
}

// issuerAddress gives the first http address of the issuer, none for a root:
// its own issuer is at hand. Only http is fetched: a certificate needs no other
// protection than its signature.
func issuerAddress(c *x509.Certificate) string {
	if bytes.Equal(c.RawSubject, c.RawIssuer) {
		return ""
	}
	return httpAddress(c.IssuingCertificateURL)
}

// reasonOf puts one word to the lack of a chain.
func reasonOf(leaf *x509.Certificate, err error) string {
	var invalid x509.CertificateInvalidError
	var critical x509.UnhandledCriticalExtension
	switch {
	case selfSigned(leaf):
		return "self-signed"
	case errors.As(err, &critical):
		return "malformed"
	case !errors.As(err, &invalid):
		return "unknown-authority"
	}
	switch invalid.Reason {
	case x509.IncompatibleUsage, x509.CANotAuthorizedForExtKeyUsage:
		return "not-for-servers"
	case x509.Expired, x509.NoValidChains, x509.NotAuthorizedToSign:
		return "unknown-authority"
	case x509.NameMismatch:
		return "malformed"
	default:
		return "constraint"
	}
}

func isExpired(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

// match compares the leaf with the name asked for (RFC 9525 section 6.3). A
// certificate without subject alternative names matches nothing. The names of one
// that crypto/x509 refuses are compared where another reader finds them.
func match(der []byte, leaf *x509.Certificate, name string) evidence.State {
	whole := true
	if leaf == nil {
		leaf, whole = leniently(der)
	}
	switch {
	case leaf != nil && leaf.VerifyHostname(name) == nil:
		return evidence.Seen
	case leaf == nil || !whole:
		return evidence.Unknown
	}
	return evidence.Absent
}
