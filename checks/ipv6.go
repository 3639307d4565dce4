package checks

import (
	"net/netip"
	"slices"

	"campanile/collectors/evidence"
)

// ipv6Missing fails a web site that nobody reaches over IPv6. Both the bare name
// and www may be the site; one that works is enough.
func ipv6Missing(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	site := ""
	var open []Finding
	for _, host := range siteHosts(b) {
		over6, what := overIPv6(b, host)
		over4 := b.DNS.Lookup(host, "A")
		switch {
		case over6.State == evidence.Seen:
			return pass(domain, Facts{"host": host})
		case over6.State != evidence.Absent:
			open = append(open, unknown(domain, what, over6)...)
		case !over4.Known():
			open = append(open, unknown(domain, "dns A "+host, over4.Observation)...)
		case over4.State == evidence.Seen && site == "":
			site = host
		}
	}
	switch {
	case len(open) > 0:
		return open[:1]
	case site == "":
		return notApplicable(domain) // there is no web site
	}
	return fail(domain, Facts{"host": site})
}

// siteHosts lists the two names under which people look for the site.
func siteHosts(b *evidence.Bundle) []string {
	www := "www." + b.Target.Domain
	if isTheirs(b, www) {
		return []string{b.Target.Domain, www}
	}
	return []string{b.Target.Domain}
}

// overIPv6 says whether a site can be reached over IPv6: seen where it answered,
// absent where it has no address or refuses every connection there that it takes
// over IPv4. Silence may be our own network's. what names the question.
func overIPv6(b *evidence.Bundle, host string) (o evidence.Observation, what string) {
	aaaa := lookUp(b, host, "AAAA")
	_, by := webNames(b)
	addresses := addressesTried(b, host, by[host])
	if aaaa.State == evidence.Seen {
		addresses = append(addresses, slices.DeleteFunc(slices.Clone(aaaa.Records), isNot6)...)
	}
	switch {
	case reached(b, host, by[host]):
		return sound(), ""
	case !aaaa.Known() || len(addresses) == 0 && aaaa.State == evidence.Absent:
		return aaaa.Observation, "dns AAAA " + host
	case len(addresses) == 0:
		return garbled, "dns AAAA " + host
	}
	what = "tls " + host + ":443"
	for _, address := range addresses {
		if o = refusal(by[host], address); o.State != evidence.Absent {
			return o, what
		}
	}
	// A site that takes no connection of this kind over IPv4 either may be there
	// without encryption: nobody tried that over IPv6.
	if !slices.ContainsFunc(by[host], func(e evidence.Endpoint) bool { return e.Connect.State == evidence.Seen && !is6(e.Address) }) {
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Refused}, what
	}
	return defect(), what
}

// addressesTried lists the IPv6 addresses of a site at which something was tried:
// a look-up of another moment may have given them.
func addressesTried(b *evidence.Bundle, host string, endpoints []evidence.Endpoint) []string {
	var list []string
	for _, e := range endpoints {
		list = append(list, e.Address)
	}
	s := siteOf(b, host)
	for _, hop := range slices.Concat(s.HTTPS.Hops, s.HTTP.Hops) {
		if hostOf(hop.URL) == host {
			list = append(list, hop.Address)
		}
	}
	return slices.DeleteFunc(list, isNot6)
}

// translator is where networks without IPv4 put the addresses of hosts that have
// no other: their resolvers make them up (RFC 6147 section 5.2), and nobody
// publishes them.
var translator = netip.MustParsePrefix("64:ff9b::/96")

func is6(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && address.Is6() && !translator.Contains(address)
}

func isNot6(text string) bool { return !is6(text) }

// reached reports whether the site answered at an IPv6 address, to a TLS
// connection or to a visit.
func reached(b *evidence.Bundle, host string, endpoints []evidence.Endpoint) bool {
	for _, e := range endpoints {
		if e.Connect.State == evidence.Seen && is6(e.Address) {
			return true
		}
	}
	s := siteOf(b, host)
	for _, v := range []evidence.Visit{s.HTTPS, s.HTTP} {
		for _, hop := range v.Hops {
			if v.State == evidence.Seen && hostOf(hop.URL) == host && is6(hop.Address) {
				return true
			}
		}
	}
	return false
}

// refusal says what became of the connection to one address: absent where it was
// refused.
func refusal(endpoints []evidence.Endpoint, address string) evidence.Observation {
	for _, e := range endpoints {
		switch {
		case !sameAddress(e.Address, address):
		case e.Connect.State == evidence.Unknown && e.Connect.Problem == evidence.Refused:
			return defect()
		case !e.Connect.Known():
			return e.Connect
		}
	}
	return evidence.Observation{Problem: evidence.NotInProfile}
}

func sameAddress(a, b string) bool {
	one, err := netip.ParseAddr(a)
	other, err2 := netip.ParseAddr(b)
	return err == nil && err2 == nil && one == other
}
