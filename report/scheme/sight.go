package scheme

import (
	"cmp"
	"net/url"
	"slices"

	"campanile/collectors/evidence"
	"campanile/report/score"
)

// sight is what the conditions of a scheme are held against.
type sight struct {
	domain string
	homes  []evidence.Site // that have an address, the domain's own first
	front  string          // host of the home page; empty where there is none
	byRule map[string][]score.Verdict
}

func newSight(b *evidence.Bundle, verdicts []score.Verdict) sight {
	s := sight{domain: b.Target.Domain, byRule: map[string][]score.Verdict{}}
	for _, host := range []string{b.Target.Domain, "www." + b.Target.Domain} {
		for _, site := range b.Sites {
			if site.Host == host && site.Addresses.State != evidence.Absent {
				s.homes = append(s.homes, site)
			}
		}
	}
	if len(s.homes) > 0 {
		s.front = slices.MinFunc(s.homes, func(x, y evidence.Site) int { return distance(x) - distance(y) }).Host
	}
	for _, v := range verdicts {
		s.byRule[v.Finding.Rule] = append(s.byRule[v.Finding.Rule], v)
	}
	return s
}

// distance puts the site whose links were followed first, then those whose own
// host has the page.
func distance(s evidence.Site) int {
	own := func(v evidence.Visit) bool { return shows(v) && hostOf(v.Last().URL) == s.Host }
	switch {
	case s.Followed():
		return 0
	case own(s.HTTPS) || own(s.HTTP):
		return 1
	case shows(s.HTTPS) || shows(s.HTTP):
		return 2
	}
	return 3
}

// shows reports whether a visit ended on a page of the site.
func shows(v evidence.Visit) bool {
	status := v.Last().Status
	return v.State == evidence.Seen && v.Barrier == "" && status >= 200 && status < 300
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// refusesHTTP reports that nothing listens on port 80 of a site that is there.
func refusesHTTP(s evidence.Site) bool {
	return s.HTTP.Problem == evidence.Refused && len(s.HTTP.Hops) == 0 && shows(s.HTTPS)
}

// servesNothing reports an answer that says for certain that there is no page.
func servesNothing(v evidence.Visit) bool {
	status := v.Last().Status
	return v.State == evidence.Seen && v.Barrier == "" && (status == 404 || status == 410)
}

func schemeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme
}

// problemOf gives the reason why a visit shows no page.
func problemOf(v evidence.Visit) evidence.Problem {
	status := v.Last().Status
	switch {
	case v.State != evidence.Seen:
		return cmp.Or(v.Problem, evidence.Interrupted)
	case v.Barrier == "rate-limit" || status == 429:
		return evidence.RateLimited
	case v.Barrier == "script-only":
		return evidence.Unreadable
	case v.Barrier != "" || status == 401 || status == 403:
		return evidence.Firewall
	}
	return evidence.ServerBusy
}
