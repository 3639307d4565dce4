package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// answered reports whether a visit brought the site's own answer, and if not,
// why.
func answered(v evidence.Visit) evidence.Observation {
	switch {
	case v.State != evidence.Seen:
		return v.Observation
	case len(v.Hops) == 0:
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed}
	case v.Barrier == "rate-limit":
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.RateLimited}
	case v.Barrier == "script-only":
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable}
	case v.Barrier != "":
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Firewall}
	}
	return v.Observation
}

// isPage reports whether a visit ended on a page of the site.
func isPage(v evidence.Visit) bool {
	status := v.Last().Status
	return v.State == evidence.Seen && v.Barrier == "" && status >= 200 && status < 300
}

// noPage reports an answer that says for certain that there is no page: not
// found, gone, or a fault of the site itself. What may pass by itself (502,
// 503, 504) says nothing.
func noPage(v evidence.Visit) bool {
	status := v.Last().Status
	return notFound(v) || v.State == evidence.Seen && v.Barrier == "" && (status == 500 || status == 501)
}

func notFound(v evidence.Visit) bool {
	status := v.Last().Status
	return v.State == evidence.Seen && v.Barrier == "" && (status == 404 || status == 410)
}

// webUnreachable fails a town without a page: no address at all for its names,
// or an error in place of the page on every visit. A server that refuses or
// stays silent may refuse only us.
func webUnreachable(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	var open evidence.Observation
	var what string
	visits, failed := 0, 0
	for _, s := range entrances(b) {
		for _, v := range []evidence.Visit{s.HTTPS, s.HTTP} {
			visits++
			switch {
			case isPage(v) || v.State == evidence.Seen && v.Barrier == "script-only":
				return pass(domain, Facts{"host": s.Host, "url": v.Last().URL})
			case noPage(v):
				failed++
			case what == "":
				open, what = reason(v), "web "+s.Host
			}
		}
	}
	switch {
	case len(b.Sites) == 0:
		return unknown(domain, "web "+domain, open)
	case visits == 0:
		return withoutAddress(b)
	case failed >= 2 && failed == visits:
		return fail(domain, Facts{"host": domain, "reason": "no-page"})
	}
	return unknown(domain, what, open)
}

// entrances gives the sites at which people look for the town: its home, or, where
// the DNS has no address for that, whatever else it has.
func entrances(b *evidence.Bundle) []evidence.Site {
	if list := homes(b); len(list) > 0 {
		return list
	}
	return slices.DeleteFunc(slices.Clone(b.Sites), func(s evidence.Site) bool {
		return s.Addresses.State == evidence.Absent || slices.Contains(b.Target.Former, s.Host)
	})
}

// reason gives why a visit shows nothing; an answer that is neither a page nor
// a refusal is the server's trouble of the moment.
func reason(v evidence.Visit) evidence.Observation {
	o := answered(v)
	if o.State != evidence.Seen {
		return o
	}
	problem := evidence.ServerBusy
	switch status := v.Last().Status; {
	case isPage(v):
		problem = evidence.Unreadable
	case status == 429:
		problem = evidence.RateLimited
	case status == 401 || status == 403:
		problem = evidence.Firewall
	}
	return evidence.Observation{State: evidence.Unknown, Problem: problem}
}

// withoutAddress judges names that the DNS says have no address: a domain that
// only carries mail needs no site.
func withoutAddress(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	mx := b.DNS.Lookup(domain, "MX")
	switch {
	case !mx.Known():
		return unknown(domain, "dns MX "+domain, mx.Observation)
	case mx.State == evidence.Seen && !nullMX(mx.Records):
		return notApplicable(domain)
	}
	return fail(domain, Facts{"host": domain, "reason": "no-address"})
}

// httpNotRedirected fails a site that serves a page over http although it has
// https, or that sends the visitor elsewhere over http before https.
func httpNotRedirected(b *evidence.Bundle) []Finding {
	return eachSite(b, func(s evidence.Site) []Finding {
		if s.HTTP.Problem == evidence.Refused && len(s.HTTP.Hops) == 0 && answered(s.HTTPS).State == evidence.Seen {
			return notApplicable(s.Host) // nothing listens on port 80, and the site is there
		}
		if o := answered(s.HTTP); o.State != evidence.Seen {
			return unknown(s.Host, "http "+s.Host, o)
		}
		first := s.HTTP.Hops[0]
		redirects := first.Status >= 300 && first.Status < 400 && first.Location != ""
		switch {
		case redirects && strings.HasPrefix(first.Location, "https://"):
			return pass(s.Host, Facts{"host": s.Host, "url": first.Location})
		case (redirects || isPage(s.HTTP)) && b.Asked(evidence.TLSFamily) && hasFailed(tlsMissing(b), s.Host):
			return notApplicable(s.Host) // there is nothing to redirect to, and that is told
		case redirects || isPage(s.HTTP):
			return fail(s.Host, Facts{"host": s.Host, "url": first.URL})
		case noPage(s.HTTP):
			return notApplicable(s.Host)
		}
		return unknown(s.Host, "http "+s.Host, reason(s.HTTP))
	})
}

// hasFailed reports whether one of the findings is a defect of a subject.
func hasFailed(findings []Finding, subject string) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Subject == subject && f.Outcome == Fail })
}

// eachSite judges every host of the town that has an address. Where a former
// domain leads is another question, and its site may be a stranger's.
func eachSite(b *evidence.Bundle, judge func(evidence.Site) []Finding) []Finding {
	var findings []Finding
	for _, s := range b.Sites {
		switch {
		case s.Addresses.State == evidence.Absent, slices.Contains(b.Target.Former, s.Host), noService(b, s.Host):
		case isLocked(b, s):
			findings = append(findings, notApplicable(s.Host)...)
		case s.Addresses.State == evidence.Unknown:
			findings = append(findings, unknown(s.Host, "dns A "+s.Host, s.Addresses)...)
		default:
			findings = append(findings, judge(s)...)
		}
	}
	if len(b.Sites) == 0 {
		return unknown(b.Target.Domain, "web "+b.Target.Domain, evidence.Observation{})
	}
	if findings == nil {
		return notApplicable(b.Target.Domain)
	}
	return findings
}
