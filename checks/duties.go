package checks

import (
	"net/url"
	"strings"

	"campanile/collectors/evidence"
)

// home gives the first page of the town that could be read, https before http
// and the bare domain before www; or the reason why there is none.
func home(b *evidence.Bundle) (page *evidence.Page, host, address string, why evidence.Observation) {
	for _, overHTTPS := range []bool{true, false} {
		for _, s := range inOrder(b) {
			v := s.HTTP
			if overHTTPS {
				v = s.HTTPS
			}
			if isPage(v) && v.Page != nil {
				return v.Page, s.Host, v.Last().URL, v.Observation
			}
			if o := reason(v); why.State == evidence.NotAsked && o.State != evidence.NotAsked {
				why = o
			}
		}
	}
	return nil, "", "", why
}

// inOrder gives the sites that have an address, the bare domain first.
func inOrder(b *evidence.Bundle) []evidence.Site {
	var list []evidence.Site
	for _, host := range webHosts(b) {
		if s := siteOf(b, host); s.Addresses.State != evidence.Absent && s.HTTP.URL+s.HTTPS.URL != "" {
			list = append(list, s)
		}
	}
	return list
}

// duty judges a link that the law wants on the home page. Only a page whose
// footer was read can lack it: what a script brings is not seen here.
func duty(b *evidence.Bundle, found func(*evidence.Page) evidence.State) []Finding {
	domain := b.Target.Domain
	page, host, address, why := home(b)
	if page == nil {
		if len(b.Sites) > 0 && len(inOrder(b)) == 0 {
			return notApplicable(domain)
		}
		return unknown(domain, "web "+domain, why)
	}
	facts := Facts{"host": host, "url": address}
	switch state := found(page); {
	case state == evidence.Seen:
		return pass(domain, facts)
	case state == evidence.Absent && page.Footer == evidence.Seen && !page.Truncated:
		return fail(domain, facts)
	}
	return unknown(domain, "web "+host, evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable})
}

// privacyMissing fails a home page without a way to the privacy notice
// (Regulation (EU) 2016/679 art. 13).
func privacyMissing(b *evidence.Bundle) []Finding {
	return duty(b, func(p *evidence.Page) evidence.State {
		return anyLink(p, func(l evidence.Link) bool {
			return l.Mark == "privacy-policy-link" || mentions(l, "privacy", "protezione dei dati", "dati personali", "gdpr", "rgpd",
				"donnees personnelles", "donnees a caractere personnel", "confidentialite", "protection des donnees", "data protection")
		})
	})
}

// transparencyMissing fails an Italian home page without a way to
// «Amministrazione trasparente» (D.Lgs. 33/2013).
func transparencyMissing(b *evidence.Bundle) []Finding {
	return duty(b, func(p *evidence.Page) evidence.State {
		return anyLink(p, func(l evidence.Link) bool {
			return mentions(l, "amministrazione trasparente", "amministrazione-trasparente", "amministrazionetrasparente", "trasparenza")
		})
	})
}

func anyLink(p *evidence.Page, is func(evidence.Link) bool) evidence.State {
	for _, l := range p.Links {
		if is(l) {
			return evidence.Seen
		}
	}
	return evidence.Absent
}

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
