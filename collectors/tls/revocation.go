package tls

import (
	"context"
	"crypto/x509"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
)

// revocation says whether the authority took the certificate back, by its list.
// A list that cannot be had or used leaves it open: neither good nor revoked is
// proven. A certificate that points to none, or that signed itself, has nobody to
// be asked.
func (v visitor) revocation(ctx context.Context, leaf, issuer *x509.Certificate) evidence.Revocation {
	if leaf == nil || v.lists == nil || len(leaf.CRLDistributionPoints) == 0 || selfSigned(leaf) {
		return evidence.Revocation{}
	}
	r := evidence.Revocation{Source: "crl"}
	address := httpAddress(leaf.CRLDistributionPoints)
	switch {
	case issuer == nil:
		r.Observation = evidence.UnknownAt(v.session.Now(), evidence.DependsOnOther, "the certificate that must have signed the revocation list is not known")
		return r
	case address == "":
		r.Observation = evidence.UnknownAt(v.session.Now(), evidence.NotPermitted, "the revocation list is at no http address")
		return r
	}
	r.URL = address
	found, err := v.lists.get(ctx, v.session, address, issuer)
	if err != nil {
		r.Observation = observe.Failure(v.session.Now(), err)
		return r
	}
	return v.lookUp(r, found, leaf)
}

func (v visitor) lookUp(r evidence.Revocation, found *list, leaf *x509.Certificate) evidence.Revocation {
	now := v.session.Now()
	if !found.scope.covers(leaf) {
		r.Observation = evidence.UnknownAt(now, evidence.Malformed, "the revocation list is for other certificates")
		return r
	}
	entry, listed := found.revoked[string(leaf.SerialNumber.Bytes())]
	switch {
	case listed:
		r.Observation, r.On, r.Reason = evidence.SeenAt(now), dayOn(entry.on), reasonName(entry.reason)
	case found.from.After(leaf.NotAfter):
		// RFC 5280 section 3.3: a certificate leaves the list when its time is over.
		return evidence.Revocation{}
	case found.scope.partial:
		r.Observation = evidence.UnknownAt(now, evidence.DependsOnOther, "the revocation list knows some reasons only")
	default:
		r.Observation = evidence.AbsentAt(now)
	}
	return r
}

// httpAddress gives the first address over http: what is signed needs no other
// protection.
func httpAddress(addresses []string) string {
	for _, address := range addresses {
		if strings.HasPrefix(strings.ToLower(address), "http://") && len(address) <= evidence.MaxText {
			return address
		}
	}
	return ""
}

func dayOn(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// reasonName is the name of a reason for revocation in RFC 5280 section 5.3.1,
// none for one that it does not have.
func reasonName(code int) string {
	return map[int]string{
		0: "unspecified", 1: "keyCompromise", 2: "cACompromise", 3: "affiliationChanged", 4: "superseded",
		5: "cessationOfOperation", 6: "certificateHold", 8: "removeFromCRL", 9: "privilegeWithdrawn", 10: "aACompromise",
	}[code]
}
