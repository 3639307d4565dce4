package headers

import "slices"

// CookiesSet judges the cookies that a site sets, in the order of setting, and
// whether Strict-Transport-Security keeps them from going out in clear.
func CookiesSet(list []Cookie, protected bool) Result {
	kept := keptCookies(list)
	if len(kept) == 0 {
		return CookiesNone
	}
	worst, siteless := 0, false
	for _, c := range list {
		// The Observatory looks at every line, also at those that are replaced.
		if c.HasSameSite && c.sameSite() == "" {
			worst = max(worst, slices.Index(cookieFaults(), CookiesSameSiteInvalid))
		}
	}
	for _, c := range kept {
		for _, fault := range c.faults(protected) {
			worst = max(worst, slices.Index(cookieFaults(), fault))
		}
		siteless = siteless || c.sameSite() == ""
	}
	switch {
	case worst > 0:
		return cookieFaults()[worst]
	case siteless:
		return CookiesSecure
	}
	return CookiesSecureSameSite
}

// cookieFaults lists what can be wrong, from nothing to the worst.
func cookieFaults() []Result {
	return []Result{
		"", CookiesInsecureOverHSTS, CookiesInsecure, CookiesSessionInsecureOverHSTS, CookiesSameSiteInvalid,
		CookiesForgeryTokenWithoutSite, CookiesSessionReadableByScripts, CookiesSessionInsecure,
	}
}

// faults lists what is wrong with one cookie.
func (c Cookie) faults(protected bool) []Result {
	var list []Result
	// RFC 6265bis section 4.1.2.7: "None" needs Secure.
	if !c.Secure && c.sameSite() == "none" {
		list = append(list, CookiesSameSiteInvalid)
	}
	switch session := c.namesSession(); {
	case c.Secure:
	case protected && session:
		list = append(list, CookiesSessionInsecureOverHSTS)
	case protected:
		list = append(list, CookiesInsecureOverHSTS)
	case session:
		list = append(list, CookiesSessionInsecure)
	default:
		list = append(list, CookiesInsecure)
	}
	if c.namesForgeryToken() && c.sameSite() == "" {
		list = append(list, CookiesForgeryTokenWithoutSite)
	}
	if c.namesSession() && !c.HTTPOnly {
		list = append(list, CookiesSessionReadableByScripts)
	}
	return list
}

// keptCookies gives what a browser has in the end: a cookie replaces one of the
// same name, domain and path (RFC 6265bis section 5.7, step 23).
func keptCookies(list []Cookie) []Cookie {
	type key struct{ name, domain, path string }
	place := map[key]int{}
	var kept []Cookie
	for _, c := range list {
		if c.Refused() || c.Name == "" || c.Name == balancer {
			continue
		}
		k := key{c.Name, c.Domain, c.Path}
		at, known := place[k]
		if !known {
			at = len(kept)
			place[k], kept = at, append(kept, c)
		}
		kept[at] = c
	}
	return slices.DeleteFunc(kept, func(c Cookie) bool { return c.Removed })
}
