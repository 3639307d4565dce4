// Package network is the one door to the outside: it resolves, asks for
// permission, waits for its turn, dials, and counts what leaves.
//
// It must not know what the bytes mean; collectors do. Nothing else in the
// program may open a connection.
package network

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// Network is the world in one struct, shared by all targets of the process.
// main builds the real one, the lab one that reaches only loopback, and a test
// fills the fields it needs. It must not be copied after first use.
type Network struct {
	// Resolvers are the recursive servers to ask, in order of preference.
	Resolvers []netip.AddrPort
	// Connect opens a connection ("tcp" or "udp"); nil uses the system's.
	Connect func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error)
	// Now is the clock of the evidence; nil uses the system's.
	Now func() time.Time
	// Permit says which addresses may be contacted.
	Permit Permit
	// Limits bound what is sent; zero fields take their defaults.
	Limits Limits
	// Share is the pace that this process holds together with others; nil: there
	// are no others.
	Share Share

	answers   answers
	replies   cache[serverQuestion, Reply]
	queues    queues // of connections
	sessions  queues // of connections to port 25
	even      queues // of connections that are spread
	questions queues // to name servers
	outward   outward
}

// Share is a pace that several processes hold together, which may be on several
// machines: to a destination they are one.
type Share interface {
	// Enter waits for a turn at a destination, until the context ends. The caller
	// gives the place back; the place of a process that dies comes free by itself.
	Enter(ctx context.Context, destination string, p Pace) (leave func(), err error)
}

// Pace is what a destination is spared.
type Pace struct {
	AtOnce int           // that are there at a time; 0: any number
	Starts int           // that come in any Span; 0: any number
	Span   time.Duration // at most a minute
}

// Limits bound what the process sends. The zero value of a field means its
// default, which is safe for a small shared host.
type Limits struct {
	Dial       time.Duration // one TCP connection; default 5 s
	Query      time.Duration // one DNS question with all its retries; default 8 s
	AtOnce     int           // connections open to one address at a time; default 2
	PerSecond  int           // connections opened to one address in a second, on average over burstTime; default 5
	PerAddress int           // connections to one address for one target; default 60
	Queries    int           // DNS questions for one target; default 400

	Server          time.Duration // the first try at a name server, the second has two and a half times as long; default 800 ms
	ServerAtOnce    int           // questions under way to one name server; default 4
	ServerPerSecond int           // questions to one name server in any second; default 20

	MailSpacing time.Duration // between the starts of two sessions with one mail server, of which one is open at a time; default 1 s
}

// burstTime is the span over which the pace of connections counts: a visit of a
// few dozen hellos is over at once, as a browser's is, and hundreds of towns on
// one host still come at PerSecond.
const burstTime = 5 * time.Second

// pace is what an address is spared; mail servers have one of their own besides.
func (l Limits) pace() pace {
	return pace{atOnce: l.AtOnce, starts: l.PerSecond * int(burstTime/time.Second), span: burstTime}
}

// mailPace lets one session in at a time: some mail servers answer 421 to a
// second one, or to the next one within the same second.
func (l Limits) mailPace() pace { return pace{atOnce: 1, starts: 1, span: l.MailSpacing} }

// evenPace has no limit of its own for how many are under way.
func evenPace(perSecond int) pace {
	return pace{atOnce: 1 << 20, starts: perSecond, span: time.Second, every: time.Second / time.Duration(perSecond)}
}

func (l Limits) serverPace() pace {
	return pace{atOnce: l.ServerAtOnce, starts: l.ServerPerSecond, span: time.Second}
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Dial:       orDefault(l.Dial, 5*time.Second),
		Query:      orDefault(l.Query, 8*time.Second),
		AtOnce:     orDefault(l.AtOnce, 2),
		PerSecond:  orDefault(l.PerSecond, 5),
		PerAddress: orDefault(l.PerAddress, 60),
		Queries:    orDefault(l.Queries, 400),

		Server:          orDefault(l.Server, 800*time.Millisecond),
		ServerAtOnce:    orDefault(l.ServerAtOnce, 4),
		ServerPerSecond: orDefault(l.ServerPerSecond, 20),

		MailSpacing: orDefault(l.MailSpacing, time.Second),
	}
}

func orDefault[T int | time.Duration](value, fallback T) T {
	if value <= 0 {
		return fallback
	}
	return value
}

// Session is the network as one target uses it: it counts what is sent for
// that target. A Session may be used by several goroutines.
type Session struct {
	network *Network
	limits  Limits
	ledger  *ledger
	search  bool // DNS questions are counted as NameQueries
	evenly  int  // connections to one address in a second, one after the other; 0: as Limits allow
	instead map[question]Answer
}

// Session begins to count for one target.
func (n *Network) Session() *Session {
	return &Session{network: n, limits: n.Limits.withDefaults(), ledger: new(ledger)}
}

// InSearchOfNames is the same session, with the same budgets and the same
// count, whose DNS questions are counted apart: they look for further names and
// not at the target.
func (s *Session) InSearchOfNames() *Session {
	search := *s
	search.search = true
	return &search
}

// Instead is the same session, for which the given answers stand in place of
// what the resolvers say.
func (s *Session) Instead(answers ...Answer) *Session {
	other := *s
	other.instead = map[question]Answer{}
	for _, a := range answers {
		other.instead[question{dns.CanonicalName(a.Name), a.Type}] = a
	}
	return &other
}

// Hasty is the same session, with the same budgets and the same count, that waits
// no longer than that for a TCP connection. In less than a second exactly one SYN
// leaves: the next one follows after a second at the earliest (RFC 6298 section 2.1).
func (s *Session) Hasty(dial time.Duration) *Session {
	hasty := *s
	hasty.limits.Dial = min(dial, s.limits.Dial)
	return &hasty
}

// Evenly is the same session, with the same budgets and the same count, whose
// connections to one address are spread: what Limits allow is an average, and a
// burst is what the guards of a network take for an attack.
func (s *Session) Evenly(perSecond int) *Session {
	even := *s
	even.evenly = perSecond
	return &even
}

// Now is the time to write into evidence.
func (s *Session) Now() time.Time { return s.network.now() }

func (n *Network) now() time.Time {
	if n.Now == nil {
		return time.Now()
	}
	return n.Now()
}

// instant is the clock of the pace: that of the evidence may stand still.
func instant() time.Time { return time.Now() }

func (n *Network) connect(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	if n.Connect != nil {
		return n.Connect(ctx, network, to)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, to.String())
}
