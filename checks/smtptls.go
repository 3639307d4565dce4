package checks

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// eachEncrypted judges every mail exchanger by its servers that speak TLS.
func eachEncrypted(b *evidence.Bundle, judge func(x evidence.Exchange, s evidence.Server) (evidence.Observation, Facts)) []Finding {
	return eachExchange(b, func(x evidence.Exchange) []Finding {
		return encrypted(x, func(s evidence.Server) (evidence.Observation, Facts) { return judge(x, s) })
	})
}

// encrypted judges a mail exchanger by its servers that offer STARTTLS; on the
// others mail-starttls-missing speaks.
func encrypted(x evidence.Exchange, judge func(s evidence.Server) (evidence.Observation, Facts)) []Finding {
	plain := func(s evidence.Server) bool { return s.StartTLS.State == evidence.Absent }
	offering := slices.DeleteFunc(slices.Clone(x.Servers), plain)
	if len(offering) == 0 && len(x.Servers) > 0 {
		return notApplicable(x.Host)
	}
	x.Servers = offering
	return byServers(x, "smtp", judge)
}

// afterSTARTTLS gives what is known of a question that comes after STARTTLS:
// where it was not asked, what stood in the way.
func afterSTARTTLS(s evidence.Server, o evidence.Observation) evidence.Observation {
	if o.State != evidence.NotAsked || o.Problem != "" {
		return o
	}
	for _, before := range []evidence.Observation{s.Observation, s.StartTLS, s.TLS.Observation} {
		if before.State == evidence.Unknown {
			return before
		}
	}
	return o
}

// endpointOf is what a mail server showed after STARTTLS, in the form of a web
// server's answers. Of weak suites the answer for mail counts: it leaves out what is
// sound where nobody looks at a certificate (RFC 7435 section 3), a full list does not.
func endpointOf(x evidence.Exchange, s evidence.Server) evidence.Endpoint {
	e := evidence.Endpoint{Name: x.Host, Address: s.Address, Connect: s.Observation, TLS: s.TLS, Offers: s.Offers, Accepts: s.Accepts}
	e.Accepts.Weak = nil
	if s.Weak.State == evidence.Seen {
		e.Accepts.Weak = []evidence.SuiteOffer{s.Weak}
	}
	return e
}

// mailTLSObsolete fails a mail exchanger that still accepts SSL 3.0 (RFC 7568),
// TLS 1.0 or TLS 1.1 (RFC 8996).
func mailTLSObsolete(b *evidence.Bundle) []Finding {
	return eachEncrypted(b, func(x evidence.Exchange, s evidence.Server) (evidence.Observation, Facts) {
		e := endpointOf(x, s)
		accepted, rest := offered(e)
		if len(accepted) > 0 {
			return defect(), Facts{
				"versions": strings.Join(accepted, ", "), "oldest": accepted[0],
				"exposures": versionExposures(e), "software": mailSoftwareOf(s.Banner),
			}
		}
		return afterSTARTTLS(s, rest), nil
	})
}

// mailCipherWeak fails a mail exchanger that accepts a suite which no server
// should (RFC 9325 section 4.1).
func mailCipherWeak(b *evidence.Bundle) []Finding {
	return eachEncrypted(b, func(x evidence.Exchange, s evidence.Server) (evidence.Observation, Facts) {
		e := endpointOf(x, s)
		found, _ := weakSuites(e)
		found = slices.DeleteFunc(found, func(o evidence.SuiteOffer) bool { return o.Suite != s.Weak.Suite && onlyAnonymous(o) })
		if len(found) > 0 {
			return defect(), Facts{
				"suite": cmp.Or(found[0].Suite, "-"), "class": cmp.Or(found[0].Class, "-"),
				"exposures": suiteExposures(e), "software": mailSoftwareOf(s.Banner),
			}
		}
		if s.Weak.State == evidence.Absent {
			return sound(), nil
		}
		open := afterSTARTTLS(s, s.Weak.Observation)
		if open.State == evidence.NotAsked {
			open.Problem = cmp.Or(open.Problem, evidence.NotInProfile)
		}
		return open, nil
	})
}

// onlyAnonymous reports whether a suite lacks nothing but a certificate. Few senders
// look at one, and the others do not offer such suites (RFC 7435 section 3): a full
// list has them, the question about weak suites leaves them out.
func onlyAnonymous(o evidence.SuiteOffer) bool {
	suite, ok := records.SuiteByName(o.Suite)
	return ok && suite.Class == "anonymous" && strings.HasPrefix(suite.Cipher, "AES_")
}

// mailCertificateInvalid fails a mail exchanger whose certificate a sender would
// refuse who looks at it. Few do: those that follow an MTA-STS policy (RFC 8461
// section 4.2), and they deliver all the same while it is in testing (section 5);
// with DANE the certificate needs no authority (RFC 7672 section 3.1).
func mailCertificateInvalid(b *evidence.Bundle) []Finding {
	mode, _, policy := policyMode(b)
	matters := "no"
	if mode == "enforce" {
		matters = "mta-sts"
	}
	return eachEncrypted(b, func(x evidence.Exchange, s evidence.Server) (evidence.Observation, Facts) {
		fault, o := certificateFault(s.TLS, b.Taken)
		if fault == "" {
			return afterSTARTTLS(s, o), nil
		}
		facts := Facts{"reason": fault, "matters": matters}
		dane := daneOf(b, x.Host, s)
		switch {
		case mode == "enforce", mode == "testing", dane.State == evidence.Absent:
			return defect(), facts
		case dane.State == evidence.Seen && policy.Known():
			return sound(), nil
		case dane.State == evidence.Seen:
			return policy, nil
		}
		return dane, nil
	})
}

// certificateFault names what is wrong with the certificate that a server showed;
// the observation says whether that is known.
func certificateFault(h evidence.Handshake, taken time.Time) (fault string, o evidence.Observation) {
	fault, o = validity(h, taken)
	// RFC 8446 section 4.4.2: the server sends the intermediates; mail servers fetch none.
	if fault == "" && h.State == evidence.Seen && h.Trust.State == evidence.Seen && len(h.Trust.Fetched) > 0 {
		return "untrusted", defect()
	}
	return fault, o
}

// validity judges time, name and trust of a certificate; a browser that fetches
// intermediates, or has met them before, sees no more.
func validity(h evidence.Handshake, taken time.Time) (fault string, o evidence.Observation) {
	switch {
	case h.State == evidence.Absent:
		return "", evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed} // it speaks no TLS
	case h.State != evidence.Seen:
		return "", h.Observation
	case len(h.Certificates) == 0:
		return "", unreadable(evidence.Certificate{})
	}
	leaf := h.Certificates[0]
	switch {
	case leaf.NotAfter.IsZero():
		return "", unreadable(leaf)
	case taken.After(leaf.NotAfter):
		return "expired", defect()
	case taken.Before(leaf.NotBefore):
		return "not-yet-valid", defect()
	// RFC 8461 section 4.1: the name is that of the exchanger.
	case h.Trust.Match == evidence.Absent:
		return "wrong-name", defect()
	case h.Trust.State == evidence.Absent:
		return "untrusted", defect()
	case h.Trust.Match != evidence.Seen:
		return "", unreadable(leaf)
	}
	return "", h.Trust.Observation
}
