package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
)

// cookieInsecure fails a site that sets a cookie on https without Secure, or a
// session cookie that scripts may read (RFC 6265 sections 4.1.2.5 and 4.1.2.6).
func cookieInsecure(b *evidence.Bundle) []Finding {
	return eachHTTPS(b, func(s evidence.Site) []Finding {
		var insecure []string
		cookies := 0
		for _, c := range s.HTTPS.Cookies {
			line := cookieOf(c)
			if schemeOf(c.URL) != "https" || hostOf(c.URL) != s.Host || line.Removed || line.Refused() {
				continue
			}
			cookies++
			if (!c.Secure || line.NamesSession() && !c.HTTPOnly) && !slices.Contains(insecure, c.Name) {
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

// cookieOf gives the cookie as the header said it.
func cookieOf(c evidence.Cookie) headers.Cookie {
	return headers.Cookie{
		Name: c.Name, Domain: c.Domain, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HTTPOnly,
		SameSite: c.SameSite, HasSameSite: c.SameSite != "" || c.Bare, Session: c.Session, Removed: c.Removed,
	}
}
