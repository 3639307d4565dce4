package scan

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"strconv"

	"campanile/cmd/internal/engine"
	"campanile/collectors/evidence"
)

const (
	mostNames   = 4 // names of one address at which templates are tried
	mostTargets = 8 // web servers of one address at which templates are tried
)

// tryTemplates tries the templates at the web servers of each address, one
// address after the other.
func (l *look) tryTemplates(ctx context.Context, places []place) {
	found := &l.b.Services
	for i, p := range places {
		host := found.Hosts[i]
		if host.State != evidence.Seen || host.Tarpit {
			l.leave(p, host)
			continue
		}
		targets := targetsOf(host, p)
		for _, left := range targets[min(len(targets), mostTargets):] {
			found.Tried = append(found.Tried, evidence.Tried{
				URL: left.URL, Address: host.Address,
				Observation: evidence.UnknownAt(l.session.Now(), evidence.TooMany, "more web servers at one address than are looked at"),
			})
		}
		targets = targets[:min(len(targets), mostTargets)]
		if len(targets) == 0 {
			continue
		}
		order := engine.Order{
			Templates: l.Templates, Targets: targets, AllowReserved: l.Network.Permit.AllowReserved,
			Agent: l.agent(), PerSecond: cmp.Or(l.PortsPerSecond, servicesPace), AtOnce: len(targets),
		}
		result := engine.Run(ctx, l.Engine, order, l.session.Now)
		engine.Add(found, order, result)
		l.session.Count(p.address, result.Engine.Sockets, result.Requests, result.Sent, result.Received)
	}
}

// leave notes the sites at an address where no template may or can be tried.
func (l *look) leave(p place, host evidence.Host) {
	why := host.Observation
	if host.Tarpit {
		why = evidence.UnknownAt(l.session.Now(), evidence.Tarpit, "")
	}
	for _, name := range p.names[:min(len(p.names), mostNames)] {
		l.b.Services.Tried = append(l.b.Services.Tried, evidence.Tried{URL: "https://" + name, Address: host.Address, Observation: why})
	}
}

// targetsOf lists the web servers at an address. At the two ordinary ports a
// server tells its sites apart by their names, and what is there by TLS is not
// asked for once more without; at any other port one name will do.
func targetsOf(host evidence.Host, p place) []engine.Target {
	var list []engine.Target
	secure := isWeb(port(host, 443))
	for _, open := range host.Ports {
		if !isWeb(open) || open.Number == 80 && secure {
			continue
		}
		names := p.names
		if open.Number != 80 && open.Number != 443 {
			names = names[:min(len(names), 1)]
		}
		if len(names) == 0 {
			names = []string{p.address.String()}
		}
		for _, name := range names[:min(len(names), mostNames)] {
			list = append(list, engine.Target{URL: address(name, open), Address: p.address})
		}
	}
	return list
}

// isWeb reports whether HTTP was spoken at a port, or may be behind TLS where
// a server wants to hear a name first.
func isWeb(p evidence.Port) bool {
	if p.Transport != "tcp" {
		return false
	}
	return p.Service == "http" || p.Fact("status") != "" || p.TLS && p.Number == 443
}

func port(host evidence.Host, number uint16) evidence.Port {
	for _, p := range host.Ports {
		if p.Number == number && p.Transport == "tcp" {
			return p
		}
	}
	return evidence.Port{}
}

func address(name string, p evidence.Port) string {
	scheme, usual := "http", uint16(80)
	if p.TLS {
		scheme, usual = "https", 443
	}
	if p.Number != usual {
		return scheme + "://" + net.JoinHostPort(name, strconv.Itoa(int(p.Number)))
	}
	if at, err := netip.ParseAddr(name); err == nil && at.Is6() {
		name = "[" + name + "]"
	}
	return scheme + "://" + name
}
