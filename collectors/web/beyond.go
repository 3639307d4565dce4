package web

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"campanile/collectors/evidence"
	"campanile/collectors/records/duties"
)

// Bounds of what is asked for beyond the home pages.
const (
	maxBrought = 2 // parts
	maxSteps   = 2 // pages on the way to the declaration
	beyondTime = time.Minute
)

// front is the home page to which the names of a town lead, on its way to the
// pages beyond.
type front struct {
	visitor
	site   *evidence.Site
	home   evidence.Visit // that ended on the page; without a page, none did
	read   reading
	at     *url.URL             // where the page stands
	shut   evidence.Observation // why nothing is asked for; the zero value: it is
	links  []duties.Link        // of the page and its parts
	footer evidence.State       // of them together
}

// frontOf chooses the home page that stands on its own host, or the first one; one
// with something to read goes before a splash or an empty application. Without any
// page it is a site that answers: its files may be asked for.
func frontOf(stays []stay) *front {
	var best *front
	most := -1
	for i := range stays {
		home, read, at := stays[i].page()
		if at == nil {
			continue
		}
		worth := 0
		if home.Barrier == "" && home.Page.Words >= fewWords {
			worth += 2
		}
		if at.Host == stays[i].site.Host {
			worth++
		}
		if worth > most {
			most, best = worth, &front{site: &stays[i].site, home: home, read: read, at: at}
		}
	}
	i := slices.IndexFunc(stays, func(s stay) bool { return s.answersTLS() })
	if best == nil && i >= 0 {
		return &front{site: &stays[i].site, at: homeOf(stays[i].site.Host)}
	}
	return best
}

// beyond asks, at the home pages of a town, for what stands beyond them: the
// most telling first, for the requests are few.
func (e *errand) beyond(ctx context.Context, wellKnown bool, stays []stay) {
	ctx, cancel := context.WithTimeout(ctx, beyondTime)
	defer cancel()
	f := frontOf(stays)
	if f == nil {
		for i := range stays {
			withoutTLS(&stays[i], wellKnown)
		}
		return
	}
	f.visitor = e.visitor()
	defer f.client.Close()
	if !wellKnown {
		f.shut = evidence.Skipped(evidence.NotInProfile, "")
	}
	f.robots(ctx)
	f.gather(ctx)
	f.declaration(ctx)
	f.duty(ctx, evidence.PrivacyDuty, duties.Privacy)
	f.duty(ctx, evidence.LegalDuty, duties.Legal)
	for i := range stays {
		f.securityTxt(ctx, &stays[i])
	}
	f.forms(ctx)
}

// robots asks for robots.txt where the page stands.
func (f *front) robots(ctx context.Context) {
	if f.shut != (evidence.Observation{}) {
		f.site.Robots.Observation = f.shut
		return
	}
	origin := url.URL{Scheme: f.at.Scheme, Host: f.at.Host, Path: "/robots.txt"}
	var file reading
	f.site.Robots, file = f.visit(ctx, origin.String(), text)
	f.manners = readManners(f.at.Host, f.site.Robots, file.text)
}

// gather puts the links of the page together with those of the parts that a
// script brings. They are asked for only where the page has no footer of its own.
func (f *front) gather(ctx context.Context) {
	if f.home.Page == nil {
		return
	}
	f.links, f.footer = linksOf(f.home.Page), f.home.Page.Footer
	if f.footer != evidence.Unknown {
		return
	}
	for _, u := range f.read.parts[:min(len(f.read.parts), maxBrought)] {
		if len(u.String()) > evidence.MaxText {
			continue
		}
		brought := evidence.Visit{URL: u.String()}
		if brought.Observation = f.refuse(ctx, u, false); brought.Observation == (evidence.Observation{}) {
			brought, _ = f.visitPart(ctx, u.String(), f.at)
		}
		f.site.Parts = append(f.site.Parts, brought)
		// What says in place of a part that there is none has other links, or none.
		if status := brought.Last().Status; brought.Page == nil || brought.Barrier != "" || status < 200 || status > 299 {
			continue
		}
		f.links = append(f.links, linksOf(brought.Page)...)
		if brought.Page.Footer == evidence.Seen {
			f.footer = evidence.Seen
		}
	}
}

func linksOf(page *evidence.Page) []duties.Link {
	links := make([]duties.Link, len(page.Links))
	for i, l := range page.Links {
		links[i] = duties.Link(l)
	}
	return links
}

// refuse says why an address beyond the home page is not asked for; the zero
// value lets it be. Wide allows other hosts of the same site.
func (f *front) refuse(ctx context.Context, u *url.URL, wide bool) evidence.Observation {
	own := u.Host == f.at.Host || slices.Contains(f.names, u.Host)
	switch {
	case f.shut != (evidence.Observation{}):
		return f.shut
	case !own && (!wide || !f.sameSite(u)):
		return evidence.Skipped(evidence.NotPermitted, "on another site")
	case ctx.Err() != nil:
		return evidence.Skipped(evidence.Interrupted, "the time for pages beyond the home page is over")
	case f.spent():
		return evidence.Skipped(evidence.BudgetSpent, errSpent.Err.Error())
	}
	if why := f.manners.refuse(u); why != "" {
		return evidence.Skipped(evidence.RobotsRefuse, why)
	}
	return evidence.Observation{}
}

// sameSite reports whether an address has the registrable domain of the home
// page, or of the name that leads there, at the usual port: a link must not make
// us knock at other services.
func (f *front) sameSite(u *url.URL) bool {
	domain := registrable(u.Hostname())
	return u.Port() == "" && (domain == registrable(f.at.Hostname()) || domain == registrable(f.site.Host))
}

// shared is a domain under which France gives each local authority a name of its
// own, and which is no public suffix to browsers.
const shared = "collectivite.fr"

func registrable(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if above, ok := strings.CutSuffix(host, "."+shared); ok {
		return above[strings.LastIndexByte(above, '.')+1:] + "." + shared
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}
