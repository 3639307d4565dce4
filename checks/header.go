package checks

import (
	"net/url"
	"strings"

	"campanile/collectors/evidence"
)

// eachHTTPS judges the https answer of every site that speaks https.
func eachHTTPS(b *evidence.Bundle, judge func(evidence.Site) []Finding) []Finding {
	return eachSite(b, func(s evidence.Site) []Finding {
		if withoutTLS(b, s.Host) || s.HTTPS.Problem == evidence.Refused && s.HTTP.State == evidence.Seen {
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
		if len(s.HTTPS.Hops[0].Values("strict-transport-security")) == 0 {
			return fail(s.Host, Facts{"host": s.Host})
		}
		return pass(s.Host, Facts{"host": s.Host})
	})
}

// eachPage judges the page that a site serves itself; a site that only sends
// its visitors to another one is judged there.
func eachPage(b *evidence.Bundle, judge func(page evidence.Visit) (sound bool)) []Finding {
	return eachHTTPS(b, func(s evidence.Site) []Finding {
		switch {
		case movesOn(b, s):
			return notApplicable(s.Host)
		case !isPage(s.HTTPS):
			return unknown(s.Host, "https "+s.Host, reason(s.HTTPS))
		case judge(s.HTTPS):
			return pass(s.Host, Facts{"host": s.Host})
		}
		return fail(s.Host, Facts{"host": s.Host})
	})
}

// movesOn reports whether the site ends on another host that is judged by
// itself.
func movesOn(b *evidence.Bundle, s evidence.Site) bool {
	final := hostOf(s.HTTPS.Last().URL)
	if final == s.Host {
		return false
	}
	for _, other := range b.Sites {
		if other.Host == final {
			return true
		}
	}
	return false
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
	return eachPage(b, func(v evidence.Visit) bool {
		return len(v.Last().Values("content-security-policy")) > 0 || v.Page != nil && v.Page.Policy != ""
	})
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
// not count) and no X-Frame-Options (RFC 7034).
func framingAllowed(b *evidence.Bundle) []Finding {
	return eachPage(b, func(v evidence.Visit) bool {
		for _, policy := range v.Last().Values("content-security-policy") {
			if hasDirective(policy, "frame-ancestors") {
				return true
			}
		}
		for _, option := range v.Last().Values("x-frame-options") {
			if option = strings.ToLower(strings.TrimSpace(option)); option == "deny" || option == "sameorigin" {
				return true
			}
		}
		return false
	})
}

// hasDirective looks through a serialised policy list (CSP Level 3 section 2.2).
func hasDirective(policy, name string) bool {
	for _, part := range strings.FieldsFunc(policy, func(r rune) bool { return r == ';' || r == ',' }) {
		words := strings.Fields(part)
		if len(words) > 0 && strings.EqualFold(words[0], name) {
			return true
		}
	}
	return false
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
			if !c.Secure || namesSession(c.Name) && !c.HTTPOnly {
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
	return strings.Contains(name, "sess") || strings.HasSuffix(name, "sid") || strings.HasSuffix(name, ".sid")
}

// securityTxtMissing fails a body that no host of names a contact for people
// who find a weakness (RFC 9116 section 3).
func securityTxtMissing(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	var open evidence.Observation
	answers := 0
	for _, s := range b.Sites {
		if s.Addresses.State == evidence.Absent || withoutTLS(b, s.Host) {
			continue
		}
		answers++
		v := s.SecurityTxt
		o := answered(v)
		switch {
		case o.State == evidence.Seen && isPage(v) && strings.Contains(strings.ToLower(v.Text), "contact:"):
			return pass(domain, Facts{"host": s.Host})
		case o.State == evidence.Seen && (isPage(v) || noPage(v)):
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

// securityTxtOpen names the reason where the file was not asked for at all.
func securityTxtOpen(o evidence.Observation) evidence.Observation {
	if o.State == evidence.NotAsked && o.Problem == "" {
		return evidence.Observation{Problem: evidence.NotInProfile}
	}
	return o
}
