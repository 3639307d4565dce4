package lab

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// open gives every fictional address and port its listener.
func (l *Lab) open(ctx context.Context, services []service) error {
	byAddress := map[netip.AddrPort][]service{}
	for _, s := range services {
		addresses := l.tree.addresses(s.host)
		if len(addresses) == 0 {
			return fmt.Errorf("host %s of the lab has no address", s.host)
		}
		for _, address := range addresses {
			at := netip.AddrPortFrom(address, s.port)
			byAddress[at] = append(byAddress[at], s)
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(byAddress), netip.AddrPort.Compare) {
		server, err := l.serve(ctx, byAddress[at])
		if err != nil {
			return fmt.Errorf("opening %s of the lab: %w", at, err)
		}
		l.doors[at] = server
	}
	return nil
}

// serve starts one server for all services that share an address and port; nil
// where packets are dropped.
func (l *Lab) serve(ctx context.Context, services []service) (*server, error) {
	first := services[0]
	switch {
	case first.dropped:
		return nil, nil // nothing listens, and that is right
	case first.wire != nil:
		return serveWire(ctx, first.wire)
	}
	hosts := hosts{l.now.UTC().Format(http.TimeFormat), map[string]http.Handler{}}
	configs := map[string]*tls.Config{}
	for _, s := range services {
		name := strings.TrimSuffix(s.host, ".")
		hosts.by[name], configs[name] = s.http, s.tls
	}
	return serveHTTP(ctx, hosts, bySNI(first.tls, configs), first.relic)
}

// bySNI gives the configuration that fits the name asked for (RFC 6066 section
// 3), and the first one to who asks for none of ours.
func bySNI(first *tls.Config, configs map[string]*tls.Config) *tls.Config {
	if first == nil {
		return nil
	}
	config := first.Clone()
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return cmp.Or(configs[strings.ToLower(hello.ServerName)], first), nil
	}
	return config
}

// hosts is a web server that many names share; its clock stands still.
type hosts struct {
	date string
	by   map[string]http.Handler
}

func (h hosts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", h.date)
	name, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
	if handler := h.by[name]; handler != nil {
		handler.ServeHTTP(w, r)
		return
	}
	http.Error(w, "Nessun sito con questo nome (laboratorio Campanile)", http.StatusMisdirectedRequest)
}

// startZoneServers raises a name server at every address of every host that a
// zone, or the zone above it, names as its server.
func (l *Lab) startZoneServers(ctx context.Context, places []place) error {
	servers := map[netip.Addr]*zoneServer{}
	faults := faults(places)
	for _, p := range places {
		for _, host := range slices.Concat(p.zone.servers, p.zone.above) {
			for _, address := range l.tree.addresses(host) {
				if servers[address] == nil {
					servers[address] = &zoneServer{l.tree, map[string]habit{}, faults}
				}
				servers[address].zones[p.zone.origin] = p.habits[host]
			}
		}
	}
	for address, handler := range servers {
		started, err := startNameserver(ctx, handler)
		if err != nil {
			return fmt.Errorf("opening the name server %s of the lab: %w", address, err)
		}
		l.zoneServers[address] = started
	}
	return nil
}
