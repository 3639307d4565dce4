package checks

import (
	"net/url"
	"slices"
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

// inOrder gives the sites that may have an address, the bare domain first.
func inOrder(b *evidence.Bundle) []evidence.Site {
	var list []evidence.Site
	for _, s := range b.Sites {
		switch {
		case s.Addresses.State == evidence.Absent:
		case s.Host == b.Target.Domain:
			list = slices.Insert(list, 0, s)
		default:
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
