package checks

import (
	"cmp"
	"maps"
	"slices"

	"campanile/collectors/evidence"
)

// untouched judges a host at which no template of a rule matched: that is a pass
// where the engine had them all, and tried each to its end at every place.
func untouched(b *evidence.Bundle, host string, places []evidence.Tried, of func(template string) bool, loaded bool) []Finding {
	near := reachable(places)
	for _, place := range near {
		if place.State != evidence.Seen {
			return unknown(host, "templates "+place.URL, place.Observation)
		}
	}
	if len(places) == 0 || !loaded {
		return unknown(host, "templates "+host, engineProblem(b))
	}
	for _, u := range b.Services.Untried {
		left := u.Problem == evidence.NoRoute && len(near) < len(places)
		if of(u.Template) && hostAt(u.URL, u.Address) == host && !left {
			return unknown(host, "template "+u.Template+" "+u.URL, u.Observation)
		}
	}
	return pass(host, Facts{"host": host})
}

// engineProblem gives why templates were not tried. An engine that was well did
// not take them.
func engineProblem(b *evidence.Bundle) evidence.Observation {
	if b.Services.Engine.State == evidence.Seen {
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.EngineFailed}
	}
	return b.Services.Engine.Observation
}

// reachable leaves out the places to which this vantage point has no way (IPv6
// from an IPv4 network), where another place of the host was tried.
func reachable(places []evidence.Tried) []evidence.Tried {
	if !slices.ContainsFunc(places, func(t evidence.Tried) bool { return t.State == evidence.Seen }) {
		return places
	}
	return slices.DeleteFunc(slices.Clone(places), func(t evidence.Tried) bool { return t.Problem == evidence.NoRoute })
}

// eachTried judges every host at which templates were tried, or should have been.
func eachTried(b *evidence.Bundle, judge func(host string, places []evidence.Tried) []Finding) []Finding {
	domain, s := b.Target.Domain, b.Services
	if s.State != evidence.Seen {
		return unknown(domain, "services "+domain, s.Observation)
	}
	places := map[string][]evidence.Tried{}
	for _, place := range s.Tried {
		host := hostAt(place.URL, place.Address)
		places[host] = append(places[host], place)
	}
	for _, m := range s.Exposed {
		if host := hostAt(m.URL, m.Address); places[host] == nil {
			places[host] = nil
		}
	}
	if len(places) == 0 {
		return nobodyThere(b)
	}
	var findings []Finding
	for _, host := range slices.Sorted(maps.Keys(places)) {
		findings = append(findings, judge(host, places[host])...)
	}
	return withoutEngine(b, findings)
}

// withoutEngine leaves a rule open once, not once for each host, where all that is
// missing is the engine: a reader can do one thing about it.
func withoutEngine(b *evidence.Bundle, findings []Finding) []Finding {
	engine := b.Services.Engine.Observation
	missing := func(f Finding) bool {
		return f.Outcome == Inconclusive && f.Facts["problem"] == string(engine.Problem)
	}
	if len(findings) < 2 || engine.State != evidence.Unknown || slices.ContainsFunc(findings, func(f Finding) bool { return !missing(f) }) {
		return findings
	}
	return unknown(b.Target.Domain, "templates "+b.Target.Domain, engine)
}

// nobodyThere judges a town at which the templates had no place to go. Where all
// that answers is known, and none of it is a web server, there is nothing to ask.
func nobodyThere(b *evidence.Bundle) []Finding {
	domain, s := b.Target.Domain, b.Services
	if s.Engine.Observation != (evidence.Observation{}) || len(s.Hosts) == 0 {
		return unknown(domain, "templates "+domain, s.Engine.Observation)
	}
	for _, h := range s.Hosts {
		if o := wholly(h); o.State != evidence.Seen {
			return unknown(domain, "services "+h.Address, o)
		}
	}
	return notApplicable(domain)
}

// wholly is seen where everything is known that answers at an address.
func wholly(h evidence.Host) evidence.Observation {
	if h.Tarpit {
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Tarpit}
	}
	for _, p := range h.Ports {
		if !p.Identity.Known() {
			return p.Identity
		}
	}
	return h.Observation
}

// hostAt gives the name in an address of the web, or the network address where it
// has none.
func hostAt(page, address string) string { return cmp.Or(hostOf(page), address) }

// matchesAt gives the matches of some templates at a host, by address of the page.
func matchesAt(b *evidence.Bundle, host string, of func(template string) bool) []evidence.Match {
	var list []evidence.Match
	for _, m := range b.Services.Exposed {
		if of(m.Template) && hostAt(m.URL, m.Address) == host {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(x, y evidence.Match) int {
		return cmp.Or(cmp.Compare(x.URL, y.URL), cmp.Compare(x.Template, y.Template), cmp.Compare(x.Address, y.Address))
	})
	return list
}
