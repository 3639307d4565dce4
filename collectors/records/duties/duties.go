// Package duties reads what the links and the pages of a public body's site are
// about: privacy and cookie notices, legal notice, transparency, open data,
// forms and services online. It knows words, marks and addresses, in Italian,
// French, English, German and Spanish.
//
// It is given links and text that a page reader took from a page. It must not
// reach the network, read HTML or look at the clock, and says nothing of whether
// something is due.
package duties

import (
	"net/url"
	"strings"

	"campanile/collectors/records"
	"campanile/collectors/records/declaration"
	"campanile/collectors/records/internal/plain"
)

// Link is one anchor of a page.
type Link = declaration.Link

// Kind is what a link says it leads to.
type Kind string

// The kinds of links, in the order in which Read names them.
const (
	Privacy        Kind = "privacy"
	Cookies        Kind = "cookies"
	Legal          Kind = "legal" // legal notice
	Transparency   Kind = "transparency"
	OpenData       Kind = "open-data"
	Forms          Kind = "forms"           // a hub of forms to fill in
	OnlineServices Kind = "online-services" // where a citizen signs in, or hands something in without paper
	Licence        Kind = "licence"         // of the contents
	FAQ            Kind = "faq"
	Contact        Kind = "contact"
)

// strength is how surely a link is of a kind.
type strength int

const (
	none     strength = iota
	hinted            // by its address, or by words that may mean something else
	labelled          // by its label
	marked            // by the mark of the Italian municipal model
)

// Bounds of one link.
const (
	maxLabel   = 2000 // bytes
	maxAddress = 2048 // bytes
)

// link is an anchor made ready for questions.
type link struct {
	Link
	words string // of the label
	count int
	first string // word of the label
	host  string // without www.
	path  string // words of the address after the host
}

func newLink(l Link) link {
	k := link{Link: l, words: plain.Words(plain.Text(clip(l.Text, maxLabel)))}
	list := strings.Fields(k.words)
	if k.count = len(list); k.count > 0 {
		k.first = list[0]
	}
	if len(l.URL) > maxAddress {
		return k
	}
	if u, err := url.Parse(l.URL); err == nil {
		k.host = strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
		k.path = plain.Words(plain.Text(u.Path + " " + u.RawQuery + " " + u.Fragment))
	}
	return k
}

// clip cuts a text at a bound; half a character at the end is no letter.
func clip(text string, bound int) string { return text[:min(len(text), bound)] }

// LeadsSomewhere tells a link from a button: what a script does with an anchor
// that has no address of its own is not known, and an address that a template
// left open is none.
func LeadsSomewhere(l Link) bool {
	return l.URL != "" && l.Raw == "" && !strings.Contains(l.URL, "{{") && !strings.Contains(strings.ToLower(l.URL), "%7b%7b")
}

// Read tells what a link says it leads to, whether or not it leads anywhere.
func Read(l Link) []Kind {
	k := newLink(l)
	var kinds []Kind
	for _, r := range readers {
		if r.of(k) > none {
			kinds = append(kinds, r.kind)
		}
	}
	return kinds
}

// Is reports whether a link says that it leads to something of a kind.
func Is(l Link, want Kind) bool { return strengthOf(newLink(l), want) > none }

// Best gives the index of the link to follow, and -1 where there is none: the
// mark before the label and the label before the address, this site before
// others, a page before a document, the footer before the rest, few words before
// many. This site is the one to which most of the links lead.
func Best(links []Link, want Kind) int {
	best, bestRank := -1, [6]int{}
	home := ""
	for i, l := range links {
		if !LeadsSomewhere(l) || !onWeb(l.URL) {
			continue
		}
		k := newLink(l)
		sure := strengthOf(k, want)
		if sure == none {
			continue
		}
		if home == "" {
			home = homeOf(links)
		}
		rank := [6]int{int(sure), bit(siteOf(k.host) == home), bit(Document(l.URL) == ""), bit(l.Place == "footer"), -k.count, -i}
		if best < 0 || higher(rank, bestRank) {
			best, bestRank = i, rank
		}
	}
	return best
}

func strengthOf(k link, want Kind) strength {
	for _, r := range readers {
		if r.kind == want {
			return r.of(k)
		}
	}
	return none
}

func higher(a, b [6]int) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] > b[i]
		}
	}
	return false
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}

func onWeb(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}

// homeOf gives the site to which most of the links lead, the first of several.
func homeOf(links []Link) string {
	counts, best := map[string]int{}, ""
	for _, l := range links {
		if !LeadsSomewhere(l) || !onWeb(l.URL) || len(l.URL) > maxAddress {
			continue
		}
		u, err := url.Parse(l.URL)
		if err != nil {
			continue
		}
		site := siteOf(strings.ToLower(u.Hostname()))
		if counts[site]++; counts[site] > counts[best] {
			best = site
		}
	}
	return best
}

// shared is a domain under which France gives each local authority a name of its
// own, and which is no public suffix to browsers.
const shared = "collectivite.fr"

// siteOf gives the name that somebody registered, or the host itself.
func siteOf(host string) string {
	if above, ok := strings.CutSuffix(host, "."+shared); ok {
		return above[strings.LastIndexByte(above, '.')+1:] + "." + shared
	}
	return records.Registered(host)
}
