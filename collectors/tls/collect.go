// Package tls collects what TLS servers present: one ordinary handshake with
// its certificates, and which versions a server accepts.
//
// It must not judge, and it dials only through a network.Session.
package tls

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Request is what to look at.
type Request struct {
	Names    []string // host names to visit on port 443
	Versions bool     // ask for each version alone (profile standard and up)
	Roots    Roots
}

const (
	port         = 443
	maxAddresses = 4 // of one name
	atOnce       = 4 // endpoints visited at a time
)

// Collect gives one endpoint for each name and address, sorted. A name without
// an address has none; its look-ups say why.
func Collect(ctx context.Context, s *network.Session, r Request) []evidence.Endpoint {
	shared := visitor{session: s, roots: r.Roots, issuers: new(issuers)}
	visits := shared.plan(ctx, r.Names)
	endpoints := make([]evidence.Endpoint, len(visits))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, v := range visits {
		group.Go(func() error {
			endpoints[i] = v.look(ctx, r.Versions)
			return nil
		})
	}
	_ = group.Wait() // what goes wrong is evidence
	return endpoints
}

// plan resolves every name, and lists its addresses in order.
func (v visitor) plan(ctx context.Context, names []string) []visit {
	names = slices.Clone(names)
	slices.Sort(names)
	names = slices.Compact(names)
	addresses := make([][]netip.Addr, len(names))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, name := range names {
		group.Go(func() error {
			found, _ := v.session.Addresses(ctx, name) // the web collector records why there is none
			addresses[i] = choose(found)
			return nil
		})
	}
	_ = group.Wait()
	var visits []visit
	for i, name := range names {
		for _, address := range addresses[i] {
			visits = append(visits, visit{visitor: v, name: name, address: address})
		}
	}
	return visits
}

// choose keeps a few addresses of both families, sorted as evidence sorts them.
func choose(all []netip.Addr) []netip.Addr {
	split := slices.IndexFunc(all, netip.Addr.Is6)
	if split < 0 {
		split = len(all)
	}
	four, six := all[:split], all[split:]
	n := min(len(four), max(maxAddresses/2, maxAddresses-len(six)))
	chosen := slices.Concat(four[:n], six[:min(len(six), maxAddresses-n)])
	slices.SortFunc(chosen, func(a, b netip.Addr) int { return strings.Compare(a.String(), b.String()) })
	return chosen
}

// visit is one name at one address.
type visit struct {
	visitor
	name    string
	address netip.Addr
}

func (v visit) dial(ctx context.Context) (net.Conn, error) {
	return v.session.Dial(ctx, netip.AddrPortFrom(v.address, port))
}

func (v visit) look(ctx context.Context, askVersions bool) evidence.Endpoint {
	e := evidence.Endpoint{Name: v.name, Address: v.address.String(), Port: port}
	for _, offer := range []*tls.Config{{NextProtos: protocols()}, {NextProtos: protocols(), CurvePreferences: classicGroups()}} {
		v.shake(ctx, &e, offer)
		if e.TLS.State != evidence.Unknown || !lost(e.TLS.Problem) {
			break
		}
	}
	if askVersions && e.Connect.State == evidence.Seen {
		e.Offers = Prober{Session: v.session, Name: v.name, Open: v.dial}.Versions(ctx, e.TLS)
	}
	return e
}

// protocols are those of a browser (RFC 7301).
func protocols() []string { return []string{"h2", "http/1.1"} }

// classicGroups leave out the post-quantum ones, whose keys take the hello over
// one packet: some old firewalls lose such a hello. The second try does without.
func classicGroups() []tls.CurveID {
	return []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
}

// shake opens a connection and does the ordinary handshake on it.
func (v visit) shake(ctx context.Context, e *evidence.Endpoint, offer *tls.Config) {
	conn, err := v.dial(ctx)
	if err != nil {
		if e.Connect.State != evidence.Seen {
			e.Connect = observe.Failure(v.session.Now(), err)
		}
		return
	}
	defer conn.Close()
	e.Connect = evidence.SeenAt(v.session.Now())
	e.TLS, _ = v.handshake(ctx, conn, v.name, offer)
}
