package tls

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
)

// trust says whether a chain leads from the presented certificates to a root,
// with the intermediates that the server should have sent where they can be
// fetched. A certificate that cannot be read is nil.
func (v visitor) trust(ctx context.Context, name string, presented []*x509.Certificate) evidence.Trust {
	t := evidence.Trust{Roots: v.roots.Name, Match: match(presented, name)}
	if v.roots.Pool == nil || len(presented) == 0 {
		return t
	}
	if presented[0] == nil {
		t.Observation = evidence.UnknownAt(v.session.Now(), evidence.Malformed, "the server's certificate cannot be read")
		t.Reason = "malformed"
		return t
	}
	known := slices.DeleteFunc(slices.Clone(presented), func(c *x509.Certificate) bool { return c == nil })
	until, err := v.chain(known)
	var missing x509.UnknownAuthorityError
	switch {
	case err == nil:
		return v.trusted(t, until)
	case errors.As(err, &missing):
		return v.repair(ctx, t, known, err)
	}
	return v.untrusted(t, known[0], err)
}

func (v visitor) trusted(t evidence.Trust, until time.Time) evidence.Trust {
	t.Observation = evidence.SeenAt(v.session.Now())
	t.Until = dated(until)
	return t
}

func (v visitor) untrusted(t evidence.Trust, leaf *x509.Certificate, cause error) evidence.Trust {
	t.Observation = evidence.AbsentAt(v.session.Now())
	t.Detail = evidence.Clip(cause.Error(), evidence.MaxDetail)
	t.Reason = reasonOf(leaf, cause)
	return t
}

// maxFetches bounds how many intermediates are looked for.
const maxFetches = 2

// repair looks for the missing issuer where the certificate says it is (RFC
// 5280 section 4.2.2.1). An issuer that could not be fetched leaves everything
// open: neither untrusted nor incomplete is proven.
func (v visitor) repair(ctx context.Context, t evidence.Trust, known []*x509.Certificate, cause error) evidence.Trust {
	var fetched []string
	for {
		address := issuerAddress(topOf(known))
		switch {
		case address == "" || slices.Contains(fetched, address):
			return v.untrusted(t, known[0], cause)
		case len(fetched) == maxFetches:
			t.Observation = evidence.UnknownAt(v.session.Now(), evidence.TooMany, "the issuer's issuer is missing too")
			return t
		}
		issuer, err := v.issuers.fetch(ctx, v.session, address)
		if err != nil {
			t.Observation = observe.Failure(v.session.Now(), err)
			return t
		}
		known, fetched = append(known, issuer), append(fetched, address)
		var until time.Time
		if until, cause = v.chain(known); cause == nil {
			t.Fetched = fetched
			return v.trusted(t, until)
		}
	}
}

// chain looks for a chain at any time within the leaf's validity, and gives the
// end of the one that lasts longest. Time and name are judged elsewhere.
func (v visitor) chain(known []*x509.Certificate) (until time.Time, err error) {
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
			return lasts(chains), nil
		}
		// An authority whose time is over hides no better reason.
		if err == nil || !isExpired(failed) {
			err = failed
		}
	}
	if err == nil {
		err = errors.New("the certificate ends before it begins")
	}
	return time.Time{}, err
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
	for _, address := range c.IssuingCertificateURL {
		if strings.HasPrefix(strings.ToLower(address), "http://") && len(address) <= evidence.MaxText {
			return address
		}
	}
	return ""
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
// certificate without subject alternative names matches nothing.
func match(presented []*x509.Certificate, name string) evidence.State {
	switch {
	case len(presented) == 0:
		return evidence.NotAsked
	case presented[0] == nil:
		return evidence.Unknown
	case presented[0].VerifyHostname(name) == nil:
		return evidence.Seen
	}
	return evidence.Absent
}
