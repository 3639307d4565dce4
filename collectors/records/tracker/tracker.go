// Package tracker knows the hosts by which others follow the visitors of a site,
// the tools that ask for consent to that, and what Google serves to pages. Its lists are data beside it, each line with its source and
// the day on which it was taken.
//
// Statistics that a body may gather without consent (Matomo on its own host, Web
// Analytics Italia, AT Internet) are no trackers. It must not reach the network,
// and says nothing of whether something is allowed.
package tracker

import (
	"net/url"
	"strings"
)

// Category is what a tracker is for.
type Category string

// The categories.
const (
	Advertising   Category = "advertising"
	Analytics     Category = "analytics"
	Marketing     Category = "marketing"
	SessionReplay Category = "session-replay" // records what a visitor does with mouse and keys
	Social        Category = "social"
	TagManager    Category = "tag-manager" // brings further scripts that its customer chooses elsewhere
)

// Tracker is a product that follows visitors.
type Tracker struct {
	Name     string // as people know it
	Category Category
	Site     bool   // people go there by themselves too: a mention brings nothing
	Source   string // address of the page that says so
	TakenOn  string // day, YYYY-MM-DD
}

// Of recognises a tracker by its host.
func Of(host string) (Tracker, bool) {
	known := lists().hosts
	// The longest name that is listed decides: a part of a maker's hosts may be
	// something else.
	for host = plainHost(host); host != ""; _, host, _ = strings.Cut(host, ".") {
		if t, ok := known[host]; ok {
			return t, true
		}
	}
	return Tracker{}, false
}

// ConsentTool recognises a tool that asks for consent by the address of its
// script.
func ConsentTool(address string) (name string, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	host, path := plainHost(u.Hostname()), strings.ToLower(u.Path)
	for _, c := range lists().consent {
		if strings.HasPrefix(c.sign, "/") && strings.Contains(path, c.sign) || below(host, c.sign) {
			return c.name, true
		}
	}
	return "", false
}

// GoogleAnalytics recognises a script of Google Analytics by its address. That of
// the tag manager is one where it says which property it counts for.
func GoogleAnalytics(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := plainHost(u.Hostname())
	if GoogleAnalyticsHost(host) {
		return true
	}
	id := strings.ToUpper(u.Query().Get("id"))
	return below(host, "googletagmanager.com") && strings.HasPrefix(u.Path, "/gtag/") && (strings.HasPrefix(id, "G-") || strings.HasPrefix(id, "UA-"))
}

// GoogleAnalyticsHost recognises the hosts that serve nothing else.
func GoogleAnalyticsHost(host string) bool {
	return below(plainHost(host), "google-analytics.com") || below(plainHost(host), "analytics.google.com")
}

// GoogleFonts recognises the hosts from which Google serves fonts.
func GoogleFonts(host string) bool {
	host = plainHost(host)
	return host == "fonts.googleapis.com" || host == "fonts.gstatic.com"
}

func plainHost(host string) string { return strings.Trim(strings.ToLower(host), ".") }

func below(host, name string) bool { return host == name || strings.HasSuffix(host, "."+name) }
