package checks

import (
	"slices"

	"campanile/collectors/evidence"
)

// httpsDowngraded fails a site that sends people who come on https back to http:
// whoever is on the way reads and changes what they asked to be protected.
func httpsDowngraded(b *evidence.Bundle) []Finding {
	return eachSite(b, func(s evidence.Site) []Finding {
		v, to := s.HTTPS, downgrade(b, s)
		o := answered(v)
		switch {
		case withoutTLS(b, s.Host):
			return notApplicable(s.Host)
		case to != "" && (o.State == evidence.Seen || endsAhead(v)):
			return fail(s.Host, Facts{"host": s.Host, "url": to})
		case o.State != evidence.Seen:
			return unknown(s.Host, "https "+s.Host, o)
		case noPage(v):
			return notApplicable(s.Host)
		case !isPage(v):
			return unknown(s.Host, "https "+s.Host, reason(v)) // who refuses us may lead others elsewhere
		}
		return pass(s.Host, Facts{"host": s.Host})
	})
}

// downgrade gives the first address on http that an answer on https leads to.
// Where another site of the town does it, it is told of that one.
func downgrade(b *evidence.Bundle, s evidence.Site) string {
	for _, hop := range s.HTTPS.Hops {
		host := hostOf(hop.URL)
		if schemeOf(hop.URL) != "https" || host != s.Host && isJudged(b, host) {
			continue
		}
		for _, next := range []string{redirectOf(hop), hop.Refresh} {
			if schemeOf(next) == "http" {
				return next
			}
		}
	}
	return ""
}

// redirectOf gives where an answer leads (RFC 9110 section 15.4): Location says
// so in redirects only.
func redirectOf(hop evidence.Hop) string {
	if hop.Status >= 300 && hop.Status < 400 {
		return hop.Location
	}
	return ""
}

// endsAhead reports whether a visit came to its end only where the site had led
// it: the answers before that stand.
func endsAhead(v evidence.Visit) bool {
	ends := []evidence.Problem{evidence.TooMany, evidence.Refused, evidence.NoAddress, evidence.NotPermitted}
	return v.State == evidence.Unknown && v.Barrier == "" && slices.Contains(ends, v.Problem)
}
