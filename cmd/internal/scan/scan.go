// Package scan is the main path of the program, on one screen: targets go in,
// each is collected, kept, judged and handed on. What each step means is told
// in the packages it calls.
package scan

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/engine"
	"campanile/cmd/internal/mandate"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/mail"
	"campanile/collectors/network"
	"campanile/collectors/records"
	"campanile/collectors/tls"
)

// Scanner looks at municipalities with one network and one set of limits.
type Scanner struct {
	Network     *network.Network
	Profile     evidence.Profile
	Families    []evidence.Family
	Depth       string // of the questions to TLS servers, beyond profile passive; empty means evidence.GradeDepth
	Roots       tls.Roots
	Anchor      dnssec.Anchor
	Tool        evidence.Tool
	Contact     string        // who scans, for the User-Agent and the report
	Timeout     time.Duration // for one municipality
	Concurrency int           // municipalities at the same time

	Suppliers []records.Supplier  // those that are recognised
	Platforms []records.Platform  // products for sites that are recognised
	Names     map[string][]string // further names that the user knows of, by domain
	Sites     int                 // sites visited for one municipality, domain and www included
	Control   string              // a host that takes mail, dialled where every exchanger is silent
	// Origin says which autonomous system announces an address, from a file of
	// the user's; nil: there is none.
	Origin func(netip.Addr) (number uint32, ok bool)
	// OriginService is the domain of a look-up service for the same question;
	// empty: no third party is asked.
	OriginService string

	// LeftAlone reports that a name asked to be left alone; nil: nobody did. It may
	// change while the scan runs.
	LeftAlone func(name string) bool

	Mandate   *mandate.Mandate  // nil: nobody gave one, and the services are not looked at
	Addresses []netip.Addr      // whose services are looked at; nil: those that the mandate covers
	Engine    string            // program that tries the templates; empty: it is not installed
	Templates []engine.Template // to try
	// PortsPerSecond is how many connections are begun to one address in a second
	// when its services are looked at, and how many datagrams are sent besides; 0: 5
	// and one. Tests on servers of their own set it.
	PortsPerSecond int

	met   *mail.Memory // of the mail servers that this run has visited
	asked *tls.Memory  // of the TLS servers
	turns *turns       // at the addresses whose services are looked at
}

// Keep is called once for each finished municipality, one call at a time, in
// the order in which they finish.
type Keep func(index int, b *evidence.Bundle) error

// Run scans the targets. It ends early when the context ends or when keep
// fails; what was finished before has been kept.
func (s Scanner) Run(ctx context.Context, targets []evidence.Target, keep Keep) error {
	s = s.Round()
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(max(s.Concurrency, 1))
	var oneAtATime sync.Mutex
	for i, target := range targets {
		if running.Err() != nil {
			break
		}
		group.Go(func() error {
			bundle, err := s.Look(running, target)
			if err != nil {
				return err
			}
			oneAtATime.Lock()
			defer oneAtATime.Unlock()
			return keep(i, bundle)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// Round is the scanner for municipalities that come one by one: what it learns of
// a server at one of them, it does not ask again at the others.
func (s Scanner) Round() Scanner {
	s.met, s.asked, s.turns = new(mail.Memory), new(tls.Memory), &turns{world: s.Network}
	return s
}

// Look looks at one municipality of a round. A look that the context ended is an
// error: half a look would read as a whole one.
func (s Scanner) Look(ctx context.Context, target evidence.Target) (*evidence.Bundle, error) {
	bundle, err := settle(s.Collect(ctx, target), s.Network.Session().Now())
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return bundle, err
}

// settle gives the bundle as a reader of the evidence will see it, so that the
// verdict of today and the one from the kept file are the same. A town whose
// servers say more than evidence holds ends with nothing known of it, and the
// other towns with theirs.
func settle(b *evidence.Bundle, now time.Time) (*evidence.Bundle, error) {
	line, err := evidence.Marshal(b)
	if err != nil {
		line, err = evidence.Marshal(overwhelmed(b, evidence.UnknownAt(now, evidence.TooLarge, err.Error())))
	}
	if err != nil {
		return nil, err
	}
	return evidence.Unmarshal(line)
}

// overwhelmed keeps of a bundle what we know ourselves, and why nothing else.
func overwhelmed(b *evidence.Bundle, why evidence.Observation) *evidence.Bundle {
	rest := *b
	rest.DNS = evidence.DNS{Signed: evidence.Signed{Observation: why}}
	rest.Mail, rest.Endpoints, rest.Sites = evidence.Mail{}, nil, nil
	rest.Services = evidence.Services{Observation: why, Mandate: b.Services.Mandate}
	for _, name := range b.Names {
		if name.Site {
			rest.Sites = append(rest.Sites, evidence.Site{Host: name.Name, Addresses: why})
		}
	}
	return &rest
}
