package checks

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// mxInvalid fails an MX record that leads to no mail server: the host is not
// there, has no address, is an alias or no host name at all.
func mxInvalid(b *evidence.Bundle) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	records := b.DNS.Lookup(domain, "MX").Records
	var findings []Finding
	// RFC 7505 section 3: "." says that the domain takes no mail, and says it alone.
	if slices.ContainsFunc(records, func(r string) bool { return strings.HasSuffix(r, " .") }) {
		findings = fail(domain, Facts{"mx": ".", "reason": "no-address"})
	}
	for _, host := range exchangerHosts(b) {
		if findings == nil || host != domain {
			findings = append(findings, exchangerHost(b, host)...)
		}
	}
	if findings == nil {
		return unknown(domain, "dns MX "+domain, evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed})
	}
	return findings
}

func exchangerHost(b *evidence.Bundle, host string) []Finding {
	wrong := func(reason string) []Finding { return fail(host, Facts{"mx": host, "reason": reason}) }
	// RFC 5321 section 2.3.5: an MX record names a host, it does not hold an address.
	if isLiteral(host) {
		return wrong("literal")
	}
	addresses := []evidence.Lookup{b.DNS.Lookup(host, "A"), b.DNS.Lookup(host, "AAAA")}
	has := func(holds func(evidence.Lookup) bool) bool { return slices.ContainsFunc(addresses, holds) }
	switch {
	// RFC 2181 section 10.3: the name must not be an alias.
	case has(func(l evidence.Lookup) bool { return l.Known() && len(l.Aliases) > 0 }):
		return wrong("alias")
	case has(func(l evidence.Lookup) bool { return l.State == evidence.Seen }):
		return pass(host, Facts{"mx": host})
	}
	for _, l := range addresses {
		if !l.Known() {
			return unknown(host, "dns "+l.Type+" "+host, notVisited(b, host, l.Observation))
		}
	}
	if has(evidence.Lookup.NXDomain) {
		return wrong("missing")
	}
	return wrong("no-address")
}

// isLiteral recognises an address in the place of a name, with or without the
// brackets of RFC 5321 section 4.1.3.
func isLiteral(host string) bool {
	host = strings.TrimPrefix(strings.Trim(host, "[]"), "ipv6:")
	_, err := netip.ParseAddr(host)
	return err == nil
}

// notVisited gives the reason why nothing was asked about a host: a domain may
// list more of them than are looked at.
func notVisited(b *evidence.Bundle, host string, o evidence.Observation) evidence.Observation {
	for _, x := range b.Mail.Exchanges {
		if x.Host == host && o.State == evidence.NotAsked && x.Addresses.State == evidence.NotAsked {
			o.Problem = cmp.Or(o.Problem, x.Addresses.Problem)
		}
	}
	return o
}

// mxUnreachable fails a domain none of whose mail exchangers lets us in on port
// 25. Silence counts only after two tries, and only from a place from which
// another mail server did answer.
func mxUnreachable(b *evidence.Bundle) []Finding {
	if ended := exchangers(b); ended != nil {
		return ended
	}
	domain := b.Target.Domain
	servers := doors(b)
	shut := b.Mail.Control.State == evidence.Seen && len(servers) > 0
	var open evidence.Observation // why it is not known
	for _, s := range servers {
		if s.State == evidence.Seen {
			return pass(domain, Facts{"address": s.Address})
		}
		open = cmp.Or(open, s.Observation)
		shut = shut && s.Tries >= 2 && (s.Problem == evidence.Timeout || s.Problem == evidence.Refused)
	}
	if shut {
		return fail(domain, Facts{"mx": strings.Join(exchangerHosts(b), ", ")})
	}
	if len(servers) == 0 && len(b.Mail.Exchanges) > 0 {
		open = noServer(b.Mail.Exchanges[0].Addresses)
	}
	return unknown(domain, "smtp "+domain, open)
}

// doors lists every server of the exchangers that have an address, and one more
// for those addresses of a host that were too many to visit. Those without a way
// from here count only where there is no other.
func doors(b *evidence.Bundle) []evidence.Server {
	var list []evidence.Server
	for _, x := range b.Mail.Exchanges {
		list = append(list, x.Servers...)
		switch addresses := len(b.DNS.Lookup(x.Host, "A").Records) + len(b.DNS.Lookup(x.Host, "AAAA").Records); {
		case len(x.Servers) == 0 && x.Addresses.State != evidence.Absent:
			list = append(list, evidence.Server{Observation: x.Addresses})
		case len(x.Servers) > 0 && addresses > len(x.Servers):
			list = append(list, evidence.Server{Observation: evidence.Skipped(evidence.TooMany, "")})
		}
	}
	routed := slices.DeleteFunc(slices.Clone(list), func(s evidence.Server) bool { return s.Problem == evidence.NoRoute })
	if len(routed) == 0 {
		return list
	}
	return routed
}
