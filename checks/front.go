package checks

import (
	"slices"

	"campanile/collectors/evidence"
)

// front is a home page of the town with all that was read for it: the parts that
// scripts bring into it, and the pages behind its links (Site.Page).
type front struct {
	evidence.Site
	visit  evidence.Visit  // that showed the page; its Page is nil where none could be read
	known  bool            // the visit, or that there is no page at all, is the whole truth
	links  []evidence.Link // of the page and of its parts
	footer evidence.State  // seen where the page or one of its parts showed it
	cut    bool            // the page or a part was not read to its end
}

// url is where the page stands.
func (f front) url() string { return f.visit.Last().URL }

// read reports whether nothing of the page is missing: only of such a page can
// it be said that it lacks a link.
func (f front) read() bool {
	return f.visit.Page != nil && f.known && f.footer == evidence.Seen && !f.cut
}

// why gives the reason why a page was not read whole.
func (f front) why() evidence.Observation {
	switch {
	case f.visit.Page == nil:
		return whyNoPage(f.Site)
	case !f.known:
		return reason(f.HTTPS)
	}
	for _, part := range f.Parts {
		// What a script brings, and was asked for in vain, says why.
		if !isPage(part) && !notFound(part) {
			return reason(part)
		}
	}
	return evidence.Observation{State: evidence.Unknown, Problem: evidence.Unreadable}
}

// fronts gives the town's home pages, first the one whose links were followed. A
// name that only leads to the host of another one is no page of its own, and the
// same page under two names is one.
func fronts(b *evidence.Bundle) []front {
	sites := homes(b)
	slices.SortStableFunc(sites, func(x, y evidence.Site) int { return nearness(x) - nearness(y) })
	var list []front
	for _, s := range sites {
		f := newFront(b, s)
		same := func(other front) bool {
			return f.visit.Page != nil && other.visit.Page != nil && (hostOf(other.url()) == hostOf(f.url()) || twins(other.visit.Page, f.visit.Page))
		}
		if !slices.ContainsFunc(list, same) {
			list = append(list, f)
		}
	}
	return list
}

// twins reports whether two pages are the same one: byte by byte, or, as many
// pages hold something that is new on each visit, by their title and the words
// and places of their links.
func twins(a, b *evidence.Page) bool {
	same := func(x, y evidence.Link) bool { return x.Text == y.Text && x.Place == y.Place }
	return a.SHA256 != "" && a.SHA256 == b.SHA256 || a.Title != "" && a.Title == b.Title && len(a.Links) > 0 && slices.EqualFunc(a.Links, b.Links, same)
}

// nearness puts the followed site first, then those whose own host has the page.
func nearness(s evidence.Site) int {
	own := func(v evidence.Visit) bool { return isPage(v) && v.Page != nil && hostOf(v.Last().URL) == s.Host }
	switch {
	case s.Followed():
		return 0
	case own(s.HTTPS) || own(s.HTTP):
		return 1
	}
	return 2
}

func newFront(b *evidence.Bundle, s evidence.Site) front {
	f := front{Site: s}
	f.visit, f.known = homePage(b, s)
	if f.visit.Page == nil {
		return f
	}
	f.links, f.footer, f.cut = f.visit.Page.Links, f.visit.Page.Footer, f.visit.Page.Truncated
	for _, part := range s.Parts {
		f.join(part)
	}
	return f
}

// join adds what a part shows. One that is not there adds nothing; what cannot be
// read may hold anything.
func (f *front) join(part evidence.Visit) {
	switch {
	case notFound(part):
	case !isPage(part) || part.Page == nil:
		f.cut = true
	default:
		f.links = slices.Concat(f.links, part.Page.Links)
		f.cut = f.cut || part.Page.Truncated
		if part.Page.Footer == evidence.Seen {
			f.footer = evidence.Seen
		}
	}
}

// anyFront judges the home pages one by one: one that is in order is enough, a
// single one that is not known leaves it open, and a site that certainly has no
// page has none to judge.
func anyFront(b *evidence.Bundle, judge func(front) Finding) []Finding {
	domain := b.Target.Domain
	list := fronts(b)
	if len(list) == 0 && len(b.Sites) > 0 {
		return notApplicable(domain)
	}
	verdicts := map[Outcome][]Finding{}
	for _, f := range list {
		switch {
		case f.visit.Page != nil:
			verdict := judge(f)
			verdicts[verdict.Outcome] = append(verdicts[verdict.Outcome], verdict)
		case !f.known:
			verdicts[Inconclusive] = append(verdicts[Inconclusive], unknown(domain, "web "+f.Host, f.why())...)
		}
	}
	for _, outcome := range []Outcome{Pass, Inconclusive, Fail, NotApplicable} {
		if len(verdicts[outcome]) > 0 {
			return verdicts[outcome][:1]
		}
	}
	if len(list) == 0 {
		return unknown(domain, "web "+domain, evidence.Observation{})
	}
	return unknown(domain, "web "+domain, reason(list[0].HTTPS)) // an error in place of every page
}
