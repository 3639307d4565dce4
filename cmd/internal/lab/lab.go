// Package lab raises the fictional territory "Valli del Campanile": DNS, web
// and mail servers of municipalities that do not exist, on high ports of the
// loopback interface, for the demo, the tests and training workshops.
//
// Nobody must take it for real: all names end in .test, all addresses are from
// documentation ranges, and its keys are public. It must not listen on anything
// but loopback, and it must not open a connection to anything but itself.
package lab

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Lab is the territory with its servers running.
type Lab struct {
	now         time.Time
	towns       []Town
	hidden      []Town // behind the hill
	consenting  []Consenting
	tree        tree
	authorities *authorities
	nameserver  *nameserver
	zoneServers map[netip.Addr]*nameserver // by fictional address
	doors       map[netip.AddrPort]*server // nil: packets are dropped
	sockets     map[netip.AddrPort]*server // for datagrams

	over   <-chan struct{} // closed when the lab ends
	cancel context.CancelFunc
	once   sync.Once
	failed error
}

// Start raises all servers, as they are on the day of now. The caller closes
// the lab; the end of ctx cuts its connections but does not replace Close.
func Start(ctx context.Context, now time.Time) (*Lab, error) {
	today := now.UTC().Truncate(24 * time.Hour)
	ctx, cancel := context.WithCancel(ctx)
	l := &Lab{
		now: now, over: ctx.Done(), cancel: cancel, zoneServers: map[netip.Addr]*nameserver{},
		doors: map[netip.AddrPort]*server{}, sockets: map[netip.AddrPort]*server{},
	}
	towns, hidden := territory(), behindTheHill()
	places := suppliers()
	for _, t := range slices.Concat(towns, hidden) {
		places = append(places, t.place)
	}
	for _, t := range towns {
		l.towns = append(l.towns, t.Town)
	}
	for _, t := range hidden {
		l.hidden = append(l.hidden, t.Town)
	}
	err := l.raise(ctx, places, today)
	if err == nil {
		l.consenting, err = consenting(slices.Concat(l.towns, l.hidden), today)
	}
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// raise builds the data first, then opens the ports.
func (l *Lab) raise(ctx context.Context, places []place, today time.Time) error {
	var err error
	if l.authorities, err = newAuthorities(today); err != nil {
		return err
	}
	if l.tree, err = newTree(zones(places), today); err != nil {
		return err
	}
	services, err := l.services(places)
	if err != nil {
		return err
	}
	if err := l.tree.seal(today); err != nil {
		return err
	}
	if l.nameserver, err = startNameserver(ctx, &resolver{l.tree, faults(places)}); err != nil {
		return err
	}
	if err := l.startZoneServers(ctx, places); err != nil {
		return err
	}
	if err := l.openDatagrams(ctx, places); err != nil {
		return err
	}
	return l.open(ctx, services)
}

// Close ends all servers and waits until they are gone.
func (l *Lab) Close() error {
	l.once.Do(func() {
		l.cancel()
		var group errgroup.Group
		for _, server := range l.doors {
			if server != nil {
				group.Go(server.close)
			}
		}
		for _, server := range l.sockets {
			group.Go(server.close)
		}
		for _, server := range l.zoneServers {
			group.Go(server.close)
		}
		if l.nameserver != nil {
			group.Go(l.nameserver.close)
		}
		l.failed = group.Wait()
	})
	return l.failed
}

// Towns lists the municipalities, the exemplary one first.
func (l *Lab) Towns() []Town { return slices.Clone(l.towns) }

// Anchor is the DNSSEC trust anchor of the lab's root, in zone-file form.
func (l *Lab) Anchor() string { return l.tree.anchor() }

// CA is the lab's root certificate in PEM.
func (l *Lab) CA() []byte { return l.authorities.root.pem() }

// DNSAddress is where the lab's resolver listens, for programs of their own.
func (l *Lab) DNSAddress() netip.AddrPort { return l.nameserver.address }
