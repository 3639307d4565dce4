package scan

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/mandate"
	"campanile/collectors/evidence"
	"campanile/collectors/names"
	"campanile/collectors/network"
	"campanile/collectors/services"
	"campanile/collectors/services/udp"
)

// MostPlaces is how many addresses of one municipality have their ports asked.
const MostPlaces = 64

const (
	widest       = 16 // addresses of a network of the mandate that is looked at without further words
	atOnceUnder  = 4  // addresses of one municipality looked at side by side
	servicesPace = 5  // connections begun to one address in a second, as the letter of the mandate promises
)

// place is an address that the services of the municipality may be at.
type place struct {
	address netip.Addr
	names   []string // of the municipality, that lead there
	leads   []string // every name that leads there, the municipality's or not
	refused evidence.Observation
}

// allowed reports that the mandate lets us look there.
func (p place) allowed() bool { return p.refused.State == evidence.NotAsked }

// services looks at the ports of the addresses that the mandate covers, and
// tries the templates on the web servers that it finds there. It comes after
// everything else: who shares an address is told by what was seen before.
func (l *look) services(ctx context.Context) {
	if !l.b.Asked(evidence.ServicesFamily) {
		return
	}
	found := &l.b.Services
	now := l.session.Now()
	switch {
	case l.Profile != evidence.Full:
		found.Observation = evidence.Skipped(evidence.NotInProfile, "")
		return
	case l.Mandate == nil:
		found.Observation = evidence.UnknownAt(now, evidence.NoMandate, "nobody gave a mandate")
		return
	}
	found.Mandate = l.Mandate.Evidence()
	if !l.welcomes(l.b.Target.Domain) {
		found.Observation = evidence.UnknownAt(now, evidence.NotPermitted, l.b.Target.Domain+" asked to be left alone")
		return
	}
	if refused := l.Mandate.Check(now, []string{l.b.Target.Domain}, nil); len(refused) > 0 {
		found.Observation = evidence.UnknownAt(now, refused[0].Problem(), refused[0].String())
		return
	}
	found.Observation = evidence.SeenAt(now)
	places := l.places()
	if len(places) == 0 {
		found.Observation = evidence.UnknownAt(now, evidence.NoAddress, "no name leads to an address, and the mandate names none")
		return
	}
	found.Hosts = l.knock(ctx, places)
	l.tryTemplates(ctx, places)
}

// places lists the addresses: those that the user named, else those to which
// the municipality's names lead and those of the mandate itself.
func (l *look) places() []place {
	var list []place
	add := func(address netip.Addr, name string) {
		address = address.Unmap()
		i := slices.IndexFunc(list, func(p place) bool { return p.address == address })
		if i < 0 {
			list = append(list, place{address: address})
			i = len(list) - 1
		}
		if name != "" && !slices.Contains(list[i].names, name) {
			list[i].names = append(list[i].names, name)
		}
	}
	for _, found := range l.b.DNS.Lookups {
		if (found.Type != "A" && found.Type != "AAAA") || found.State != evidence.Seen || !l.Mandate.Names(found.Name) {
			continue
		}
		for _, record := range found.Records {
			if address, err := netip.ParseAddr(record); err == nil && l.wanted(address) {
				add(address, found.Name)
			}
		}
	}
	for _, address := range l.listed() {
		add(address, "")
	}
	allowed := 0
	for i := range list {
		list[i].leads = leads(l.b, list[i].address)
		list[i].refused = l.refusal(l.b, list[i].address)
		if !list[i].allowed() {
			continue
		}
		if allowed++; allowed > MostPlaces {
			list[i].refused = evidence.UnknownAt(l.session.Now(), evidence.TooMany, fmt.Sprintf("more than %d addresses; the rest was left out", MostPlaces))
		}
	}
	return list[:min(len(list), evidence.MaxPlaces)]
}

// leads gives the names that lead to an address, and the aliases in between.
func leads(b *evidence.Bundle, address netip.Addr) []string {
	var list []string
	for _, found := range b.DNS.Lookups {
		for _, record := range found.Records {
			if at, err := netip.ParseAddr(record); err == nil && at.Unmap() == address && (found.Type == "A" || found.Type == "AAAA") {
				list = append(list, append([]string{found.Name}, found.Aliases...)...)
			}
		}
	}
	for i := range list {
		list[i] = strings.TrimSuffix(list[i], ".")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// wanted reports whether the user left the choice to us, or chose the address.
func (l *look) wanted(address netip.Addr) bool {
	return len(l.Addresses) == 0 || slices.Contains(l.Addresses, address.Unmap())
}

// listed are the addresses that need no name to lead there.
func (l *look) listed() []netip.Addr {
	if len(l.Addresses) > 0 {
		return l.Addresses
	}
	return Listed(l.Mandate)
}

// Listed gives the addresses of a mandate that are looked at whether or not a
// name leads there: single ones and those of small networks.
func Listed(m *mandate.Mandate) []netip.Addr {
	var list []netip.Addr
	for _, network := range m.Addresses {
		if 1<<min(network.Addr().BitLen()-network.Bits(), 30) > widest {
			continue
		}
		for address := network.Addr(); network.Contains(address); address = address.Next() {
			list = append(list, address)
		}
	}
	for _, host := range m.Shared {
		list = append(list, host.Address)
	}
	return list
}

// refusal says why the permit or the mandate keeps us from an address; the zero value lets us.
func (l *look) refusal(seen *evidence.Bundle, address netip.Addr) evidence.Observation {
	if err := l.Network.Permit.Check(address); err != nil {
		return evidence.UnknownAt(l.session.Now(), evidence.NotPermitted, network.Reason(err))
	}
	if i := slices.IndexFunc(leads(seen, address), func(name string) bool { return !l.welcomes(name) }); i >= 0 {
		return evidence.UnknownAt(l.session.Now(), evidence.NotPermitted, leads(seen, address)[i]+" leads there, and asked to be left alone")
	}
	why, shared := l.tenancy(address).Shared(seen, address)
	refused := l.Mandate.Check(l.session.Now(), nil, []mandate.Place{{Address: address, Shared: shared}})
	if len(refused) == 0 {
		return evidence.Observation{}
	}
	detail := refused[0].String()
	if shared {
		detail = why
	}
	return evidence.UnknownAt(l.session.Now(), refused[0].Problem(), detail)
}

// tenancy knows who else may live at an address. The user's own file of autonomous
// systems is asked at once: it is needed before the look at suppliers.
func (l *look) tenancy(address netip.Addr) names.Tenancy {
	own := func(string) bool { return false }
	if l.Mandate != nil {
		own = l.Mandate.Names
	}
	origins := l.known
	if _, known := origins[address]; !known && l.Origin != nil {
		if number, ok := l.Origin(address); ok {
			origins = names.Origins{address: number}
		}
	}
	return names.Tenancy{Suppliers: l.Suppliers, Origins: origins, Own: own}
}

// active reports whether a server may be asked what takes part in a fault: in
// profile full, at an address that the mandate covers, where nothing that was seen
// until now tells of others.
func (l *look) active(address netip.Addr, shown []evidence.Endpoint) bool {
	if l.Profile != evidence.Full || l.Mandate == nil {
		return false
	}
	// Mail and sites are being looked at meanwhile, and say nothing here.
	seen := &evidence.Bundle{DNS: l.b.DNS, Endpoints: slices.Concat(l.b.Endpoints, shown)}
	return l.refusal(seen, address).State == evidence.NotAsked
}

// knock asks the ports of each address, a few addresses side by side.
func (l *look) knock(ctx context.Context, places []place) []evidence.Host {
	hosts := make([]evidence.Host, len(places))
	var group errgroup.Group
	group.SetLimit(atOnceUnder)
	for i, p := range places {
		group.Go(func() error {
			hosts[i] = l.host(ctx, p)
			return nil
		})
	}
	_ = group.Wait() // collectors give evidence, never errors
	return hosts
}

func (l *look) host(ctx context.Context, p place) evidence.Host {
	if !p.allowed() {
		return evidence.Host{Address: p.address.String(), Names: p.names, Observation: p.refused}
	}
	leave, ok := l.turns.enter(ctx, p.address)
	if !ok {
		return evidence.Host{Address: p.address.String(), Names: p.names, Observation: l.waited()}
	}
	defer leave()
	ctx, over := l.whileWelcome(ctx, p)
	defer over()
	host := services.Collect(ctx, l.session, services.Request{
		Targets: []services.Target{{Address: p.address, Names: p.names}}, Agent: l.agent(),
		PerSecond: l.pace(), Methods: l.Mandate.SSHMethods,
	})[0]
	if host.Tarpit {
		return host // nothing that it says is believed
	}
	// Datagrams come after, so that together they are never more than the pace.
	udp.Add(&host, udp.Collect(ctx, l.session, udp.Request{Address: p.address, Every: l.spacing()}))
	return host
}

// pace is how many connections are begun to one address in a second: as many as
// the user allows, and never more than the letter promises.
func (l *look) pace() int {
	if l.PortsPerSecond > 0 {
		return l.PortsPerSecond
	}
	if rate := l.Network.Limits.PerSecond; rate > 0 {
		return min(rate, servicesPace)
	}
	return servicesPace
}

// spacing is the time between two datagrams to one address; 0 is the default, one
// second.
func (l *look) spacing() time.Duration {
	if l.PortsPerSecond == 0 {
		return 0
	}
	return time.Second / time.Duration(l.PortsPerSecond)
}
