package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// redirectOtherDomain fails a town whose home page stands in a domain that is
// neither its own nor that of a known platform: people cannot tell whose it is.
func redirectOtherDomain(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	sites := homes(b)
	var open []Finding
	pages := 0
	for _, s := range sites {
		v, o := homeVisit(b, s)
		host := hostOf(v.Last().URL)
		switch {
		case o.Known() && !belongs(b, host):
			return fail(domain, Facts{"host": s.Host, "final": host, "url": v.Last().URL})
		case o.State == evidence.Seen:
			pages++
		case open == nil && !o.Known():
			open = unknown(domain, "web "+s.Host, o)
		}
	}
	switch {
	case len(b.Sites) == 0:
		return unknown(domain, "web "+domain, evidence.Observation{})
	case open != nil:
		return open
	case pages == 0:
		return notApplicable(domain) // there is no home page at all
	}
	return pass(domain, Facts{"host": domain})
}

// homeVisit gives the visit that ends where a site has its page, and whether it
// has one: on http only where there certainly is none on https.
func homeVisit(b *evidence.Bundle, s evidence.Site) (evidence.Visit, evidence.Observation) {
	o := hasPage(s.HTTPS)
	nowhere := o.State == evidence.Absent && belongs(b, hostOf(s.HTTPS.Last().URL))
	if nowhere || withoutTLS(b, s.Host) {
		return s.HTTP, hasPage(s.HTTP)
	}
	return s.HTTPS, o
}

// hasPage says whether a visit ended on a page, be it one that scripts fill.
func hasPage(v evidence.Visit) evidence.Observation {
	switch {
	case isPage(v), v.State == evidence.Seen && v.Barrier == "script-only":
		return sound()
	case noPage(v):
		return defect()
	}
	return reason(v)
}

// belongs reports whether a home page may stand on a host: in the town's own
// domains, old or new, or where people know that towns have theirs.
func belongs(b *evidence.Bundle, host string) bool {
	// RPNT criterion 1.6 accepts these two.
	ofState := b.Target.Country == "fr" && (within(host, "collectivite.fr") || within(host, "gouv.fr"))
	return ofState || owns(b, host) || isPlatform(b, host)
}

// owns reports whether a host lies in one of the town's own domains, old or new.
func owns(b *evidence.Bundle, host string) bool {
	own := append([]string{b.Target.Domain, records.Registered(b.Target.Domain)}, b.Target.Former...)
	return slices.ContainsFunc(own, func(domain string) bool { return within(host, domain) })
}

// isPlatform reports whether a host is that of a product or a company which was
// recognised there by its name. Software that anybody can install tells nothing.
func isPlatform(b *evidence.Bundle, host string) bool {
	names := func(words string) bool {
		return slices.ContainsFunc(strings.Fields(words), func(word string) bool {
			return strings.Contains(word, ".") && (within(host, word) || hostOf(word) == host)
		})
	}
	return slices.ContainsFunc(b.Suppliers, func(s evidence.Supplier) bool {
		return (s.Role == "web" || s.Role == "platform") && names(s.Evidence)
	}) || slices.ContainsFunc(b.Platforms, func(p evidence.Platform) bool {
		return p.Use == evidence.ForSite && p.Definite && strings.HasPrefix(p.Evidence, "host ") && names(p.Evidence)
	})
}

// nameMissing fails a town one of whose two names leads to its page while the
// other has no address, or an error in place of the page. People type either.
func nameMissing(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	bare, www := nameOf(b, domain), nameOf(b, "www."+domain)
	switch {
	case bare.works() && www.works():
		return pass(domain, Facts{"host": domain})
	case bare.works() && www.reason != "":
		return fail(domain, Facts{"host": www.host, "works": domain, "reason": www.reason})
	case www.works() && bare.reason != "":
		return fail(domain, Facts{"host": domain, "works": www.host, "reason": bare.reason})
	case www.reason != "" && bare.reason != "":
		return notApplicable(domain) // nothing works: another rule's finding
	case bare.works() || bare.reason != "":
		return unknown(domain, "web "+www.host, www.Observation)
	}
	return unknown(domain, "web "+domain, bare.Observation)
}

// homeName is one of the names that people type.
type homeName struct {
	host string
	evidence.Observation
	reason string // why it certainly does not work: no-address or no-page
}

func (n homeName) works() bool { return n.State == evidence.Seen }

func nameOf(b *evidence.Bundle, host string) homeName {
	s := siteOf(b, host)
	if s.Addresses.State == evidence.Absent {
		return homeName{host, s.Addresses, "no-address"}
	}
	if s.Addresses.State != evidence.Seen {
		return homeName{host, s.Addresses, ""}
	}
	https, http := hasPage(s.HTTPS), hasPage(s.HTTP)
	switch {
	case https.State == evidence.Seen || http.State == evidence.Seen:
		return homeName{host, sound(), ""}
	case http.State == evidence.Absent && (https.State == evidence.Absent || withoutTLS(b, host)):
		return homeName{host, http, "no-page"}
	case https.Known():
		return homeName{host, http, ""}
	}
	return homeName{host, https, ""}
}
