package web

import (
	"context"
	"net/url"

	"campanile/collectors/evidence"
)

// securityTxt asks a home site for security.txt. Where it only leads to the front,
// the file there is the one of both.
func (f *front) securityTxt(ctx context.Context, s *stay) {
	if withoutTLS(s, f.shut == (evidence.Observation{})) {
		return
	}
	if end, err := url.Parse(s.site.HTTPS.Last().URL); err == nil && &s.site != f.site && end.Host == f.at.Host && end.Host != s.site.Host {
		s.site.SecurityTxt.Observation = evidence.Skipped(evidence.DependsOnOther, "leads to "+end.Host)
		return
	}
	u := homeOf(s.site.Host)
	u.Path = "/.well-known/security.txt"
	if s.site.SecurityTxt.Observation = f.refuse(ctx, u, true); s.site.SecurityTxt.Observation == (evidence.Observation{}) {
		s.site.SecurityTxt, _ = f.visit(ctx, u.String(), text)
	}
}

// withoutTLS reports whether a site is not to be asked for security.txt whatever
// the others say, and writes down why.
func withoutTLS(s *stay, wellKnown bool) bool {
	switch {
	case s.site.Addresses.State != evidence.Seen: // it is written down already
		return true
	case !wellKnown:
		s.site.SecurityTxt.Observation = evidence.Skipped(evidence.NotInProfile, "")
		return true
	case !s.answersTLS():
		// RFC 9116 section 3: it stands on https only, where nobody answers.
		s.site.SecurityTxt.Observation = evidence.Skipped(evidence.DependsOnOther, "https does not answer")
		return true
	}
	return false
}
