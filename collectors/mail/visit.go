package mail

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
	"campanile/collectors/records"
	"campanile/collectors/tls"
)

// call is one server to visit.
type call struct {
	host     string
	address  netip.Addr
	server   *evidence.Server
	promised promise
	silent   bool              // the last try did not get us in
	lookups  []evidence.Lookup // that the visit needed
}

// visit speaks with each server that takes mail for the domain, and a second
// time with those that were silent, when the others are done. A domain without
// MX is left alone: its address may be a web server's.
func visit(ctx context.Context, s *network.Session, r Request, way *route) (evidence.Control, []evidence.Lookup) {
	lines := make([][]*call, len(way.hosts))
	ask.Each(len(way.hosts), func(i int) {
		lines[i] = resolve(ctx, s, &way.exchanges[i])
		for _, c := range lines[i] {
			c.promised = promised(r, way.mx, way.exchanges[i].Host, way.hosts[i])
		}
	})
	calls := slices.Concat(lines...)
	ring(calls, func(c *call) {
		c.hold(ctx, s, r)
		c.lookBack(ctx, s)
	})
	again := slices.DeleteFunc(slices.Clone(calls), func(c *call) bool { return !c.silent })
	ring(again, func(c *call) {
		reverse := c.server.Reverse
		c.hold(ctx, s, r)
		c.server.Reverse = reverse
		// Who let us in at last, and sent us away or said nothing, was reached.
		if c.silent || c.server.State == evidence.Seen {
			c.server.Tries = 2
		}
	})
	control := stripped(ctx, s, r, calls)
	if slices.ContainsFunc(again, func(c *call) bool { return c.silent }) {
		control = controlled(ctx, s, r, calls)
	}
	var lookups []evidence.Lookup
	for _, c := range calls {
		lookups = append(lookups, c.lookups...)
	}
	return control, lookups
}

// ring makes the calls: different addresses at once, one session at a time for
// each address, however many hosts stand there.
func ring(calls []*call, hold func(*call)) {
	lines := byAddress(calls)
	ask.Each(len(lines), func(i int) {
		for _, c := range lines[i] {
			hold(c)
		}
	})
}

func byAddress(calls []*call) [][]*call {
	place := map[netip.Addr]int{}
	var lines [][]*call
	for _, c := range calls {
		i, known := place[c.address]
		if !known {
			i = len(lines)
			place[c.address] = i
			lines = append(lines, nil)
		}
		lines[i] = append(lines[i], c)
	}
	return lines
}

// hold has one session with the server, and those after it that the profile
// allows, unless another town has had them.
func (c *call) hold(ctx context.Context, s *network.Session, r Request) {
	key := visited{address: c.address, host: c.host}
	if !certified(r, c.host) {
		key.depth = r.Depth
	}
	silent := false
	*c.server = r.Memory.server(ctx, s.Now, key, func() (shown evidence.Server) {
		shown, silent = converse(ctx, s, r, c.host, c.address)
		if key.depth != "" {
			c.askFurther(ctx, s, r, &shown)
		}
		return shown
	})
	c.silent = silent
	c.server.DANE = c.promised.keptBy(*c.server, s.Now())
	if r.Depth != key.depth {
		c.server.Weak.Observation = evidence.Skipped(evidence.NotInProfile, "servers of certified mail are only greeted")
	}
}

// askFurther asks for old versions and weak suites, or for everything. A server
// that neither showed a certificate nor said no is not asked again.
func (c *call) askFurther(ctx context.Context, s *network.Session, r Request, shown *evidence.Server) {
	if shown.TLS.State != evidence.Seen && shown.TLS.Problem != evidence.TLSAlert {
		return
	}
	d := &door{session: s, request: r, address: c.address}
	prober := tls.Prober{Session: s, Name: c.host, Open: d.open, Unverified: true}
	if r.Depth == evidence.FullDepth {
		shown.Offers, shown.Accepts = prober.Full(ctx, shown.TLS)
		shown.Weak = prober.Worst(shown.Accepts)
		return
	}
	shown.Offers = prober.OldVersions(ctx, shown.TLS)
	shown.Weak = prober.WeakSuites(ctx, shown.TLS)
}

// certified reports whether the host takes certified mail (posta elettronica
// certificata), by its name or the domain's, or because it is such a supplier's.
func certified(r Request, host string) bool {
	for _, name := range []string{r.Domain, host} {
		for label := range strings.SplitSeq(name, ".") {
			if label == "pec" || label == "cert" || label == "postacert" {
				return true
			}
		}
	}
	return slices.ContainsFunc(r.Suppliers, func(s records.Supplier) bool {
		_, ours := records.MatchesHost(s.MX, host)
		return ours && slices.Equal(s.Roles, []string{"pec"})
	})
}
