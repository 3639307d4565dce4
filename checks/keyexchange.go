package checks

import (
	"cmp"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// shortestPrime is the least length of a prime, in bits (RFC 9325 section 4.1).
const shortestPrime = 2048

// exchangeKinds are the faults of a key exchange, the worst first.
var exchangeKinds = []string{"dh-known", "dh-short", "curve"}

// tlsKeyExchangeWeak fails a server whose key exchange can be computed backwards,
// now or by somebody who prepared for its well-known group.
func tlsKeyExchangeWeak(b *evidence.Bundle) []Finding {
	return acceptance{versions: old, fact: "kind", worst: exchangeKinds, judge: func(e evidence.Endpoint) (evidence.Observation, Facts) {
		prime, facts := finiteField(e)
		if prime.State == evidence.Absent {
			return prime, facts
		}
		curve, facts := weakCurve(e)
		if curve.State == evidence.Absent {
			return curve, facts
		}
		return graver(prime, curve), nil
	}}.findings(b)
}

// finiteField judges the group of finite-field Diffie-Hellman.
func finiteField(e evidence.Endpoint) (evidence.Observation, Facts) {
	f := e.Accepts.DH
	switch {
	case f.State == evidence.Absent:
		return sound(), nil
	case f.State != evidence.Seen:
		return told(e, f.Observation), nil
	case f.Bits <= 0:
		return unreadable(evidence.Certificate{}), nil
	}
	facts := Facts{
		"kind": "dh-short", "bits": strconv.Itoa(f.Bits), "group": cmp.Or(f.Known, "-"),
		"exposures": cmp.Or(strings.Join(records.Exposures(nil, nil, f.Bits), ", "), "-"),
	}
	switch {
	// A group that many share is worth the work of breaking it once; the ones of
	// RFC 5114 have a small subgroup that nobody explained.
	case strings.HasPrefix(f.Known, "rfc5114"), f.Known != "" && f.Bits < shortestPrime:
		facts["kind"] = "dh-known"
		return defect(), facts
	case f.Bits < shortestPrime:
		return defect(), facts
	}
	return sound(), nil
}

// weakCurve judges the curves: one below 224 bits is the defect.
func weakCurve(e evidence.Endpoint) (evidence.Observation, Facts) {
	o := e.Accepts.Curve
	if o.State == evidence.Seen {
		return defect(), curveFacts(o.Group)
	}
	return told(e, unwanted(o.Observation)), nil
}

func curveFacts(name string) Facts {
	facts := Facts{"kind": "curve", "bits": "-", "group": cmp.Or(name, "-"), "exposures": "-"}
	if g, ok := records.GroupByName(name); ok {
		facts["bits"] = strconv.Itoa(g.Bits)
	}
	return facts
}

// tlsSignatureHashWeak fails a server that signs its key exchange of TLS 1.2 with
// SHA-1 or MD5 although better was offered (RFC 9155 section 4).
func tlsSignatureHashWeak(b *evidence.Bundle) []Finding {
	return acceptance{versions: []string{"TLS 1.2"}, judge: func(e evidence.Endpoint) (evidence.Observation, Facts) {
		s := e.Accepts.Signing
		if o := in12(e, s.Observation); o.State != evidence.Absent {
			return pointless(e, o), nil
		}
		return defect(), Facts{"scheme": cmp.Or(s.Scheme, "-")}
	}}.findings(b)
}

// in12 leaves a question about TLS 1.2 open where it is not known whether that
// version is spoken, and so whether it gave the answer.
func in12(e evidence.Endpoint, o evidence.Observation) evidence.Observation {
	const version = "TLS 1.2"
	spoken := e.TLS.State == evidence.Seen && e.TLS.Version == version || e.Offer(version).State == evidence.Seen
	if spoken || o.State == evidence.Unknown || o.Problem != "" {
		return o
	}
	return told(e, e.Offer(version).Observation)
}
