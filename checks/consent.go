package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/tracker"
)

// cookieBeforeConsent fails a site that sets a tracking cookie, or one of another
// owner, with its first answer: nobody can have agreed to it by then. What scripts
// set later is not seen here.
func cookieBeforeConsent(b *evidence.Bundle) []Finding {
	return eachRead(b, func(host string, page evidence.Visit) []Finding {
		var tracking, foreign []string
		for _, c := range page.Cookies {
			setter := hostOf(c.URL)
			_, known := tracker.Cookie(c.Name)
			switch {
			case c.Removed, cookieOf(c).Refused(), setter != host && isJudged(b, setter):
			case known:
				tracking = append(tracking, c.Name)
			case isForeign(b, page, setter) && !servesVisit(c):
				foreign = append(foreign, c.Name)
			}
		}
		facts := Facts{"host": host, "cookies": strings.Join(unique(slices.Concat(tracking, foreign)), ", ")}
		switch {
		case len(tracking) > 0:
			return fail(host, with(facts, "kind", "tracking"))
		case len(foreign) > 0:
			return fail(host, with(facts, "kind", "third-party"))
		}
		return pass(host, Facts{"host": host})
	})
}

// isForeign reports whether a host is neither the town's, nor a known platform's,
// nor where its visitors end.
func isForeign(b *evidence.Bundle, page evidence.Visit, host string) bool {
	return !belongs(b, host) && !oneOwner(host, hostOf(page.URL)) && !oneOwner(host, hostOf(page.Last().URL))
}

// servesVisit reports whether a cookie is there for the visit itself: it goes when
// the browser closes, or it is known to spread the load, to keep programs out or
// to hold a session.
func servesVisit(c evidence.Cookie) bool { return c.Session || isTechnical(c) }

// isTechnical recognises a cookie without which the site cannot do what the
// visitor asks for, by its name.
func isTechnical(c evidence.Cookie) bool {
	name := strings.ToLower(c.Name)
	listed := slices.ContainsFunc(technicalCookies, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
	return listed || cookieOf(c).NamesSession() || strings.Contains(name, "csrf") || strings.Contains(name, "xsrf")
}

// technicalCookies are how the names of such cookies begin, in lower case. It
// never changes.
var technicalCookies = []string{
	// balancers
	"awsalb", "awselb", "arraffinity", "bigipserver", "ts01", "gclb", "serverid", "srvname", "routeid", "citrix_ns_", "nsc_", "heroku-session-affinity",
	// firewalls and filters
	"__cf", "_cfuvid", "cf_clearance", "incap_ses_", "visid_incap_", "nlbi_", "ak_bmsc", "bm_s", "_abck", "akavpau", "cookiesession1", "barra_counter",
	"sucuri", "datadome", "reese84",
	// sessions, log-in and language
	"jsessionid", "phpsessid", "asp.net", "aspsession", ".aspnet", "laravel_session", "connect.sid", "fe_typo_user", "_shibs", "shib_idp", "spid",
	"guest_language_id", "cookie_support", "i18n", "lang", "locale", "has_js",
}
