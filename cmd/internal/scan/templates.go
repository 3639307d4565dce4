package scan

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"campanile/cmd/internal/engine"
	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

const (
	mostNames   = 4 // names of one address at which templates are tried
	mostTargets = 5 // web servers of one address at which templates are tried

	// What the engine may take: to start, for each web server, and for each template
	// at one that is slow.
	engineStart = time.Minute
	engineTurn  = time.Minute
	engineSlow  = time.Second

	// wishEvery is how often it is asked, while the engine runs, whether somebody
	// wants to be left alone.
	wishEvery = 200 * time.Millisecond
)

// tryTemplates tries the templates at the web servers of each address, one
// address after the other.
func (l *look) tryTemplates(ctx context.Context, places []place) {
	for i, p := range places {
		p.names = l.welcome(p.names)
		host := l.b.Services.Hosts[i]
		if host.State != evidence.Seen || host.Tarpit {
			l.leave(p, host)
			continue
		}
		targets := targetsOf(host, p)
		l.leaveRest(host, targets[min(len(targets), mostTargets):],
			evidence.UnknownAt(l.session.Now(), evidence.TooMany, "more web servers at one address than are looked at"))
		if targets = targets[:min(len(targets), mostTargets)]; len(targets) > 0 {
			l.tryAt(ctx, p, targets)
		}
	}
}

// tryAt lets the engine try the templates at one address.
func (l *look) tryAt(ctx context.Context, p place, targets []engine.Target) {
	ctx, over := l.whileWelcome(ctx, p)
	defer over()
	leave, ok := l.turns.enter(ctx, p.address)
	if !ok {
		l.leaveRest(evidence.Host{Address: p.address.String()}, targets, l.waited())
		return
	}
	defer leave()
	order := engine.Order{
		Templates: l.Templates, Targets: targets, AllowReserved: l.Network.Permit.AllowReserved, Agent: l.agent(),
		PerSecond: l.pace(), AtOnce: len(targets), Connections: l.left(p.address),
		Deadline: engineStart + time.Duration(len(targets))*engineTurn + time.Duration(len(l.Templates))*engineSlow,
	}
	result := engine.Run(ctx, l.Engine, order, l.session.Now)
	engine.Add(&l.b.Services, order, result)
	l.session.Count(p.address, result.Engine.Sockets, result.Requests, result.Sent, result.Received)
}

// left is how many connections to an address the budget still allows, in the
// engine's way of counting: 0 is no limit, less is nothing.
func (l *look) left(address netip.Addr) int {
	most := l.Network.Limits.PerAddress
	if most == 0 {
		return 0
	}
	if rest := most - l.session.Sent().ByAddress[address].Connections; rest > 0 {
		return rest
	}
	return -1
}

// whileWelcome gives a context that ends when an address, or a name that leads
// there, asks to be left alone: the engine has been told its targets and does not
// read our list, and the network knows addresses only.
func (l *look) whileWelcome(ctx context.Context, p place) (context.Context, func()) {
	watched, cancel := context.WithCancelCause(ctx)
	look := func() {
		if err := l.unwelcome(p); err != nil {
			cancel(err)
		}
	}
	look()
	var watch sync.WaitGroup
	watch.Go(func() {
		ticker := time.NewTicker(wishEvery)
		defer ticker.Stop()
		for watched.Err() == nil {
			select {
			case <-ticker.C:
				look()
			case <-watched.Done():
			}
		}
	})
	return watched, func() {
		cancel(nil)
		watch.Wait()
	}
}

// unwelcome says who wants to be left alone, if anybody does, or that the mandate
// is over: a computer that slept through its last hour counts only those in which
// it was awake, so the clock is asked too.
func (l *look) unwelcome(p place) error {
	if over := l.Mandate.Check(l.session.Now(), nil, nil); len(over) > 0 {
		return &network.Error{Problem: string(over[0].Problem()), Err: errors.New(over[0].String())}
	}
	if err := l.Network.Permit.Check(p.address); err != nil {
		return err
	}
	for _, name := range append(p.leads, l.b.Target.Domain) {
		if !l.welcomes(name) {
			return &network.Error{Problem: string(evidence.NotPermitted), Err: errors.New(name + " asked to be left alone")}
		}
	}
	return nil
}

// leaveRest notes the web servers at which no template is tried, and why.
func (l *look) leaveRest(host evidence.Host, rest []engine.Target, why evidence.Observation) {
	for _, t := range rest {
		l.b.Services.Tried = append(l.b.Services.Tried, evidence.Tried{URL: t.URL, Address: host.Address, Observation: why})
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
		names := slices.DeleteFunc(slices.Clone(p.names), func(name string) bool { return !inURL(name) })
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

// inURL reports a name that may stand in a URL as it is; a zone can hold others.
func inURL(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	})
}

// isWeb reports whether HTTP was spoken at a port, or may be behind TLS where
// a server wants to hear a name first. Cameras and telephone exchanges answer with
// a status too (RFC 7826 section 8.1, RFC 3261 section 7.2), and no page is theirs.
func isWeb(p evidence.Port) bool {
	if p.Transport != "tcp" {
		return false
	}
	return p.Service == "http" || p.Fact("status") != "" && strings.HasPrefix(p.Greeting, "HTTP/") || p.TLS && p.Number == 443
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
