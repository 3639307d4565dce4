package checks

import (
	"net/url"
	"slices"
	"strings"

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

// duty judges a link that the law wants on the home page. One of the town's home
// pages with it is enough. It is missing where all of them were read and none
// has it; a single one that is not known leaves it open.
func duty(b *evidence.Bundle, found func(*evidence.Page) evidence.State) []Finding {
	domain := b.Target.Domain
	sites := homes(b)
	if len(sites) == 0 && len(b.Sites) > 0 {
		return notApplicable(domain)
	}
	verdicts := map[Outcome][]Finding{}
	for _, s := range sites {
		f := onHomePage(b, s, found)
		verdicts[f.Outcome] = append(verdicts[f.Outcome], f)
	}
	for _, outcome := range []Outcome{Pass, Inconclusive, Fail} {
		if len(verdicts[outcome]) > 0 {
			return verdicts[outcome][:1]
		}
	}
	if len(sites) == 0 {
		return unknown(domain, "web "+domain, evidence.Observation{})
	}
	return unknown(domain, "web "+domain, reason(sites[0].HTTPS)) // an error in place of every page
}

// onHomePage judges one site. Only a page that was read whole, footer included,
// can lack a link: what a script brings is not seen here. A site that certainly
// has no page has none to judge.
func onHomePage(b *evidence.Bundle, s evidence.Site, found func(*evidence.Page) evidence.State) Finding {
	domain, what := b.Target.Domain, "web "+s.Host
	v, whole := homePage(b, s)
	switch {
	case v.Page == nil && whole:
		return notApplicable(domain)[0]
	case v.Page == nil:
		return unknown(domain, what, whyNoPage(s))[0]
	}
	facts := Facts{"host": s.Host, "url": v.Last().URL}
	switch state := found(v.Page); {
	case state == evidence.Seen:
		return pass(domain, facts)[0]
	case !whole:
		return unknown(domain, what, reason(s.HTTPS))[0]
	case state == evidence.Absent && v.Page.Footer == evidence.Seen && !v.Page.Truncated:
		return fail(domain, facts)[0]
	}
	return unknown(domain, what, evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable})[0]
}

// privacyMissing fails a home page without a way to the privacy notice
// (Regulation (EU) 2016/679 art. 13).
func privacyMissing(b *evidence.Bundle) []Finding {
	return duty(b, func(p *evidence.Page) evidence.State {
		return anyLink(p, func(l evidence.Link) bool {
			host := strings.TrimPrefix(hostOf(l.URL), "www.")
			return l.Mark == "privacy-policy-link" || mentions(l, privacyWords...) && !slices.Contains(othersPrivacy, host)
		})
	})
}

// privacyWords name the notice in the languages of the declaration, folded.
var privacyWords = []string{
	"privacy", "protezione dei dati", "dati personali", "gdpr", "rgpd", "donnees personnelles", "donnees a caractere personnel",
	"confidentialite", "protection des donnees", "data protection", "datenschutz", "privacidad", "proteccion de datos",
}

// othersPrivacy lists hosts that municipal pages link to and that speak of
// somebody else's privacy: the authorities, and the maker of a captcha.
var othersPrivacy = []string{"garanteprivacy.it", "gpdp.it", "cnil.fr", "policies.google.com", "google.com"}

// transparencyMissing fails an Italian home page without a way to
// «Amministrazione trasparente» (D.Lgs. 33/2013).
func transparencyMissing(b *evidence.Bundle) []Finding {
	return duty(b, func(p *evidence.Page) evidence.State {
		return anyLink(p, func(l evidence.Link) bool {
			// The transparency of waste and its tariff (TARI) is another duty.
			return mentions(l, transparencyWords...) || mentions(l, "trasparenza") && !mentions(l, "rifiut", " tari")
		})
	})
}

var transparencyWords = []string{
	"amministrazione trasparente", "amministrazione-trasparente", "amministrazione_trasparente", "amministrazionetrasparente",
	"amm. trasparente", "amm.ne trasparente",
}

// anyLink looks for a link. One that leads nowhere by itself ("#") may open
// something by a script: that is not known.
func anyLink(p *evidence.Page, is func(evidence.Link) bool) evidence.State {
	state := evidence.Absent
	for _, l := range p.Links {
		switch {
		case !is(l):
		case leadsSomewhere(l):
			return evidence.Seen
		default:
			state = evidence.Unknown
		}
	}
	return state
}

// leadsSomewhere tells a link from a button.
func leadsSomewhere(l evidence.Link) bool { return l.URL != "" && l.Raw == "" }

// mentions reports whether the text or the address of a link holds one of the
// words, which are folded already.
func mentions(l evidence.Link, words ...string) bool {
	address := l.URL
	if plain, err := url.PathUnescape(address); err == nil {
		address = plain
	}
	text, address := fold(l.Text), fold(address)
	for _, word := range words {
		if strings.Contains(text, word) || strings.Contains(address, word) {
			return true
		}
	}
	return false
}
