package checks

import (
	"cmp"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/software"
)

// saying is a product that a site states, and where.
type saying struct {
	software.Statement
	where string // name of a header, "meta generator", or an address
}

// softwareOutdated fails a site that states a version which nobody mends any
// more. What it states may be false, and what it does not state is not known: a
// site that states nothing is not judged.
func softwareOutdated(b *evidence.Bundle) []Finding {
	return eachStating(b, func(s evidence.Site, v evidence.Visit, said []saying) []Finding {
		var ended []saying
		told, open := false, false
		for _, each := range said {
			support, _ := each.Support(b.Taken)
			switch support {
			case software.Ended:
				ended = append(ended, each)
			case software.Supported:
				told = true
			case software.CannotTell:
				open = true
			}
		}
		switch {
		case len(ended) > 0:
			return fail(s.Host, endedFacts(b, s.Host, slices.MinFunc(ended, byAge(b))))
		case open:
			return unknown(s.Host, "web "+s.Host, evidence.Observation{State: evidence.Unknown, Problem: evidence.NotGuessable})
		case v.Page.Truncated && ownPage(s, v):
			return unread(s.Host)
		case told:
			return pass(s.Host, Facts{"host": s.Host})
		}
		return notApplicable(s.Host)
	})
}

func endedFacts(b *evidence.Bundle, host string, worst saying) Facts {
	_, life := worst.Support(b.Taken)
	return Facts{
		"host": host, "software": worst.Name, "version": worst.Version, "ended_on": life.EndedOn, "source": life.Source,
		"kind": string(worst.Kind), "found_in": worst.where,
	}
}

// byAge puts first what matters most, then what ended first.
func byAge(b *evidence.Bundle) func(x, y saying) int {
	kinds := []software.Kind{software.CMS, software.Language, software.Server, software.Library}
	return func(x, y saying) int {
		_, one := x.Support(b.Taken)
		_, other := y.Support(b.Taken)
		return cmp.Or(slices.Index(kinds, x.Kind)-slices.Index(kinds, y.Kind), strings.Compare(one.EndedOn, other.EndedOn))
	}
}

// versionDisclosed fails a site that states exact versions of what it runs. The
// addresses of libraries have theirs for good reasons.
func versionDisclosed(b *evidence.Bundle) []Finding {
	return eachStating(b, func(s evidence.Site, _ evidence.Visit, said []saying) []Finding {
		var names, places []string
		for _, each := range said {
			if each.Exact() && !strings.Contains(each.where, "/") {
				names, places = append(names, each.String()), append(places, each.where)
			}
		}
		if len(names) == 0 {
			return pass(s.Host, Facts{"host": s.Host})
		}
		return fail(s.Host, Facts{"host": s.Host, "software": strings.Join(unique(names), ", "), "found_in": strings.Join(unique(places), ", ")})
	})
}

// eachStating judges what the answers of each site state on the way to its page.
func eachStating(b *evidence.Bundle, judge func(s evidence.Site, v evidence.Visit, said []saying) []Finding) []Finding {
	return eachSite(b, func(s evidence.Site) []Finding {
		v, whole := homePage(b, s)
		switch {
		case v.Page == nil && whole:
			return notApplicable(s.Host)
		case !whole:
			return unknown(s.Host, "web "+s.Host, whyNoPage(s))
		}
		return judge(s, v, sayings(s, v))
	})
}

// ownPage reports whether the page of a visit stands on the site itself.
func ownPage(s evidence.Site, v evidence.Visit) bool { return hostOf(v.Last().URL) == s.Host }

// sayings gathers what the site states itself: other hosts on the way speak for
// themselves.
func sayings(s evidence.Site, v evidence.Visit) []saying {
	var said []saying
	add := func(list []software.Statement, where string) {
		for _, each := range list {
			if same := (saying{each, where}); !slices.Contains(said, same) {
				said = append(said, same)
			}
		}
	}
	for _, hop := range v.Hops {
		if hostOf(hop.URL) != s.Host {
			continue
		}
		for _, header := range hop.Headers {
			if !header.Cut {
				add(software.FromHeader(header.Name, header.Value), header.Name)
			}
		}
	}
	if !ownPage(s, v) {
		return said
	}
	add(software.FromGenerator(v.Page.Generator), "meta generator")
	for _, address := range addressesOf(v.Page) {
		if each, ok := software.FromAddress(address); ok {
			add([]software.Statement{each}, address)
		}
	}
	return said
}
