package checks

import (
	"maps"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/tracker"
)

// thirdPartyTrackers fails a page that brings scripts, frames or images of those
// who follow people from site to site. Google Analytics has a rule of its own.
func thirdPartyTrackers(b *evidence.Bundle) []Finding {
	return onContent(b, func(p *evidence.Page) Facts {
		hosts, names := trackersOf(p)
		if len(hosts) == 0 {
			return nil
		}
		return Facts{"trackers": strings.Join(names, ", "), "hosts": strings.Join(hosts, ", ")}
	})
}

// googleAnalytics fails a page that counts its visitors with Google Analytics.
func googleAnalytics(b *evidence.Bundle) []Finding {
	return onContent(b, func(p *evidence.Page) Facts { return foundAt(analyticsOf(p)) })
}

// googleFonts fails a page that takes its fonts from Google's servers.
func googleFonts(b *evidence.Bundle) []Finding {
	return onContent(b, func(p *evidence.Page) Facts { return foundAt(fontsOf(p)) })
}

func foundAt(sign string) Facts {
	if sign == "" {
		return nil
	}
	return Facts{"found": sign}
}

// onContent judges what the page of each site brings with it: look gives the
// facts of a defect. What is missing from a page that was cut short may hold one.
func onContent(b *evidence.Bundle, look func(*evidence.Page) Facts) []Finding {
	return eachOwnPage(b, func(host string, v evidence.Visit) []Finding {
		facts := Facts{"host": host, "url": v.Last().URL}
		found := look(v.Page)
		switch {
		case found == nil && v.Page.Truncated:
			return unread(host)
		case found == nil:
			return pass(host, facts)
		}
		maps.Copy(facts, found)
		return fail(host, facts)
	})
}

// eachOwnPage hands every page to a judge once, that of the site where it stands,
// be it on https or, where there certainly is none, on http.
func eachOwnPage(b *evidence.Bundle, judge func(host string, v evidence.Visit) []Finding) []Finding {
	return eachSite(b, func(s evidence.Site) []Finding {
		v, whole := homePage(b, s)
		final := hostOf(v.Last().URL)
		switch {
		case v.Page == nil && whole:
			return notApplicable(s.Host)
		case !whole:
			return unknown(s.Host, "web "+s.Host, whyNoPage(s))
		case final != s.Host && isJudged(b, final), leavesTown(b, s, v):
			return notApplicable(s.Host)
		}
		return judge(s.Host, v)
	})
}

// addressesOf are the addresses of what a browser loads and obeys, or shows as a
// page within the page.
func addressesOf(p *evidence.Page) []string {
	var list []string
	for _, script := range p.Scripts {
		list = append(list, script.URL)
	}
	return slices.Concat(list, p.Frames, p.Styles)
}

// trackersOf gives the hosts of trackers, and their names, each once. A page may
// speak of a place that people visit by themselves, as in the list of its
// accounts, without bringing anything from there.
func trackersOf(p *evidence.Page) (hosts, names []string) {
	counts := analyticsOf(p) != ""
	add := func(host string, isNone func(tracker.Tracker) bool) {
		if known, ok := tracker.Of(host); ok && !isNone(known) {
			hosts, names = append(hosts, host), append(names, known.Name)
		}
	}
	for _, address := range addressesOf(p) {
		add(hostOf(address), func(tracker.Tracker) bool { return tracker.GoogleAnalytics(address) })
	}
	// Google Analytics comes from the host of the tag manager.
	counting := func(t tracker.Tracker) bool { return counts && t.Category == tracker.TagManager }
	for _, host := range p.Hosts {
		add(host, counting)
	}
	for _, host := range p.Named {
		add(host, func(t tracker.Tracker) bool { return t.Site || counting(t) })
	}
	return unique(hosts), unique(names)
}

// analyticsOf gives the address or the host by which Google Analytics is
// recognised, or "".
func analyticsOf(p *evidence.Page) string {
	return firstOf(p, tracker.GoogleAnalytics, tracker.GoogleAnalyticsHost)
}

// fontsOf gives the host of Google's fonts, or "".
func fontsOf(p *evidence.Page) string {
	return firstOf(p, func(address string) bool { return tracker.GoogleFonts(hostOf(address)) }, tracker.GoogleFonts)
}

// firstOf gives the first address of a page that is recognised, or host.
func firstOf(p *evidence.Page, ofAddress, ofHost func(string) bool) string {
	addresses, hosts := addressesOf(p), slices.Concat(p.Hosts, p.Named)
	if i := slices.IndexFunc(addresses, ofAddress); i >= 0 {
		return addresses[i]
	}
	if i := slices.IndexFunc(hosts, ofHost); i >= 0 {
		return hosts[i]
	}
	return ""
}
