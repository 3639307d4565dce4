package tls

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
	"campanile/collectors/internal/observe"
	"campanile/collectors/records"
)

// descend asks for the versions before TLS 1.2 that are not settled when their
// turn comes: a server takes its newest version up to the one that is offered, so
// one hello for TLS 1.1 that meets an alert settles three.
//
// It gives the first answer of a server that took one.
func (s *survey) descend(ctx context.Context) reply {
	var first reply
	taken := map[uint16]bool{}
	for _, version := range []uint16{tls11, tls10, ssl30} {
		if s.knows(version) {
			continue
		}
		r := s.askVersion(ctx, version, s.oldOffer(taken))
		taken[r.Suite] = true
		if first.State != evidence.Seen {
			first = r
		}
	}
	return first
}

// askVersion sends one hello whose newest version is the given one.
func (s *survey) askVersion(ctx context.Context, version uint16, suites []uint16) reply {
	r := s.insist(ctx, hello.Hello{Version: version, Suites: suites, Groups: s.groupsToOffer(), Deflate: true, Heartbeat: true})
	if r.State == evidence.Seen {
		s.settle(version, r.Version)
		s.learn(r.Answer)
		s.mu.Lock()
		s.steps = append(s.steps, step{offered: suites, taken: r.Suite, version: r.Version})
		s.mu.Unlock()
		return r
	}
	s.down(version, r.Observation)
	return r
}

// settle writes down that the server, offered everything up to asked, took the
// version taken.
func (s *survey) settle(asked, taken uint16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Session.Now()
	s.versions[taken] = evidence.SeenAt(now)
	for version := asked; version > taken; version-- {
		s.versions[version] = evidence.AbsentAt(now)
	}
}

// down writes down what holds for a version and for the older ones with it. Only
// TLS 1.2 stands alone: a server that refuses it, or is silent, is asked once
// more for TLS 1.1, which then settles the rest. What the ordinary handshake took
// is there, whatever becomes of a hello.
func (s *survey) down(version uint16, what evidence.Observation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.versions[version].State != evidence.Seen {
		s.versions[version] = what
	}
	for older := version - 1; version < tls12 && older >= ssl30; older-- {
		s.versions[older] = what
	}
}

func (s *survey) version(number uint16) evidence.Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.versions[number]
}

func (s *survey) knows(number uint16) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.versions[number]
	return known
}

// newest gives the newest version up to TLS 1.2 that the server speaks, or 0.
func (s *survey) newest() uint16 {
	for version := uint16(tls12); version >= ssl30; version-- {
		if s.version(version).State == evidence.Seen {
			return version
		}
	}
	return 0
}

func (s *survey) oldest() uint16 {
	for version := uint16(ssl30); version <= tls12; version++ {
		if s.version(version).State == evidence.Seen {
			return version
		}
	}
	return 0
}

// oldOffer is what a hello for a version before TLS 1.2 offers. At full depth the
// suites that no hello of this kind has found stand first: the answer is then a
// step of the elimination besides.
func (s *survey) oldOffer(taken map[uint16]bool) []uint16 {
	common := slices.DeleteFunc(broadSuites(), func(n uint16) bool { return !beforeTLS12(n) })
	if !s.whole {
		return common
	}
	unfound := slices.DeleteFunc(slices.Clone(common), func(n uint16) bool { return taken[n] })
	return slices.Concat(unfound, slices.DeleteFunc(common, func(n uint16) bool { return !taken[n] }))
}

// unfoundOld lists what TLS 1.1 and older may take with the key that the server
// has shown, and was not seen to.
func (s *survey) unfoundOld() []uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	kind := s.keyKind()
	var list []uint16
	for _, x := range oldSuites() {
		fixed := x.Exchange == "ecdh" || x.Exchange == "dh" && x.Auth != "anon"
		if beforeTLS12(x.Number) && !fixed && (x.Auth == kind || x.Auth == "anon") && s.suites[x.Number] == 0 {
			list = append(list, x.Number)
		}
	}
	return list[:min(len(list), maxOffered)]
}

// beforeTLS12 reports whether TLS 1.1 and older know the suite: those with a
// newer hash came with TLS 1.2 (RFC 5246 section 1.2).
func beforeTLS12(number uint16) bool {
	x, ok := records.SuiteByNumber(number)
	return ok && !x.TLS13 && (strings.HasSuffix(x.Name, "_SHA") || strings.HasSuffix(x.Name, "_MD5"))
}

// askSSL2 asks for SSL 2.0. What is lost here is no sign of anything: such a hello
// looks like no other.
func (s *survey) askSSL2(ctx context.Context) {
	if why := s.broken(); why != nil {
		s.heard.ssl2 = *why
		return
	}
	err := s.converse(ctx, hello.SSL2Record(), func(r io.Reader) error {
		_, err := hello.ReadSSL2(r)
		return err
	})
	now := s.Session.Now()
	_, refused := errors.AsType[hello.Alert](err)
	switch {
	case err == nil:
		s.heard.ssl2 = evidence.SeenAt(now)
	case refused || errors.Is(err, hello.ErrRefused):
		s.heard.ssl2 = evidence.AbsentAt(now)
	default:
		s.heard.ssl2 = observe.Failure(now, err)
	}
}

// offers lists the answers, oldest version first.
func (s *survey) offers() []evidence.VersionOffer {
	var list []evidence.VersionOffer
	if s.heard.ssl2.State != evidence.NotAsked {
		list = append(list, evidence.VersionOffer{Version: "SSL 2.0", Observation: s.heard.ssl2})
	}
	for _, version := range versions {
		if s.knows(version.number) {
			list = append(list, evidence.VersionOffer{Version: version.name, Observation: s.version(version.number)})
		}
	}
	return list
}
