package checks

import (
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// exchangers settles whether the domain receives mail: the findings returned
// end the check when it does not, or when that is not known. A single MX "."
// says that it does not (RFC 7505).
func exchangers(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	mx := b.DNS.Lookup(domain, "MX")
	switch {
	case !mx.Known():
		return unknown(domain, "dns MX "+domain, mx.Observation)
	case mx.State == evidence.Absent, nullMX(mx.Records):
		return notApplicable(domain)
	}
	return nil
}

func nullMX(rdata []string) bool {
	return len(rdata) == 1 && strings.HasSuffix(rdata[0], " .")
}

// starttlsMissing fails a mail exchanger that answers EHLO and does not offer
// STARTTLS (RFC 3207): letters to the town hall travel readable.
func starttlsMissing(b *evidence.Bundle) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	var findings []Finding
	for _, x := range b.Mail.Exchanges {
		findings = append(findings, starttls(x)...)
	}
	if findings == nil {
		return unknown(b.Target.Domain, "smtp "+b.Target.Domain, evidence.Observation{})
	}
	return findings
}

func starttls(x evidence.Exchange) []Finding {
	views := make([]view, len(x.Servers))
	for i, s := range x.Servers {
		views[i] = view{s.Address, s.StartTLS}
		if s.State != evidence.Seen && s.StartTLS.State == evidence.NotAsked {
			views[i].Observation = s.Observation
		}
	}
	if len(views) == 0 {
		return unknown(x.Host, "smtp "+x.Host, noServer(x.Addresses))
	}
	all := together(views)
	switch all.State {
	case evidence.Absent:
		return fail(x.Host, Facts{"host": x.Host, "address": all.address})
	case evidence.Seen:
		return pass(x.Host, Facts{"host": x.Host})
	case evidence.NotAsked, evidence.Unknown:
	}
	return unknown(x.Host, "smtp "+x.Host, all.Observation)
}

// noServer is the reason why a host was not spoken to: a host that provably has
// no address is another rule's finding.
func noServer(addresses evidence.Observation) evidence.Observation {
	if addresses.State == evidence.Absent {
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.NoAddress}
	}
	return addresses
}

// mtaSTSMissing fails a domain that receives mail and tells senders by neither
// MTA-STS (RFC 8461) nor DANE (RFC 7672) that they must insist on encryption.
func mtaSTSMissing(b *evidence.Bundle) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	txt := b.DNS.Lookup("_mta-sts."+domain, "TXT")
	// RFC 8461 section 3.1: senders take several records for none.
	if txt.State == evidence.Seen && len(records.MTASTSRecords(txt.Records)) == 1 {
		return pass(domain, nil)
	}
	hosts := exchangerHosts(b)
	asked := []evidence.Lookup{txt}
	for _, host := range hosts {
		tlsa := b.DNS.Lookup("_25._tcp."+host, "TLSA")
		if tlsa.State == evidence.Seen && tlsa.Security == evidence.Secure {
			return pass(domain, nil)
		}
		asked = append(asked, signedOrNot(b, tlsa))
	}
	for _, l := range asked {
		if !l.Known() {
			return unknown(domain, "dns "+l.Type+" "+l.Name, l.Observation)
		}
	}
	return fail(domain, Facts{"mx": strings.Join(hosts, ", ")})
}

// signedOrNot reads a TLSA record without a signature: DANE wants one (RFC 7672
// section 2.2), but a resolver that passes no DNSSEC data on may have left it out.
func signedOrNot(b *evidence.Bundle, tlsa evidence.Lookup) evidence.Lookup {
	if tlsa.State == evidence.Seen && !b.DNS.Signed.Known() {
		tlsa.Observation = evidence.Observation{State: evidence.Unknown, Problem: evidence.NoDNSSEC}
	}
	return tlsa
}

func exchangerHosts(b *evidence.Bundle) []string {
	var list []string
	for _, record := range b.DNS.Lookup(b.Target.Domain, "MX").Records {
		if _, host, ok := strings.Cut(record, " "); ok && host != "." {
			list = append(list, strings.ToLower(strings.TrimSuffix(host, ".")))
		}
	}
	return list
}
