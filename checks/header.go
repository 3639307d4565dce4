package checks

import (
	"net/url"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// eachHTTPS judges the https answer of every site that speaks https.
func eachHTTPS(b *evidence.Bundle, judge func(evidence.Site) []Finding) []Finding {
	return eachSite(b, func(s evidence.Site) []Finding {
		if withoutTLS(b, s.Host) {
			return notApplicable(s.Host)
		}
		if o := answered(s.HTTPS); o.State != evidence.Seen {
			return unknown(s.Host, "https "+s.Host, o)
		}
		return judge(s)
	})
}

// hstsMissing fails a host that never tells browsers to insist on https
// (RFC 6797 section 6.1). The header counts on the first answer, a redirect
// included: it protects the name that was asked for.
func hstsMissing(b *evidence.Bundle) []Finding {
	return eachHTTPS(b, func(s evidence.Site) []Finding {
		first := s.HTTPS.Hops[0]
		switch {
		case len(first.Values("strict-transport-security")) > 0:
			return pass(s.Host, Facts{"host": s.Host})
		case first.Status >= 400:
			// Servers leave the header out of error pages unless told otherwise.
			return unknown(s.Host, "https "+s.Host, reason(s.HTTPS))
		}
		return fail(s.Host, Facts{"host": s.Host})
	})
}

// eachPage judges the page that a site serves itself; a site that only sends
// its visitors to another one is judged there.
func eachPage(b *evidence.Bundle, judge func(page evidence.Visit) (sound bool)) []Finding {
	return eachHTTPS(b, func(s evidence.Site) []Finding { return onPage(b, s, judge) })
}

func onPage(b *evidence.Bundle, s evidence.Site, judge func(page evidence.Visit) (sound bool)) []Finding {
	switch {
	case movesOn(b, s):
		return notApplicable(s.Host)
	case !isPage(s.HTTPS) || s.HTTPS.Page == nil:
		return unknown(s.Host, "https "+s.Host, reason(s.HTTPS))
	case judge(s.HTTPS):
		return pass(s.Host, Facts{"host": s.Host})
	}
	return fail(s.Host, Facts{"host": s.Host})
}

// movesOn reports whether the site ends on another host that is judged by
// itself.
func movesOn(b *evidence.Bundle, s evidence.Site) bool {
	final := hostOf(s.HTTPS.Last().URL)
	if final == s.Host {
		return false
	}
	return slices.ContainsFunc(b.Sites, func(other evidence.Site) bool {
		return other.Host == final && !slices.Contains(b.Target.Former, final)
	})
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// cspMissing fails a page without a content security policy, in the header or
// in a meta element (CSP Level 3 section 3). A report-only policy stops nothing.
func cspMissing(b *evidence.Bundle) []Finding {
	return eachHTTPS(b, func(s evidence.Site) []Finding {
		findings := onPage(b, s, hasPolicy)
		if findings[0].Outcome == Fail && s.HTTPS.Page.Truncated {
			return unknown(s.Host, "https "+s.Host, reason(s.HTTPS)) // the element may stand in what is missing
		}
		return findings
	})
}

func hasPolicy(v evidence.Visit) bool {
	policies := append(v.Last().Values("content-security-policy"), v.Page.Policies...)
	return strings.TrimSpace(strings.Join(policies, "")) != ""
}

// nosniffMissing fails a page that lets browsers guess the type of a file
// (Fetch standard, X-Content-Type-Options).
func nosniffMissing(b *evidence.Bundle) []Finding {
	return eachPage(b, func(v evidence.Visit) bool {
		first, _, _ := strings.Cut(strings.Join(v.Last().Values("x-content-type-options"), ","), ",")
		return strings.EqualFold(strings.TrimSpace(first), "nosniff")
	})
}

// framingAllowed fails a page that other sites may show inside their own: no
// frame-ancestors in the header (CSP Level 3 section 6.4.2; a meta element does
// not count) and no X-Frame-Options (RFC 7034), which frame-ancestors overrides.
func framingAllowed(b *evidence.Bundle) []Finding {
	return eachPage(b, func(v evidence.Visit) bool {
		policies := 0
		for _, policy := range v.Last().Values("content-security-policy") {
			if ancestors, ok := directive(policy, "frame-ancestors"); ok {
				policies++
				if !slices.ContainsFunc(ancestors, anybody) {
					return true
				}
			}
		}
		options := strings.ToLower(strings.Join(v.Last().Values("x-frame-options"), ","))
		return policies == 0 && slices.ContainsFunc(strings.Split(options, ","), func(option string) bool {
			option = strings.TrimSpace(option)
			return option == "deny" || option == "sameorigin"
		})
	})
}

// directive gives the words of the first directive of that name in a serialised
// policy list (CSP Level 3 section 2.2).
func directive(policy, name string) (words []string, found bool) {
	for part := range strings.FieldsFuncSeq(policy, func(r rune) bool { return r == ';' || r == ',' }) {
		words := strings.Fields(part)
		if len(words) > 0 && strings.EqualFold(words[0], name) {
			return words[1:], true
		}
	}
	return nil, false
}

// anybody recognises a source expression that every site matches.
func anybody(source string) bool {
	return source == "*" || strings.EqualFold(source, "https:") || strings.EqualFold(source, "http:")
}

// cookieInsecure fails a site that sets a cookie on https without Secure, or a
// session cookie that scripts may read (RFC 6265 sections 4.1.2.5 and 4.1.2.6).
func cookieInsecure(b *evidence.Bundle) []Finding {
	return eachHTTPS(b, func(s evidence.Site) []Finding {
		var insecure []string
		cookies := 0
		for _, c := range s.HTTPS.Cookies {
			if !strings.HasPrefix(c.URL, "https://") || hostOf(c.URL) != s.Host {
				continue
			}
			cookies++
			if (!c.Secure || namesSession(c.Name) && !c.HTTPOnly) && !slices.Contains(insecure, c.Name) {
				insecure = append(insecure, c.Name)
			}
		}
		switch {
		case len(insecure) > 0:
			return fail(s.Host, Facts{"host": s.Host, "cookies": strings.Join(insecure, ", ")})
		case cookies == 0:
			return notApplicable(s.Host)
		}
		return pass(s.Host, Facts{"host": s.Host})
	})
}

// namesSession recognises the usual names of session cookies; a cookie against
// cross-site requests must stay readable by scripts.
func namesSession(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "sess") || strings.HasSuffix(name, "sid")
}

// securityTxtMissing fails a body whose site names no contact for people who
// find a weakness (RFC 9116 section 3).
func securityTxtMissing(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	var open evidence.Observation
	answers := 0
	for _, s := range homes(b) {
		if withoutTLS(b, s.Host) {
			continue
		}
		answers++
		v := s.SecurityTxt
		o := answered(v)
		switch {
		case o.State == evidence.Seen && isPage(v) && namesContact(v):
			return pass(domain, Facts{"host": s.Host})
		case o.State == evidence.Seen && (isPage(v) || notFound(v)):
		case o.State == evidence.Seen:
			open = reason(v)
		default:
			open = securityTxtOpen(o)
		}
	}
	switch {
	case answers == 0 && len(b.Sites) > 0:
		return notApplicable(domain)
	case answers == 0 || open != (evidence.Observation{}):
		return unknown(domain, "https "+domain+"/.well-known/security.txt", open)
	}
	return fail(domain, Facts{"host": domain})
}

// namesContact looks for the one field that the file must have (RFC 9116
// section 2.5.3). An HTML page in its place is an error page in disguise.
func namesContact(v evidence.Visit) bool {
	if v.Page != nil {
		return false
	}
	for line := range strings.Lines(v.Text) {
		if strings.HasPrefix(strings.ToLower(line), "contact:") {
			return true
		}
	}
	return false
}

// securityTxtOpen names the reason where the file was not asked for at all.
func securityTxtOpen(o evidence.Observation) evidence.Observation {
	if o.State == evidence.NotAsked && o.Problem == "" {
		return evidence.Observation{Problem: evidence.NotInProfile}
	}
	return o
}
