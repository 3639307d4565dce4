package checks

import (
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
)

const (
	transportHeader = "strict-transport-security"
	year            = 365 * 24 * 60 * 60 // seconds
)

// hstsMissing fails a host that never tells browsers to insist on https
// (RFC 6797 section 6.1).
func hstsMissing(b *evidence.Bundle) []Finding {
	return eachHTTPS(b, func(s evidence.Site) []Finding {
		hop, owed := transport(s)
		switch {
		case headers.StrictTransport(hop.Values(transportHeader)) != headers.TransportMissing:
			return pass(s.Host, Facts{"host": s.Host})
		case !owed:
			return unknown(s.Host, "https "+s.Host, reason(s.HTTPS))
		}
		return fail(s.Host, Facts{"host": s.Host})
	})
}

// hstsShort fails a host that tells browsers to insist on https for less than a
// year, or in words that they do not understand. Without the header it is another
// rule's finding.
func hstsShort(b *evidence.Bundle) []Finding {
	return eachHTTPS(b, func(s evidence.Site) []Finding {
		hop, owed := transport(s)
		lines := hop.Values(transportHeader)
		switch {
		case len(lines) == 0 && owed:
			return notApplicable(s.Host)
		case len(lines) == 0:
			return unknown(s.Host, "https "+s.Host, reason(s.HTTPS))
		case cut(hop, transportHeader):
			return unread(s.Host)
		}
		// RFC 6797 section 8.1: of several headers only the first counts.
		h, err := headers.ParseHSTS(lines[0])
		facts := Facts{"host": s.Host, "max_age": strconv.FormatInt(h.MaxAge, 10), "days": strconv.FormatInt(h.MaxAge/(24*60*60), 10)}
		switch {
		case err != nil:
			return fail(s.Host, Facts{"host": s.Host, "max_age": "-", "days": "-", "reason": "malformed"})
		case h.MaxAge == 0: // section 6.1.1: browsers forget the host
			return fail(s.Host, with(facts, "reason", "off"))
		case h.MaxAge < year:
			return fail(s.Host, with(facts, "reason", "short"))
		}
		return pass(s.Host, facts)
	})
}

// transport gives the answer of the host on https whose word browsers keep: the
// last one with the header, a redirect included, as each says it anew (RFC 6797
// section 8.1). Where none has it, owed reports whether one of them should:
// servers leave it out of error pages unless told otherwise.
func transport(s evidence.Site) (hop evidence.Hop, owed bool) {
	for _, each := range s.HTTPS.Hops {
		if !strings.HasPrefix(each.URL, "https://") || hostOf(each.URL) != s.Host {
			continue
		}
		owed = owed || each.Status < 400
		if len(each.Values(transportHeader)) > 0 {
			hop = each
		}
	}
	return hop, owed
}
