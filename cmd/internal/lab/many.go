package lab

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// Many is a territory of hundreds of municipalities on a few dozen hosts, as a
// province has them. They are plainer than the towns of the Valli del Campanile,
// and its servers keep a log of who came when.
type Many struct {
	lab    *Lab // whose zones, authorities and servers these are
	houses []house
	towns  []evidence.Target
	log    *visitors
}

// The most that the fictional addresses and names have room for.
const (
	mostTowns     = 9999
	mostAddresses = 250
)

// StartMany raises n municipalities whose sites stand on that many addresses; each
// address belongs to a supplier of its own, with two name servers and a mail
// server. The caller closes them.
func StartMany(ctx context.Context, now func() time.Time, n, addresses int) (*Many, error) {
	if n < 1 || n > mostTowns || addresses < 1 || addresses > mostAddresses {
		return nil, fmt.Errorf("the lab has room for 1 to %d towns on 1 to %d addresses, not for %d on %d", mostTowns, mostAddresses, n, addresses)
	}
	ctx, cancel := context.WithCancel(ctx)
	start := now()
	m := &Many{
		lab: &Lab{now: start, over: ctx.Done(), cancel: cancel, zoneServers: map[netip.Addr]*nameserver{}, doors: map[netip.AddrPort]*server{}},
		log: &visitors{now: now},
	}
	places := above()
	for i := range addresses {
		m.houses = append(m.houses, newHouse(i+1))
		places = append(places, m.houses[i].place())
	}
	for i := range n {
		town := borgo(i + 1)
		m.towns = append(m.towns, town.Target())
		places = append(places, m.houses[i%addresses].rent(i+1, town))
	}
	if err := m.raise(ctx, places, start.UTC().Truncate(24*time.Hour)); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// raise builds the data first, then opens the ports.
func (m *Many) raise(ctx context.Context, places []place, today time.Time) error {
	l := m.lab
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
	if l.nameserver, err = startNameserver(ctx, &resolver{l.tree, nil}); err != nil {
		return err
	}
	if err := m.startZoneServers(ctx, places); err != nil {
		return err
	}
	for i, s := range services {
		for _, address := range l.tree.addresses(s.host) {
			if s.wire != nil {
				services[i].wire = m.log.spoken(netip.AddrPortFrom(address, s.port), s.wire)
			}
		}
	}
	if err := l.open(ctx, services); err != nil {
		return err
	}
	return m.openSites(ctx)
}

// startZoneServers raises the name servers, whose questions are written down.
func (m *Many) startZoneServers(ctx context.Context, places []place) error {
	servers := map[netip.Addr]*zoneServer{}
	for _, p := range places {
		for _, host := range p.zone.servers {
			for _, address := range m.lab.tree.addresses(host) {
				if servers[address] == nil {
					servers[address] = &zoneServer{tree: m.lab.tree, zones: map[string]habit{}}
				}
				servers[address].zones[p.zone.origin] = 0
			}
		}
	}
	for address, handler := range servers {
		started, err := startNameserver(ctx, questioned{handler, m.log, netip.AddrPortFrom(address, 53)})
		if err != nil {
			return fmt.Errorf("opening the name server %s of the lab: %w", address, err)
		}
		m.lab.zoneServers[address] = started
	}
	return nil
}

// Close ends all servers and waits until they are gone.
func (m *Many) Close() error { return m.lab.Close() }

// Targets lists the municipalities as an inventory hands them to a scan.
func (m *Many) Targets() []evidence.Target { return slices.Clone(m.towns) }

// Suppliers are the firms of the towns, as a scan recognises them.
func (m *Many) Suppliers() []records.Supplier {
	list := make([]records.Supplier, len(m.houses))
	for i, h := range m.houses {
		list[i] = h.supplier()
	}
	return list
}

// Log lists who came to the web servers, mail servers and name servers so far, in
// order. Questions to the resolver are not among them.
func (m *Many) Log() []Entry { return m.log.entries() }

// Directory says where everything is, for programs of their own.
func (m *Many) Directory() Directory {
	l := m.lab
	d := Directory{
		Resolver: l.nameserver.address, TCP: map[netip.AddrPort]netip.AddrPort{}, UDP: map[netip.AddrPort]netip.AddrPort{},
		CA: string(l.CA()), Anchor: l.Anchor(), Towns: m.Targets(), Suppliers: m.Suppliers(),
	}
	for at, server := range l.doors {
		d.TCP[at] = server.address
	}
	for address, named := range l.zoneServers {
		at := netip.AddrPortFrom(address, 53)
		d.TCP[at], d.UDP[at] = named.address, named.address
	}
	return d
}

// borgo is the municipality of a number.
func borgo(number int) Town {
	t := Town{
		Domain: fmt.Sprintf("comune.borgo-%04d.test", number), Name: fmt.Sprintf("Comune di Borgo %04d", number),
		Country: "it", Code: fmt.Sprintf("c_m%04d", number),
	}
	t.Mailboxes = []evidence.Mailbox{{Address: "protocollo@" + t.Domain}}
	return t
}
