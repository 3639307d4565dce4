// Package web collects what a site answers to a polite visitor: redirects,
// headers, cookies, the links of the home page, and the pages behind some of them.
//
// It must not judge, and it dials only through a network.Session.
package web

import (
	"bytes"
	"context"
	"net/url"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Request is what to look at.
type Request struct {
	Names []string // host names to visit on http and https
	Agent string   // User-Agent
	// Home says that the names are the home pages of one town, its domain and www.
	// They share maxRequests, and one of them, to which the others lead, is
	// followed: its links of duty are looked up.
	Home bool
	// WellKnown allows more at home than the home pages: robots.txt, security.txt,
	// parts of the page and pages behind its links (profile standard and up).
	WellKnown bool
	Unclaimed []Notice // by which hosting services tell that a name is free
	Ahead     *Ahead   // home pages that are asked for elsewhere; nil: none
}

// Notice is what the pages of a hosting service say at a name that nobody has
// claimed.
type Notice struct{ Service, Text string }

// sitesAtOnce bounds how many sites of one town are visited at a time: they
// often stand on one small host.
const sitesAtOnce = 2

// Collect gives one site for each name, in the order of the names.
func Collect(ctx context.Context, s *network.Session, r Request) []evidence.Site {
	e := newErrand(s, r)
	stays := make([]stay, len(r.Names))
	var group errgroup.Group
	group.SetLimit(sitesAtOnce)
	for i, host := range r.Names {
		group.Go(func() error {
			stays[i] = e.stay(ctx, host)
			return nil
		})
	}
	_ = group.Wait() // what goes wrong is evidence
	if r.Home {
		e.beyond(ctx, r.WellKnown, stays)
	}
	sites := make([]evidence.Site, len(stays))
	for i := range stays {
		sites[i] = stays[i].site
	}
	return sites
}

// visitor is who looks: it goes from page to page with one connection at most.
type visitor struct {
	*errand
	client  *fetch.Client
	manners *manners // what robots.txt asks of it; nil at home pages
}

// visitor begins to look; its client is to be closed.
func (e *errand) visitor() visitor {
	return visitor{errand: e, client: &fetch.Client{Session: e.session, Allow: e.spend}}
}

// notice gives the hosting service whose words stand in a page.
func (v visitor) notice(body []byte) string {
	for _, n := range v.unclaimed {
		if bytes.Contains(body, []byte(n.Text)) {
			return n.Service
		}
	}
	return ""
}

// stay is one host with what was read there and is not kept.
type stay struct {
	site        evidence.Site
	http, https reading
}

// stay visits the home pages of one host, one after the other.
func (e *errand) stay(ctx context.Context, host string) stay {
	s := stay{site: evidence.Site{Host: host, Addresses: e.addresses(ctx, host)}}
	if s.site.Addresses.State != evidence.Seen {
		closed := evidence.Visit{Observation: withoutAddress(s.site.Addresses)}
		s.site.HTTP, s.site.HTTPS, s.site.SecurityTxt = closed, closed, closed
		if e.expects(host) {
			e.giveBack() // nobody can ask ahead either
		}
		return s
	}
	v := e.visitor()
	defer v.client.Close()
	s.site.HTTP, s.http = v.visit(ctx, "http://"+host+"/", page)
	s.site.HTTPS, s.https = v.visit(ctx, "https://"+host+"/", page)
	s.site.SecurityTxt.Observation = evidence.Skipped(evidence.NotInProfile, "")
	return s
}

// answersTLS reports whether anything came back on https.
func (s *stay) answersTLS() bool {
	return s.site.HTTPS.State == evidence.Seen || len(s.site.HTTPS.Hops) > 0
}

// page gives the visit that ended on a page of the site, and where that stands:
// by https where it can. Without one it gives no address.
func (s *stay) page() (evidence.Visit, reading, *url.URL) {
	for _, each := range []struct {
		evidence.Visit
		reading
	}{{s.site.HTTPS, s.https}, {s.site.HTTP, s.http}} {
		status, barred := each.Last().Status, each.Barrier != "" && each.Barrier != scriptOnly
		if each.State != evidence.Seen || each.Page == nil || barred || status < 200 || status > 299 {
			continue
		}
		if at, err := url.Parse(each.Last().URL); err == nil {
			return each.Visit, each.reading, at
		}
	}
	return evidence.Visit{}, reading{}, nil
}

func (e *errand) addresses(ctx context.Context, host string) evidence.Observation {
	list, err := e.session.Addresses(ctx, host)
	switch {
	case err != nil:
		return observe.Failure(e.session.Now(), err)
	case len(list) == 0:
		return evidence.AbsentAt(e.session.Now())
	}
	return evidence.SeenAt(e.session.Now())
}

// withoutAddress is what is known of the pages of a host without an address.
func withoutAddress(addresses evidence.Observation) evidence.Observation {
	if addresses.State == evidence.Absent {
		return evidence.Skipped(evidence.NoAddress, "")
	}
	return addresses
}
