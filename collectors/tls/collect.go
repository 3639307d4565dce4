// Package tls collects what TLS servers present: one ordinary handshake with
// its certificates, and which versions, suites and groups a server accepts.
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
	"campanile/collectors/internal/hello"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Request is what to look at.
type Request struct {
	Names []string // host names to visit on port 443
	// Depth says how much is asked besides one ordinary handshake: nothing,
	// evidence.GradeDepth or evidence.FullDepth (profile standard and up).
	Depth string
	// Active says at which addresses that is also tried which takes part in a fault
	// (profile full): Heartbleed, and a second handshake within the first. It is
	// told what the address showed to all names, since certificates tell who else
	// lives there. Nil is nowhere.
	Active func(address netip.Addr, shown []evidence.Endpoint) bool
	Roots  Roots
	// Memory is shared by all targets of a run; nil remembers for this one only.
	Memory *Memory
	// Kept takes the connection of the ordinary handshake over, beside the
	// questions, and closes it; nil where an address gave none. The handshake then
	// offers HTTP/1.1 only.
	Kept func(name string, address netip.Addr, conn *tls.Conn)
}

const (
	port         = 443
	maxAddresses = 4 // of one name
	atOnce       = 4 // endpoints visited at a time
)

// Collect gives one endpoint for each name and address, sorted. A name without
// an address has none; its look-ups say why.
func Collect(ctx context.Context, s *network.Session, r Request) []evidence.Endpoint {
	if r.Memory == nil {
		r.Memory = new(Memory)
	}
	shared := visitor{session: s, roots: r.Roots, issuers: &r.Memory.issuers, lists: &r.Memory.lists}
	visits := shared.plan(ctx, r.Names)
	endpoints := make([]evidence.Endpoint, len(visits))
	shown := make([]presented, len(visits))
	var pages errgroup.Group
	// All handshakes come first: who takes their connections over waits for them,
	// and not for the questions to another name.
	each(len(visits), func(i int) {
		var conn *tls.Conn
		endpoints[i], shown[i], conn = visits[i].meet(ctx, r)
		if r.Kept != nil {
			pages.Go(func() error {
				r.Kept(visits[i].name, visits[i].address, conn)
				return nil
			})
		}
	})
	lines := byAddress(visits)
	each(len(lines), func(line int) {
		active := r.activeAt(visits, shown, lines[line])
		for _, i := range lines[line] {
			visits[i].active = active
			visits[i].look(ctx, r, shown[i], &endpoints[i])
		}
	})
	_ = pages.Wait() // what goes wrong is evidence, here and in each
	return endpoints
}

func each(n int, do func(i int)) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error {
			do(i)
			return nil
		})
	}
	_ = group.Wait()
}

// byAddress gives the visits of each address, in their order: the first name of
// a server is the one that asks, in every scan.
func byAddress(visits []visit) [][]int {
	place := map[netip.Addr]int{}
	var lines [][]int
	for i, v := range visits {
		line, known := place[v.address]
		if !known {
			line = len(lines)
			place[v.address] = line
			lines = append(lines, nil)
		}
		lines[line] = append(lines[line], i)
	}
	return lines
}

// plan resolves every name, and lists its addresses in order.
func (v visitor) plan(ctx context.Context, names []string) []visit {
	names = slices.Clone(names)
	slices.Sort(names)
	names = slices.Compact(names)
	addresses := make([][]netip.Addr, len(names))
	each(len(names), func(i int) {
		found, _ := v.session.Addresses(ctx, names[i]) // the web collector records why there is none
		addresses[i] = choose(found)
	})
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
	active  bool // it is also tried what takes part in a fault
}

func (v visit) dial(ctx context.Context) (net.Conn, error) {
	return v.session.Dial(ctx, netip.AddrPortFrom(v.address, port))
}

// meet does the ordinary handshake, a second time where it was lost.
func (v visit) meet(ctx context.Context, r Request) (evidence.Endpoint, presented, *tls.Conn) {
	e := evidence.Endpoint{Name: v.name, Address: v.address.String(), Port: port}
	var shown presented
	var conn *tls.Conn
	for _, groups := range [][]tls.CurveID{nil, classicGroups()} {
		shown, conn = v.shake(ctx, &e, r, &tls.Config{NextProtos: protocols(r), CurvePreferences: groups})
		if e.TLS.State != evidence.Unknown || !lost(e.TLS.Problem) {
			break
		}
	}
	return e, shown, conn
}

// look learns everything else: what the authorities say of the certificates, and
// what the server accepts.
func (v visit) look(ctx context.Context, r Request, shown presented, e *evidence.Endpoint) {
	v.certify(ctx, &e.TLS, v.name, shown)
	v.askFurther(ctx, r, e)
	v.reread(ctx, e)
	v.restaple(ctx, e)
}

// protocols are those of a browser (RFC 7301).
func protocols(r Request) []string {
	if r.Kept != nil {
		return []string{"http/1.1"}
	}
	return []string{"h2", "http/1.1"}
}

// classicGroups leave out the post-quantum ones, whose keys take the hello over
// one packet: some old firewalls lose such a hello. The second try does without.
func classicGroups() []tls.CurveID {
	return []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
}

// lost tells an accident from an answer.
func lost(problem evidence.Problem) bool {
	return problem == evidence.Timeout || problem == evidence.Reset || problem == evidence.Closed
}

// shake opens a connection and does the ordinary handshake on it. Where it ended
// well and somebody takes connections over, it stays open.
func (v visit) shake(ctx context.Context, e *evidence.Endpoint, r Request, offer *tls.Config) (presented, *tls.Conn) {
	conn, err := v.dial(ctx)
	if err != nil {
		if e.Connect.State != evidence.Seen {
			e.Connect = observe.Failure(v.session.Now(), err)
		}
		return presented{}, nil
	}
	e.Connect = evidence.SeenAt(v.session.Now())
	var shown presented
	var inside *tls.Conn
	e.TLS, shown, inside = v.greet(ctx, conn, v.name, offer)
	if inside == nil || r.Kept == nil {
		_ = conn.Close() // it is of no more use, whatever closing says
		return shown, nil
	}
	return shown, inside
}

// activeAt asks whether the address of some visits may be asked more, by the
// certificates that it showed.
func (r Request) activeAt(visits []visit, shown []presented, numbers []int) bool {
	if r.Active == nil {
		return false
	}
	var endpoints []evidence.Endpoint
	for _, i := range numbers {
		e := evidence.Endpoint{Name: visits[i].name, Address: visits[i].address.String(), Port: port}
		if len(shown[i].certificates) > 0 {
			_, e.TLS.Certificates = parse(shown[i].certificates)
		}
		endpoints = append(endpoints, e)
	}
	return r.Active(visits[numbers[0]].address, endpoints)
}

func (v visit) prober() Prober {
	return Prober{Session: v.session, Name: v.name, Open: v.dial}
}

// askFurther asks the server what else it accepts, unless another name of the
// same server had it asked.
func (v visit) askFurther(ctx context.Context, r Request, e *evidence.Endpoint) {
	if r.Depth == "" || e.Connect.State != evidence.Seen {
		return
	}
	if e.TLS.State != evidence.Seen || len(e.TLS.Certificates) == 0 {
		_, _ = v.survey(ctx, r, e)
		return
	}
	mine := false
	leaf := e.TLS.Certificates[0]
	key := asked{
		netip.AddrPortFrom(v.address, port), r.Depth, v.active,
		leaf.Key, leaf.KeyBits, e.TLS.Version, e.TLS.Suite, e.TLS.Group, e.TLS.ALPN,
	}
	said := r.Memory.ask(ctx, v.session.Now, key, func() (answered, bool) {
		mine = true
		return v.survey(ctx, r, e)
	})
	if mine {
		return
	}
	alike, hellos := true, 0
	if said.name != v.name {
		alike, hellos = v.alike(ctx, e.TLS, said.offers)
	}
	if !alike {
		_, _ = v.survey(ctx, r, e)
		e.Accepts.Hellos += hellos
		return
	}
	e.Offers, e.Accepts = slices.Clone(said.offers), said.accepts
	e.Accepts.Shared = said.name
	e.Second, e.Accepts.Hellos = v.secondAgain(ctx, e.TLS, said.second)
	e.Accepts.Hellos += hellos
}

// alike reports whether the server treats this name like the one whose answers are
// at hand, and counts the hellos: a web server may have other versions for each of
// its names, and the ordinary handshake shows the newest only. One hello for the
// old ones tells. Where it is lost nothing is taken over.
func (v visit) alike(ctx context.Context, full evidence.Handshake, offers []evidence.VersionOffer) (bool, int) {
	s := newSurvey(v.prober(), full, false)
	r := s.insist(ctx, hello.Hello{Version: tls11, Suites: s.oldOffer(nil)})
	taken := ""
	if r.State == evidence.Seen {
		taken = versionName(r.Version)
	}
	return r.State != evidence.Unknown && taken == newestOld(offers), s.hellos
}

// newestOld gives the newest version before TLS 1.2 that was accepted.
func newestOld(offers []evidence.VersionOffer) string {
	e := evidence.Endpoint{Offers: offers}
	for _, version := range []string{"TLS 1.1", "TLS 1.0", "SSL 3.0"} {
		if e.Offer(version).State == evidence.Seen {
			return version
		}
	}
	return ""
}

// lanes is how many questions are under way to one server at the same time.
const lanes = 2

// survey asks everything and reports whether others may have the answers.
func (v visit) survey(ctx context.Context, r Request, e *evidence.Endpoint) (answered, bool) {
	s := newSurvey(v.prober(), e.TLS, r.Depth == evidence.FullDepth)
	s.run(ctx, lanes)
	e.Offers, e.Accepts = s.offers(), s.accepts()
	if v.active {
		s.act(ctx, &e.Accepts)
	}
	other, shown := s.otherKey()
	e.Second = v.second(ctx, other, shown)
	return answered{v.name, e.Offers, e.Accepts, s.questionOther()}, s.broken() == nil
}
