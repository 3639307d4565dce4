package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
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

// exchangerHosts lists the hosts of the MX records, each once. The root is no
// host.
func exchangerHosts(b *evidence.Bundle) []string {
	var list []string
	for _, record := range b.DNS.Lookup(b.Target.Domain, "MX").Records {
		_, host, ok := strings.Cut(record, " ")
		host = strings.ToLower(strings.TrimSuffix(host, "."))
		if ok && host != "" && !slices.Contains(list, host) {
			list = append(list, host)
		}
	}
	return list
}

// eachExchange judges every mail exchanger that was looked at.
func eachExchange(b *evidence.Bundle, judge func(x evidence.Exchange) []Finding) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	var findings []Finding
	for _, x := range b.Mail.Exchanges {
		findings = append(findings, judge(x)...)
	}
	if findings == nil {
		return unknown(b.Target.Domain, "smtp "+b.Target.Domain, evidence.Observation{})
	}
	return findings
}

// byServers judges a mail exchanger by what its servers showed to a question of a
// kind ("smtp").
func byServers(x evidence.Exchange, kind string, judge func(s evidence.Server) (evidence.Observation, Facts)) []Finding {
	if len(x.Servers) == 0 {
		return unknown(x.Host, kind+" "+x.Host, noServer(x.Addresses))
	}
	views := make([]view, len(x.Servers))
	facts := map[string]Facts{}
	for i, s := range x.Servers {
		views[i].address = s.Address
		views[i].Observation, facts[s.Address] = judge(s)
	}
	return verdictOf(x.Host, kind+" "+x.Host, views, facts)
}

// noServer is the reason why a host was not spoken to: a host that provably has
// no address is another rule's finding.
func noServer(addresses evidence.Observation) evidence.Observation {
	if addresses.State == evidence.Absent {
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.NoAddress}
	}
	return addresses
}

// starttlsMissing fails a mail exchanger that answers EHLO and does not offer
// STARTTLS (RFC 3207): letters to the town hall travel readable.
func starttlsMissing(b *evidence.Bundle) []Finding {
	return eachExchange(b, func(x evidence.Exchange) []Finding {
		return byServers(x, "smtp", func(s evidence.Server) (evidence.Observation, Facts) {
			switch {
			case s.StartTLS.State == evidence.Absent:
				return defect(), Facts{"address": s.Address}
			case s.StartTLS.State == evidence.NotAsked && s.State != evidence.Seen:
				return s.Observation, nil
			}
			return s.StartTLS, nil
		})
	})
}
