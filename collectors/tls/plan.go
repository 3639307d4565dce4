package tls

import (
	"context"
	"net"
	"slices"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// run asks everything, in so many lanes at once. First come a hello that any
// server takes, which gives most of the facts, and SSL 2.0. Then one lane finds
// suites by elimination while the other asks for the old versions, of which one
// hello settles three, and for the groups of TLS 1.3.
func (s *survey) run(ctx context.Context, lanes int) {
	if lanes > 1 {
		inLanes(lanes, func() { s.begin(ctx) }, func() { s.askSSL2(ctx) })
	} else {
		s.begin(ctx)
	}
	if s.heard.first.State != evidence.Seen {
		if r := s.descend(ctx); r.State == evidence.Seen && r.Version == s.newest() {
			s.heard.first = r
		}
	}
	inLanes(lanes,
		func() { s.eliminate(ctx) },
		func() {
			s.descend(ctx)
			s.askTLS13(ctx)
		},
	)
	s.complete(ctx)
}

func inLanes(lanes int, jobs ...func()) {
	var group errgroup.Group
	group.SetLimit(lanes)
	for _, job := range jobs {
		group.Go(func() error {
			job()
			return nil
		})
	}
	_ = group.Wait() // what goes wrong is evidence
}

// begin sends the hello that any server takes: what the server is, its best
// suite, its extensions.
func (s *survey) begin(ctx context.Context) {
	if s.knows(tls12) && s.version(tls12).State != evidence.Seen {
		// The ordinary handshake ended below TLS 1.2.
		s.heard.first = s.askVersion(ctx, s.newest(), broadSuites())
		return
	}
	r := s.askVersion(ctx, tls12, broadSuites())
	s.heard.first = r
	switch {
	case r.State == evidence.Absent && *r.Alert == alertProtocolVersion && s.version(tls13).State == evidence.Seen:
		// RFC 5246 appendix E.1: the hello offered everything up to TLS 1.2, and a
		// server that negotiates versions says that it has none of them.
		s.down(tls11, r.Observation)
	case r.Problem == evidence.Reset || r.Problem == evidence.Closed:
		s.forgive() // who breaks over TLS 1.2 may still take what is older
	}
}

// eliminate finds what the newest version up to TLS 1.2 takes.
func (s *survey) eliminate(ctx context.Context) {
	version := s.newest()
	if version == 0 {
		return
	}
	s.askGood(ctx, version)
	s.askSHA1(ctx, version)
	s.walk(ctx, version)
	s.askSHA1(ctx, version)
	s.askCurves(ctx, version)
	s.confirmOrder(ctx, version)
}

// complete asks the oldest version for suites that the newest refuses.
func (s *survey) complete(ctx context.Context) {
	oldest := s.oldest()
	if !s.whole || oldest == 0 || oldest == s.newest() {
		return
	}
	for range maxOffered {
		list := s.unfoundOld()
		if len(list) == 0 || s.broken() != nil {
			return
		}
		r := s.insist(ctx, hello.Hello{Version: oldest, Suites: list})
		if r.State != evidence.Seen {
			s.heard.oldest = r.Observation
			return
		}
		s.learn(r.Answer)
	}
}

// askGood asks for sound suites only, where the server took another.
func (s *survey) askGood(ctx context.Context, version uint16) {
	first := s.heard.first
	suite, _ := records.SuiteByNumber(first.Suite)
	if first.State != evidence.Seen || suite.Class == "good" || version < tls12 {
		return
	}
	good := numbers(suitesWhere(func(x records.Suite) bool { return x.Class == "good" && !x.TLS13 }))
	s.heard.good = s.insist(ctx, hello.Hello{Version: version, Suites: good})
	s.learnSeen(s.heard.good)
}

// askSHA1 offers no signature but with SHA-1. Suites that were not found stand
// first, so that an answer is a step of the elimination besides.
func (s *survey) askSHA1(ctx context.Context, version uint16) {
	if !s.whole || version != tls12 || s.heard.sha1.State != evidence.NotAsked {
		return
	}
	found, unfound := s.signed()
	if len(found) == 0 {
		return
	}
	found = found[:min(len(found), 4)]
	list := slices.Concat(unfound[:min(len(unfound), maxOffered-len(found))], found)
	r := s.insist(ctx, hello.Hello{Version: version, Suites: list, Schemes: []uint16{0x0201, 0x0203}})
	learned := r
	learned.Scheme = 0 // it is how the server signs where it may do nothing better
	s.learnSeen(learned)
	if r.State == evidence.Seen && r.Scheme != 0x0201 && r.Scheme != 0x0203 {
		r.Observation = evidence.UnknownAt(s.Session.Now(), evidence.Malformed, "the server signs with "+records.SchemeName(r.Scheme)+", which was not offered")
	}
	if r.Version != 0 && r.Alert != nil && *r.Alert == hello.AlertHandshakeFailure {
		// Go's server takes the suite first and looks for a signature then.
		r.Observation = evidence.AbsentAt(s.Session.Now())
	}
	s.heard.sha1 = r
}

// signed gives the suites whose key exchange is signed, those that the server
// takes and those that it may yet take with the key it has shown.
func (s *survey) signed() (found, unfound []uint16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := s.keyKind()
	for _, x := range oldSuites() {
		if x.Exchange != "dhe" && x.Exchange != "ecdhe" || x.Auth != "rsa" && x.Auth != "ecdsa" {
			continue
		}
		switch {
		case s.suites[x.Number] >= tls12:
			found = append(found, x.Number)
		case x.Auth == kind && !s.refused[x.Number] && x.Class != "export":
			unfound = append(unfound, x.Number)
		}
	}
	return found, unfound
}

// act tries what takes part in a fault: a malformed heartbeat where the server
// takes heartbeats at all, and a second handshake within the first.
func (s *survey) act(ctx context.Context, a *evidence.Accepts) {
	version := s.newest()
	if a.Heartbeat.State == evidence.Seen {
		a.Heartbleed = s.try(ctx, func(conn net.Conn) evidence.Observation {
			return Heartbleed(ctx, s.Session, conn, hello.Hello{Version: version, Name: s.Name, Suites: broadSuites()})
		})
	}
	if version == tls12 {
		a.ClientRenegotiation = s.try(ctx, func(conn net.Conn) evidence.Observation {
			return Renegotiate(ctx, s.Session, conn, s.Name)
		})
	}
	a.Hellos = s.hellos
}

func (s *survey) try(ctx context.Context, what func(net.Conn) evidence.Observation) evidence.Observation {
	if why := s.broken(); why != nil {
		return *why
	}
	conn, err := s.Open(ctx)
	if err == nil || !final(evidence.Problem(network.Problem(err))) {
		s.hellos++
	}
	if err != nil {
		return observe.Failure(s.Session.Now(), err)
	}
	defer conn.Close()
	return what(conn)
}
