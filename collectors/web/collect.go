// Package web collects what a site answers to a polite visitor: redirects,
// headers, cookies, and the links of the home page.
//
// It must not judge, and it dials only through a network.Session.
package web

import (
	"bytes"
	"context"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Request is what to look at.
type Request struct {
	Names     []string // host names to visit on http and https
	Agent     string   // User-Agent
	WellKnown bool     // ask for security.txt too (profile standard and up)
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
	sites := make([]evidence.Site, len(r.Names))
	v := visitor{session: s, agent: r.Agent, unclaimed: r.Unclaimed, ahead: r.Ahead}
	var group errgroup.Group
	group.SetLimit(sitesAtOnce)
	for i, host := range r.Names {
		group.Go(func() error {
			sites[i] = v.site(ctx, host, r.WellKnown)
			return nil
		})
	}
	_ = group.Wait() // what goes wrong is evidence
	return sites
}

// visitor is who looks.
type visitor struct {
	session   *network.Session
	agent     string
	unclaimed []Notice
	ahead     *Ahead
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

// site visits one host, one page after the other.
func (v visitor) site(ctx context.Context, host string, wellKnown bool) evidence.Site {
	site := evidence.Site{Host: host, Addresses: v.addresses(ctx, host)}
	if site.Addresses.State != evidence.Seen {
		closed := evidence.Visit{Observation: withoutAddress(site.Addresses)}
		site.HTTP, site.HTTPS, site.SecurityTxt = closed, closed, closed
		return site
	}
	site.HTTP = v.visit(ctx, "http://"+host+"/", page, nil)
	site.HTTPS = v.visit(ctx, "https://"+host+"/", page, v.ahead.take(ctx, host))
	switch {
	case !wellKnown:
		site.SecurityTxt.Observation = evidence.Skipped(evidence.NotInProfile, "")
	case site.HTTPS.State != evidence.Seen && len(site.HTTPS.Hops) == 0:
		// RFC 9116 section 3: it stands on https only, where nobody answers.
		site.SecurityTxt.Observation = evidence.Skipped(evidence.DependsOnOther, "https does not answer")
	default:
		site.SecurityTxt = v.visit(ctx, "https://"+host+"/.well-known/security.txt", text, nil)
	}
	return site
}

func (v visitor) addresses(ctx context.Context, host string) evidence.Observation {
	list, err := v.session.Addresses(ctx, host)
	switch {
	case err != nil:
		return observe.Failure(v.session.Now(), err)
	case len(list) == 0:
		return evidence.AbsentAt(v.session.Now())
	}
	return evidence.SeenAt(v.session.Now())
}

// withoutAddress is what is known of the pages of a host without an address.
func withoutAddress(addresses evidence.Observation) evidence.Observation {
	if addresses.State == evidence.Absent {
		return evidence.Skipped(evidence.NoAddress, "")
	}
	return addresses
}
