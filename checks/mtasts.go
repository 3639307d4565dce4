package checks

import (
	"cmp"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// mtaSTSMissing fails a domain that receives mail and tells senders by neither
// MTA-STS (RFC 8461) nor DANE (RFC 7672) that they must insist on encryption.
func mtaSTSMissing(b *evidence.Bundle) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	switch l := insists(b); l.State {
	case evidence.Seen:
		return pass(domain, nil)
	case evidence.Absent:
		if len(announcements(b)) > 1 {
			return notApplicable(domain) // senders use none of several: mail-mta-sts-invalid speaks
		}
		return fail(domain, Facts{"mx": strings.Join(exchangerHosts(b), ", ")})
	default:
		return unknown(domain, "dns "+l.Type+" "+l.Name, l.Observation)
	}
}

// insists gives the record that tells senders to insist on encryption; where
// there is none, a look-up that is absent, or the first one that is not known.
func insists(b *evidence.Bundle) evidence.Lookup {
	txt := b.DNS.Lookup("_mta-sts."+b.Target.Domain, "TXT")
	if txt.State == evidence.Seen {
		// RFC 8461 section 3.1: senders take several records for none.
		if len(announcements(b)) == 1 {
			return txt
		}
		txt.State = evidence.Absent
	}
	open := txt
	for _, host := range exchangerHosts(b) {
		tlsa := daneAt(b, host)
		if tlsa.State == evidence.Seen {
			return tlsa
		}
		if open.Known() && !tlsa.Known() {
			open = tlsa
		}
	}
	return open
}

// announcements lists the records that say that there is an MTA-STS policy.
func announcements(b *evidence.Bundle) []string {
	return records.MTASTSRecords(b.DNS.Lookup("_mta-sts."+b.Target.Domain, "TXT").Records)
}

// policyURL is where the policy of a domain lies (RFC 8461 section 3.3).
func policyURL(domain string) string { return "https://mta-sts." + domain + "/.well-known/mta-sts.txt" }

// policyQuestion names the download of the policy.
func policyQuestion(domain string) string { return strings.Replace(policyURL(domain), "://", " ", 1) }

// mtaSTSInvalid fails a domain that announces an MTA-STS policy which senders
// cannot use, or which leaves out one of the mail exchangers.
func mtaSTSInvalid(b *evidence.Bundle) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	txt := b.DNS.Lookup("_mta-sts."+domain, "TXT")
	if !txt.Known() {
		return unknown(domain, "dns TXT "+txt.Name, txt.Observation)
	}
	switch found := announcements(b); len(found) {
	case 0:
		return notApplicable(domain)
	case 1:
		// RFC 8461 section 3.1: id is 1 to 32 letters and digits.
		if _, err := records.ParseMTASTS(found[0]); err != nil {
			return fail(domain, Facts{"reason": "record-invalid", "url": policyURL(domain), "mx": "-"})
		}
		return policyInvalid(b)
	default:
		return fail(domain, Facts{"reason": "several-records", "url": policyURL(domain), "mx": "-"})
	}
}

// policyInvalid judges the policy file and the server that it lies on.
func policyInvalid(b *evidence.Bundle) []Finding {
	domain, p := b.Target.Domain, b.Mail.Policy
	url := cmp.Or(p.URL, policyURL(domain))
	wrong := func(reason, mx string) []Finding {
		return fail(domain, Facts{"reason": reason, "url": url, "mx": mx})
	}
	fault, certificate := certificateFault(p.TLS, b.Taken)
	switch {
	// RFC 8461 section 3.3: senders want a certificate of a known authority, for
	// the name, within its time.
	case fault != "":
		return wrong("certificate-invalid", "-")
	case p.State == evidence.Absent, p.State != evidence.Seen && policyHostMissing(b):
		return wrong("policy-missing", "-")
	case p.State != evidence.Seen:
		return unknown(domain, policyQuestion(domain), p.Observation)
	}
	policy, err := records.ParseMTASTSPolicy(p.Body)
	if err != nil {
		return wrong("policy-invalid", "-")
	}
	// RFC 8461 section 5.1: senders look for the exchanger in both modes.
	if policy.Mode != "none" {
		for _, host := range exchangerHosts(b) {
			if !policy.Lists(host) {
				if policy.Mode == "testing" { // senders report it and deliver
					return wrong("mx-not-listed-in-testing", host)
				}
				return wrong("mx-not-listed", host)
			}
		}
	}
	if certificate.State != evidence.Seen {
		return unknown(domain, policyQuestion(domain), certificate)
	}
	return pass(domain, Facts{"mode": policy.Mode, "content_type": cmp.Or(p.ContentType, "-")})
}

// policyHostMissing reports whether the host of the policy provably has no
// address.
func policyHostMissing(b *evidence.Bundle) bool {
	host := "mta-sts." + b.Target.Domain
	return b.DNS.Lookup(host, "A").State == evidence.Absent && b.DNS.Lookup(host, "AAAA").State == evidence.Absent
}

// policyMode gives the mode of the MTA-STS policy; it is empty where there is
// none that senders can use. What is not known is named.
func policyMode(b *evidence.Bundle) (mode, what string, o evidence.Observation) {
	txt, p := b.DNS.Lookup("_mta-sts."+b.Target.Domain, "TXT"), b.Mail.Policy
	switch {
	case !txt.Known():
		return "", "dns TXT " + txt.Name, txt.Observation
	case len(announcements(b)) != 1:
		return "", "", defect()
	case !p.Known():
		return "", policyQuestion(b.Target.Domain), p.Observation
	}
	policy, err := records.ParseMTASTSPolicy(p.Body)
	if p.State == evidence.Absent || err != nil {
		return "", "", defect()
	}
	return policy.Mode, "", sound()
}

// mtaSTSTesting fails a policy that asks senders only to report (testing), or
// for nothing at all (none): RFC 8461 section 5.
func mtaSTSTesting(b *evidence.Bundle) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	mode, what, o := policyMode(b)
	switch {
	case !o.Known():
		return unknown(domain, what, o)
	case mode == "":
		return notApplicable(domain) // no policy, or one that is another rule's finding
	case mode == "enforce":
		return pass(domain, Facts{"mode": mode})
	}
	return fail(domain, Facts{"mode": mode})
}
