package checks

import (
	"slices"

	"campanile/collectors/evidence"
)

// homes gives the sites on which the home page may stand: the bare domain and
// www. The duties of a body bind its site, not each of its services.
func homes(b *evidence.Bundle) []evidence.Site {
	var list []evidence.Site
	for _, s := range b.Sites {
		switch {
		case s.Addresses.State == evidence.Absent:
		case s.Host == b.Target.Domain:
			list = slices.Insert(list, 0, s)
		case isHome(b, s.Host):
			list = append(list, s)
		}
	}
	return list
}

// isHome recognises the names that people type for the town's own site.
func isHome(b *evidence.Bundle, host string) bool {
	return host == b.Target.Domain || host == "www."+b.Target.Domain
}

// noService reports a further host that showed no web service at all: neither
// port answered. A name in a certificate promises no site. What the town's own
// pages link to does, and its silence is worth telling.
func noService(b *evidence.Bundle, host string) bool {
	linked := func(n evidence.Name) bool { return n.Name == host && n.Source == "link" }
	connected := func(e evidence.Endpoint) bool { return e.Name == host && e.Connect.State == evidence.Seen }
	s := siteOf(b, host)
	return !isHome(b, host) && !slices.ContainsFunc(b.Names, linked) &&
		len(s.HTTP.Hops) == 0 && len(s.HTTPS.Hops) == 0 && !slices.ContainsFunc(b.Endpoints, connected)
}

// isLocked reports a further host that asks everybody for a password (RFC 9110
// section 15.5.2): what is behind it is no site of the public.
func isLocked(b *evidence.Bundle, s evidence.Site) bool {
	asks := func(v evidence.Visit) bool { return v.State == evidence.Seen && v.Last().Status == 401 }
	return !isHome(b, s.Host) && asks(s.HTTP) && asks(s.HTTPS)
}

// homePage gives the page of a site that could be read, if any. What stands on
// http is the whole truth only where there is nothing on https.
func homePage(b *evidence.Bundle, s evidence.Site) (v evidence.Visit, whole bool) {
	if isPage(s.HTTPS) && s.HTTPS.Page != nil {
		return s.HTTPS, true
	}
	if isPage(s.HTTP) && s.HTTP.Page != nil {
		return s.HTTP, noPage(s.HTTPS) || withoutTLS(b, s.Host)
	}
	return evidence.Visit{}, noPage(s.HTTPS) && noPage(s.HTTP)
}

// whyNoPage gives the reason of the first visit that left it open.
func whyNoPage(s evidence.Site) evidence.Observation {
	if o := reason(s.HTTPS); o != (evidence.Observation{}) && !noPage(s.HTTPS) {
		return o
	}
	return reason(s.HTTP)
}
