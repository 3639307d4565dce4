package scheme

import (
	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
)

// viewsOf gives what was seen of a site, once for each thing that it may be where
// something is not known; none where there is no page to judge.
func viewsOf(b *evidence.Bundle, site evidence.Site) (views []headers.Site, problem evidence.Problem) {
	secure := shows(site.HTTPS)
	plain := shows(site.HTTP) && site.HTTPS.Problem == evidence.Refused && len(site.HTTPS.Hops) == 0
	if !secure && !plain {
		return nil, problemOf(site.HTTPS)
	}
	visit := site.HTTPS
	if plain {
		visit = site.HTTP
	}
	view := headers.Site{Domain: b.Target.Domain, HTTPS: secure, Page: pageOf(visit), Own: own(site), Cookies: cookiesOf(visit)}
	for _, trusted := range either(trustOf(b, site.Host)) {
		view.Trusted = trusted
		views = append(views, withRoute(b, view, site)...)
	}
	return views, ""
}

// withRoute adds the way of a visitor who begins on http, where it is known.
func withRoute(b *evidence.Bundle, view headers.Site, site evidence.Site) []headers.Site {
	switch {
	case refusesHTTP(site):
		view.Route = &headers.Route{Trusted: true}
		return []headers.Site{view}
	case site.HTTP.State != evidence.Seen || site.HTTP.Barrier != "" || len(site.HTTP.Hops) == 0:
		return []headers.Site{view}
	}
	var addresses []string
	trust := evidence.Seen
	for _, hop := range site.HTTP.Hops {
		addresses = append(addresses, hop.URL)
		if schemeOf(hop.URL) == "https" {
			trust = lesser(trust, trustOf(b, hostOf(hop.URL)))
		}
		if hop.Refresh != "" {
			break // the Observatory does not go where a page sends its visitors
		}
	}
	var views []headers.Site
	for _, trusted := range either(trust) {
		view.Route = &headers.Route{Addresses: addresses, Trusted: trusted}
		views = append(views, view)
	}
	return views
}

func own(site evidence.Site) []headers.Values {
	var list []headers.Values
	for _, hop := range site.HTTPS.Hops {
		if schemeOf(hop.URL) == "https" && hostOf(hop.URL) == site.Host {
			list = append(list, hop.Values)
		}
	}
	return list
}

func pageOf(v evidence.Visit) headers.Page {
	p := headers.Page{Values: v.Last().Values, HTML: v.Page != nil}
	if v.Page == nil {
		return p
	}
	p.Policies, p.Referrers = v.Page.Policies, v.Page.Referrers
	scripts := make([]headers.Script, v.Page.Inline, v.Page.Inline+len(v.Page.Scripts))
	for _, s := range v.Page.Scripts {
		source := s.Raw
		if source == "" {
			source = s.URL
		}
		scripts = append(scripts, headers.Script{Source: source, Integrity: s.Integrity})
	}
	// A page that was not read to its end may have further ones.
	if !v.Page.Truncated {
		p.Scripts = &scripts
	}
	return p
}

func cookiesOf(v evidence.Visit) []headers.Cookie {
	var list []headers.Cookie
	for _, c := range v.Cookies {
		list = append(list, headers.Cookie{
			Name: c.Name, Domain: c.Domain, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HTTPOnly,
			SameSite: c.SameSite, HasSameSite: c.Bare || c.SameSite != "", Session: c.Session, Removed: c.Removed,
		})
	}
	return list
}
