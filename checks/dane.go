package checks

import (
	"cmp"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// tlsaOf gives the TLSA records of a mail exchanger as senders see them: without
// a chain of signatures they are none, and where validation fails, or was not
// done, nothing is known (RFC 7672 section 2.2).
func tlsaOf(b *evidence.Bundle, host string) evidence.Lookup {
	l := b.DNS.Lookup("_25._tcp."+host, "TLSA")
	// RFC 7672 section 2.2.2: at the name that the host is an alias of first.
	if alias := cmp.Or(last(b.DNS.Lookup(host, "A").Aliases), last(b.DNS.Lookup(host, "AAAA").Aliases)); wasAsked(b, "_25._tcp."+alias, "TLSA") {
		at := b.DNS.Lookup("_25._tcp."+alias, "TLSA")
		if at.State != evidence.Absent && at.Security != evidence.Insecure || at.Security == evidence.BogusData {
			l = at
		}
	}
	if !l.Known() {
		l.Observation = notVisited(b, host, l.Observation)
		return l
	}
	switch {
	case l.Security == evidence.BogusData:
		l.Observation = evidence.Observation{State: evidence.Unknown, Problem: evidence.Bogus}
	case l.State == evidence.Seen && l.Security == evidence.Insecure:
		l.State = evidence.Absent
	case l.State == evidence.Seen && l.Security != evidence.Secure:
		l.Observation = evidence.Observation{State: evidence.Unknown, Problem: evidence.NoDNSSEC}
	}
	return l
}

// daneAt gives the TLSA records that protect mail for the domain: the MX records
// that name the host, and its addresses, have to be signed as well (RFC 7672
// sections 2.2.1 and 2.2.2).
func daneAt(b *evidence.Bundle, host string) evidence.Lookup {
	l := tlsaOf(b, host)
	for _, before := range []evidence.Lookup{b.DNS.Lookup(b.Target.Domain, "MX"), b.DNS.Lookup(host, "A"), b.DNS.Lookup(host, "AAAA")} {
		if l.State == evidence.Seen && len(before.Records) > 0 && before.Security == evidence.Insecure {
			l.State = evidence.Absent
		}
	}
	return l
}

// pinned is daneAt for the records that senders make use of; where there are
// others only, they ask for encryption and look at no certificate (RFC 7672
// section 2.2).
func pinned(b *evidence.Bundle, host string) evidence.Lookup {
	l := daneAt(b, host)
	usable := func(rdata string) bool {
		record, err := records.ParseTLSA(rdata)
		return err == nil && record.Usable()
	}
	if l.State == evidence.Seen && !slices.ContainsFunc(l.Records, usable) {
		l.State = evidence.Absent
	}
	return l
}

// daneInvalid fails a mail exchanger whose signed TLSA records fit no
// certificate that it shows: senders who look at them deliver nothing (RFC 7672
// section 2.1).
func daneInvalid(b *evidence.Bundle) []Finding {
	return eachExchange(b, func(x evidence.Exchange) []Finding {
		compared := func(s evidence.Server) bool { return s.DANE.Known() }
		if tlsa := pinned(b, x.Host); tlsa.State != evidence.Seen && !slices.ContainsFunc(x.Servers, compared) {
			if tlsa.State == evidence.Absent {
				return notApplicable(x.Host)
			}
			return unknown(x.Host, "dns TLSA "+tlsa.Name, tlsa.Observation)
		}
		return encrypted(x, func(s evidence.Server) (evidence.Observation, Facts) {
			if s.DANE.State == evidence.Absent {
				return defect(), Facts{"record": cmp.Or(s.DANE.Record, "-"), "reason": cmp.Or(s.DANE.Reason, "no-match")}
			}
			return afterSTARTTLS(s, s.DANE.Observation), nil
		})
	})
}

// daneMissing fails a mail exchanger whose zone is signed and has no TLSA record
// for it: all that DANE needs is there.
func daneMissing(b *evidence.Bundle) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	var findings []Finding
	for _, host := range exchangerHosts(b) {
		findings = append(findings, daneMissingAt(b, host)...)
	}
	if findings == nil {
		return notApplicable(b.Target.Domain)
	}
	return findings
}

func daneMissingAt(b *evidence.Bundle, host string) []Finding {
	tlsa := tlsaOf(b, host)
	switch {
	case !tlsa.Known():
		return unknown(host, "dns TLSA "+tlsa.Name, tlsa.Observation)
	case tlsa.State == evidence.Seen:
		return pass(host, Facts{"host": host})
	case tlsa.Security == evidence.Secure:
		return fail(host, Facts{"host": host})
	case tlsa.Security == evidence.Insecure:
		return notApplicable(host)
	}
	return unknown(host, "dnssec "+tlsa.Name, evidence.Observation{State: evidence.Unknown, Problem: evidence.NoDNSSEC})
}

// daneOf says whether DANE vouches for the certificate of a server: seen, or
// absent where it does not, or where the host has no such records.
func daneOf(b *evidence.Bundle, host string, s evidence.Server) evidence.Observation {
	if s.DANE.Known() {
		return s.DANE.Observation
	}
	tlsa := pinned(b, host)
	if tlsa.State == evidence.Seen {
		return evidence.Observation{State: evidence.Unknown, Problem: problemOf(s.DANE.Observation)}
	}
	return tlsa.Observation
}
