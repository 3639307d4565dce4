package tls

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"campanile/collectors/evidence"
)

// skew is how far the clocks of an authority may be ahead of ours.
const skew = 5 * time.Minute

// staple reads the OCSP response of a handshake (RFC 6066 section 8), and what it
// says of revocation. A response that cannot be used says nothing.
func (v visitor) staple(raw []byte, leaf, issuer *x509.Certificate) (evidence.Staple, evidence.Revocation, *ocsp.Response) {
	now := v.session.Now()
	var s evidence.Staple
	switch {
	case len(raw) == 0:
		s.Observation = evidence.AbsentAt(now)
		return s, evidence.Revocation{}, nil
	case leaf == nil || issuer == nil:
		s.Observation = evidence.UnknownAt(now, evidence.DependsOnOther, "the certificate that must have signed the response is not known")
		return s, evidence.Revocation{}, nil
	}
	response, err := readStaple(raw, leaf, issuer, now)
	if err != nil {
		s.Observation = evidence.UnknownAt(now, evidence.Malformed, "the stapled response: "+err.Error())
		return s, evidence.Revocation{}, nil
	}
	s.Observation, s.Status = evidence.SeenAt(now), statusOf(response)
	return s, revocationIn(response, now), response
}

func readStaple(raw []byte, leaf, issuer *x509.Certificate, now time.Time) (*ocsp.Response, error) {
	response, err := ocsp.ParseResponseForCert(raw, leaf, issuer)
	switch {
	case err != nil:
		return nil, err
	case response.ThisUpdate.After(now.Add(skew)):
		return nil, fmt.Errorf("not valid before %s", response.ThisUpdate.Format(time.RFC3339))
	case response.NextUpdate.IsZero():
		return nil, errors.New("it does not say how long it is valid")
	case response.NextUpdate.Before(now):
		return nil, fmt.Errorf("valid until %s only", response.NextUpdate.Format(time.RFC3339))
	}
	return response, mayAnswer(response.Certificate, now)
}

// mayAnswer looks at the certificate of a responder that is not the issuer
// itself: the issuer signed it, and must have meant it for answers (RFC 6960
// section 4.2.2.2). Any server's certificate could sign otherwise.
func mayAnswer(responder *x509.Certificate, now time.Time) error {
	switch {
	case responder == nil:
		return nil
	case !slices.Contains(responder.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		return errors.New("signed by a certificate that is not for OCSP")
	case now.Before(responder.NotBefore) || now.After(responder.NotAfter):
		return errors.New("signed by a certificate that is not valid now")
	}
	return nil
}

func statusOf(response *ocsp.Response) string {
	switch response.Status {
	case ocsp.Good:
		return "good"
	case ocsp.Revoked:
		return "revoked"
	}
	return "unknown"
}

// revocationIn is not asked where the responder does not know the certificate:
// the list of the authority may.
func revocationIn(response *ocsp.Response, now time.Time) evidence.Revocation {
	r := evidence.Revocation{Source: "staple"}
	switch response.Status {
	case ocsp.Good:
		r.Observation = evidence.AbsentAt(now)
		return r
	case ocsp.Revoked:
		r.Observation = evidence.SeenAt(now)
		r.On, r.Reason = dayOn(response.RevokedAt), reasonName(response.RevocationReason)
		return r
	}
	return evidence.Revocation{}
}
