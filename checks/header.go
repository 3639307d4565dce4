package checks

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
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

// eachRead judges the page that a site serves itself; a site that only sends its
// visitors to another one is judged there, and one without a page has none.
func eachRead(b *evidence.Bundle, judge func(host string, page evidence.Visit) []Finding) []Finding {
	return eachHTTPS(b, func(s evidence.Site) []Finding {
		switch {
		case movesOn(b, s), leavesTown(b, s, s.HTTPS), noPage(s.HTTPS):
			return notApplicable(s.Host)
		case !isPage(s.HTTPS) || s.HTTPS.Page == nil:
			return unknown(s.Host, "https "+s.Host, reason(s.HTTPS))
		}
		return judge(s.Host, s.HTTPS)
	})
}

// unread is the verdict where what decides stands in a part that was not read.
func unread(host string) []Finding {
	return unknown(host, "https "+host, evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable})
}

// cut reports whether less was kept of one of the headers than the server sent.
func cut(hop evidence.Hop, names ...string) bool {
	return slices.ContainsFunc(hop.Headers, func(h evidence.Header) bool { return h.Cut && slices.Contains(names, h.Name) })
}

// movesOn reports whether the site ends on another host that is judged by
// itself.
func movesOn(b *evidence.Bundle, s evidence.Site) bool {
	final := hostOf(s.HTTPS.Last().URL)
	return final != s.Host && isJudged(b, final)
}

// leavesTown reports whether a further name of the town, such as trasparenza.,
// only leads to a page that is not under the town's names: others answer for that
// one. The home page is the town's wherever it stands.
func leavesTown(b *evidence.Bundle, s evidence.Site, v evidence.Visit) bool {
	return isPage(v) && !isHome(b, s.Host) && !owns(b, hostOf(v.Last().URL))
}

// isJudged reports whether the host is a site of the town that is looked at by
// itself.
func isJudged(b *evidence.Bundle, host string) bool {
	return !slices.Contains(b.Target.Former, host) && slices.ContainsFunc(b.Sites, func(s evidence.Site) bool { return s.Host == host })
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// nosniffMissing fails a page that lets browsers guess the type of a file
// (Fetch standard section 3.6).
func nosniffMissing(b *evidence.Bundle) []Finding {
	const header = "x-content-type-options"
	return eachRead(b, func(host string, page evidence.Visit) []Finding {
		switch last := page.Last(); {
		case headers.ContentType(last.Values(header)) == headers.TypeNosniff:
			return pass(host, Facts{"host": host})
		case cut(last, header):
			return unread(host)
		}
		return fail(host, Facts{"host": host})
	})
}

// framingAllowed fails a page that other sites may show inside their own: no
// frame-ancestors in the header (CSP Level 3 section 6.4.2; a meta element does
// not count) and no X-Frame-Options (RFC 7034), which frame-ancestors overrides.
func framingAllowed(b *evidence.Bundle) []Finding {
	const header = "x-frame-options"
	return eachRead(b, func(host string, page evidence.Visit) []Finding {
		last := page.Last()
		if cut(last, header, policyHeader) {
			return unread(host)
		}
		result := headers.Framing(last.Values(header), last.Values(policyHeader))
		if result == headers.FramingByPolicy || result == headers.FramingByOptions {
			return pass(host, Facts{"host": host})
		}
		return fail(host, Facts{"host": host})
	})
}

// referrerUnsafe fails a page that tells other sites, or a listener on the way,
// which of its pages somebody comes from; or that names a policy which browsers
// do not know. Without any policy they tell no more than the name of the site
// (Referrer Policy section 3.1: strict-origin-when-cross-origin).
func referrerUnsafe(b *evidence.Bundle) []Finding {
	const header = "referrer-policy"
	return eachRead(b, func(host string, page evidence.Visit) []Finding {
		lines, metas := page.Last().Values(header), page.Page.Referrers
		policy := headers.ReferrerPolicy(lines, metas)
		facts := Facts{"host": host, "policy": policy}
		switch result := headers.Referrer(lines, metas); {
		case cut(page.Last(), header), page.Page.Truncated: // a later word, or a later element, may count instead
			return unread(host)
		case result == headers.ReferrerUnsafe:
			return fail(host, with(facts, "reason", "unsafe"))
		case result == headers.ReferrerInvalid:
			written := strings.Join(slices.Concat(lines, metas), ", ")
			return fail(host, Facts{"host": host, "policy": cmp.Or(strings.TrimSpace(written), "-"), "reason": "invalid"})
		}
		return pass(host, Facts{"host": host, "policy": cmp.Or(policy, "-")})
	})
}
