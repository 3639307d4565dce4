package checks

import (
	"cmp"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/duties"
	"campanile/collectors/records/tracker"
)

// cookieNoticeMissing fails a town whose pages leave something with the visitor,
// or let others know of the visit, and say nothing of it (Directive 2002/58/EC
// art. 5 paragraph 3). A tool that asks for consent tells of it.
func cookieNoticeMissing(b *evidence.Bundle) []Finding {
	return anyFront(b, func(f front) Finding {
		cookies := cookiesToTell(b.Target.Country, f.visit)
		link, state := f.link(duties.Cookies)
		facts := Facts{"host": f.Host, "url": f.url(), "cookies": cmp.Or(strings.Join(cookies, ", "), "-")}
		switch {
		case len(cookies) == 0 && !slices.ContainsFunc(f.pages(), tellsOthers):
			if o := f.complete(); o.State != evidence.Seen {
				return f.open(b, o)
			}
			return notApplicable(b.Target.Domain)[0]
		case state == evidence.Seen:
			return pass(b.Target.Domain, with(facts, "link", link))[0]
		case slices.ContainsFunc(f.pages(), asksConsent):
			return pass(b.Target.Domain, facts)[0]
		}
		if o := f.explains(); o.State != evidence.Absent {
			if o.State == evidence.Seen {
				return pass(b.Target.Domain, facts)[0]
			}
			return f.open(b, o)
		}
		if o := f.complete(); o.State != evidence.Seen || state != evidence.Absent {
			return f.open(b, o)
		}
		return fail(b.Target.Domain, facts)[0]
	})
}

// explains says whether the privacy notice or the legal notice speaks of cookies.
func (f front) explains() evidence.Observation {
	privacy := f.speaks(evidence.PrivacyDuty, duties.Privacy, duties.CookieUse)
	legal := f.speaks(evidence.LegalDuty, duties.Legal, duties.CookieUse)
	if privacy.State == evidence.Seen || legal.State == evidence.Absent {
		return privacy
	}
	return legal
}

// cookiesToTell are the cookies that a visit left and of which visitors must be
// told, by name. The directive leaves out those that are strictly necessary
// (2002/58/EC art. 5 paragraph 3, last sentence); the Italian Garante wants a word
// on them too (guidelines of 10 June 2021).
func cookiesToTell(country string, v evidence.Visit) []string {
	var names []string
	for _, c := range v.Cookies {
		if !c.Removed && (country == "it" || !isTechnical(c)) {
			names = append(names, c.Name)
		}
	}
	return unique(names)
}

// tellsOthers reports whether a page lets companies know of the visit.
func tellsOthers(p *evidence.Page) bool {
	hosts, _ := trackersOf(p)
	return len(hosts) > 0 || analyticsOf(p) != "" || fontsOf(p) != ""
}

// asksConsent recognises the tools that ask visitors before they set cookies.
func asksConsent(p *evidence.Page) bool {
	return slices.ContainsFunc(addressesOf(p), func(address string) bool {
		_, ok := tracker.ConsentTool(address)
		return ok
	})
}
