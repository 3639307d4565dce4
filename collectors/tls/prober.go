package tls

import (
	"context"
	"net"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// Prober sends hellos of our own to one server, one connection at a time.
type Prober struct {
	Session *network.Session
	Name    string // for the server name indication
	// Open gives a connection on which the server waits for a hello: at once,
	// or after STARTTLS. The Prober closes it.
	Open func(ctx context.Context) (net.Conn, error)
	// Unverified says that clients of this protocol mostly look at no certificate,
	// as mail servers among themselves (RFC 7435): an anonymous suite with sound
	// encryption protects as much as any other, and many offer it on purpose.
	Unverified bool
}

// OldVersions gives the answer for every version, oldest first, without a hello
// for TLS 1.2 alone: the list lacks that version where the full handshake does
// not say whether it is there. SSL 2.0 is not asked for: after STARTTLS nobody
// speaks it.
func (p Prober) OldVersions(ctx context.Context, full evidence.Handshake) []evidence.VersionOffer {
	s := newSurvey(p, full, false)
	s.descend(ctx)
	return s.offers()
}

// Full asks for everything that the server accepts, given what the full handshake
// showed, one connection at a time and without SSL 2.0.
func (p Prober) Full(ctx context.Context, full evidence.Handshake) ([]evidence.VersionOffer, evidence.Accepts) {
	s := newSurvey(p, full, true)
	s.run(ctx, 1)
	return s.offers(), s.accepts()
}

// WeakSuites says whether the server accepts one of the weak suites up to TLS
// 1.2, given what the full handshake showed. One that takes a static key is
// asked once more for what is worse than that.
func (p Prober) WeakSuites(ctx context.Context, full evidence.Handshake) evidence.SuiteOffer {
	s := newSurvey(p, full, false)
	weak := slices.DeleteFunc(weakSuites(), p.tolerates)
	offer := s.offerOnly(ctx, weak)
	if offer.Class != staticKey {
		return offer
	}
	worse := s.offerOnly(ctx, slices.DeleteFunc(weak, func(x records.Suite) bool { return x.Class == staticKey }))
	if worse.State == evidence.Seen {
		return worse
	}
	return offer
}

// Worst gives the worst of the suites that Full found.
func (p Prober) Worst(a evidence.Accepts) evidence.SuiteOffer {
	worst := evidence.SuiteOffer{Observation: a.SuitesDone}
	if worst.State == evidence.Seen {
		worst.Observation = evidence.AbsentAt(p.Session.Now())
	}
	place := len(evidence.WeakClasses)
	for _, taken := range a.Suites {
		x, _ := records.SuiteByName(taken.Suite)
		if at := slices.Index(evidence.WeakClasses, x.Class); at >= 0 && at < place && !p.tolerates(x) {
			place = at
			worst = evidence.SuiteOffer{Observation: evidence.SeenAt(p.Session.Now()), Suite: x.Name, Class: x.Class}
		}
	}
	return worst
}

// tolerates reports whether the suite lacks nothing but a certificate, where
// nobody would look at one.
func (p Prober) tolerates(x records.Suite) bool {
	return p.Unverified && x.Class == "anonymous" && x.Bits >= 128 && !strings.HasPrefix(x.Cipher, "RC4")
}

// offerOnly sends a hello with these suites alone.
func (s *survey) offerOnly(ctx context.Context, list []records.Suite) evidence.SuiteOffer {
	r := s.insist(ctx, hello.Hello{Version: tls12, Suites: numbers(list)})
	offer := evidence.SuiteOffer{Observation: r.Observation}
	if x, ok := records.SuiteByNumber(r.Suite); ok && r.State == evidence.Seen {
		offer.Suite, offer.Class = x.Name, x.Class
	}
	return offer
}
