package tls

import (
	"context"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
	"campanile/collectors/records"
)

// shortCurve is the size below which a curve protects too little (RFC 8422
// section 5.1.1 deprecates all of them).
const shortCurve = 224

// noteGroup takes the group of an answer; the caller holds the lock.
func (s *survey) noteGroup(a hello.Answer) {
	if _, ok := records.GroupByNumber(a.Group); ok {
		s.groups[a.Group] = true
	}
	s.heard.explicit = s.heard.explicit || a.Explicit && a.Bits < shortCurve
}

// tookShort gives a curve that was taken and is too short.
func (s *survey) tookShort() string {
	for _, g := range records.Groups() {
		if s.groups[g.Number] && isShort(g) {
			return g.Name
		}
	}
	if s.heard.explicit {
		return "arbitrary_explicit_prime_curves" // RFC 8422 section 5.1.1
	}
	return ""
}

func isShort(g records.Group) bool { return g.Kind == "ec" && g.Bits < shortCurve }

// groupsToOffer are the curves of a hello up to TLS 1.2: at full depth every one,
// those that were not found first.
func (s *survey) groupsToOffer() []uint16 {
	if !s.whole {
		return nil
	}
	common := hello.DefaultGroups(tls12)
	s.mu.Lock()
	defer s.mu.Unlock()
	var found, unfound []uint16
	for _, number := range common {
		if s.groups[number] {
			found = append(found, number)
		} else {
			unfound = append(unfound, number)
		}
	}
	return slices.Concat(unfound, found)
}

// curvesToAsk are those whose acceptance is in question: at grade depth the short
// ones, at full depth all that were not found.
func (s *survey) curvesToAsk() []uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.heard.curves.State != evidence.NotAsked {
		return nil
	}
	var list []uint16
	for _, g := range records.Groups() {
		onlyTLS13 := g.Number >= 31 && g.Number <= 33 // RFC 8734
		if g.Kind == "ec" && !onlyTLS13 && !s.groups[g.Number] && (s.whole || isShort(g)) {
			list = append(list, g.Number)
		}
	}
	return list
}

// curveSuites are suites of which the server takes some, to ask for curves with;
// the caller holds the lock.
func (s *survey) curveSuites(version uint16) []uint16 {
	kind := s.keyKind()
	var taken, usual []uint16
	for _, x := range oldSuites() {
		if x.Exchange != "ecdhe" || x.Auth != kind {
			continue
		}
		if s.suites[x.Number] >= version {
			taken = append(taken, x.Number)
		} else if x.Class == "good" || x.Class == "cbc" && beforeTLS12(x.Number) {
			usual = append(usual, x.Number)
		}
	}
	if len(taken) > 0 {
		return taken[:min(len(taken), 4)]
	}
	return usual[:min(len(usual), 8)]
}

// askCurves asks for what the elimination left of the curves. A certificate with
// a key on a curve needs this one in the list too (RFC 8422 section 5.1.1), at its
// end: a server that takes it although the others stand before takes it from every
// client that could use the certificate.
func (s *survey) askCurves(ctx context.Context, version uint16) {
	for range len(records.Groups()) {
		curves := s.curvesToAsk()
		if len(curves) == 0 || version == ssl30 {
			return
		}
		s.mu.Lock()
		h := hello.Hello{Version: version, Suites: s.curveSuites(version), Groups: curves}
		if s.keyKind() == "ecdsa" {
			h.Groups = atTheEnd(curves, s.certificateCurves())
		}
		s.mu.Unlock()
		if len(h.Suites) == 0 {
			return
		}
		r := s.insist(ctx, h)
		s.mu.Lock()
		if r.State == evidence.Seen {
			s.takeCurve(curves, r)
		} else {
			s.heard.curves = r.Observation
		}
		s.mu.Unlock()
		if s.stopped(s.laneOf(version)) != nil {
			return
		}
	}
}

// atTheEnd gives the list with some members moved to, or added at, its end. Nothing
// stands in it twice, which a server may refuse.
func atTheEnd(list, last []uint16) []uint16 {
	list = slices.DeleteFunc(slices.Clone(list), func(n uint16) bool { return slices.Contains(last, n) })
	return slices.Concat(list, last)
}

// takeCurve learns from a hello that asked for these curves; the caller holds the
// lock. Only an answer that is none of them says that the server takes no other:
// one that the other lane has found since the hello went out says nothing of the
// rest.
func (s *survey) takeCurve(asked []uint16, r reply) {
	s.note(r.Answer)
	needed := s.keyKind() == "ecdsa" && slices.Contains(s.certificateCurves(), r.Group)
	switch {
	case s.tookShort() != "" && !s.whole:
		s.heard.curves = r.Observation
	case r.Explicit, needed && !slices.Contains(asked, r.Group):
		s.heard.curves = evidence.AbsentAt(s.Session.Now())
	case !slices.Contains(asked, r.Group):
		s.heard.curves = evidence.UnknownAt(s.Session.Now(), evidence.Malformed, "the server takes a curve that was not offered")
	}
}

// certificateCurves are those that a certificate with a key on a curve needs.
func (s *survey) certificateCurves() []uint16 {
	if len(s.full.Certificates) > 0 {
		if g, ok := records.GroupByName(s.full.Certificates[0].Curve); ok {
			return []uint16{g.Number}
		}
	}
	return []uint16{23, 24, 25} // secp256r1, secp384r1, secp521r1
}

// askTLS13 asks what TLS 1.3 takes, with hellos that a server can only answer by
// HelloRetryRequest, before any key is computed.
func (s *survey) askTLS13(ctx context.Context) {
	if s.version(tls13).Problem == evidence.Malformed && s.newest() == 0 {
		s.findTLS13(ctx)
	}
	switch {
	case s.version(tls13).State != evidence.Seen:
	case s.whole:
		s.heard.suites13 = s.exhaust13(ctx, s.unfoundSuites13, s.allGroups13)
		s.heard.groups13 = s.exhaust13(ctx, s.foundSuites13, s.unfoundGroups13)
	default:
		s.heard.postQuantum = s.exhaust13(ctx, s.allSuites13, s.postQuantum13)
	}
}

// findTLS13 asks for the version itself, where the ordinary handshake broke off
// over what the server presented.
func (s *survey) findTLS13(ctx context.Context) {
	r := s.insist(ctx, hello.Hello{Version: tls13, Suites: s.allSuites13()})
	if r.State == evidence.Seen {
		s.learn(r.Answer)
		s.settle(tls13, tls13)
	}
}

// exhaust13 asks until nothing is left of the suites or groups, or the server
// refuses what is. Both lists are made anew each time.
func (s *survey) exhaust13(ctx context.Context, suites, groups func() []uint16) evidence.Observation {
	for range evidence.MaxSuites {
		h := hello.Hello{Version: tls13, Suites: suites(), Groups: groups()}
		if len(h.Suites) == 0 || len(h.Groups) == 0 {
			break
		}
		r := s.insist(ctx, h)
		if r.State != evidence.Seen {
			return r.Observation
		}
		s.learn(r.Answer)
		if !slices.Contains(h.Groups, r.Group) {
			return evidence.UnknownAt(s.Session.Now(), evidence.Malformed, "the server takes a group that was not offered")
		}
		if !s.whole {
			break
		}
	}
	return evidence.AbsentAt(s.Session.Now())
}

func (s *survey) allSuites13() []uint16 {
	return numbers(suitesWhere(func(x records.Suite) bool { return x.TLS13 }))
}

func (s *survey) pick13(found bool) []uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(s.allSuites13(), func(n uint16) bool { return (s.suites[n] != 0) != found })
}

func (s *survey) unfoundSuites13() []uint16 { return s.pick13(false) }
func (s *survey) foundSuites13() []uint16   { return s.pick13(true) }

// groups13 gives groups of TLS 1.3: those that older versions never use first,
// since the other lane finds the rest.
func (s *survey) groups13(is func(records.Group) bool) []uint16 {
	var list, curves []uint16
	for _, g := range records.Groups() {
		old := g.Number < 23 || g.Number >= 26 && g.Number <= 28 // RFC 8446 section 4.2.7
		switch {
		case old || !is(g):
		case g.Kind == "ec":
			curves = append(curves, g.Number)
		default:
			list = append(list, g.Number)
		}
	}
	slices.Reverse(curves)
	return slices.Concat(list, curves)
}

func (s *survey) unfoundGroups13() []uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.groups13(func(g records.Group) bool { return !s.groups[g.Number] })
}

// allGroups13 has those that were found at its end.
func (s *survey) allGroups13() []uint16 {
	unfound := s.unfoundGroups13()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Concat(unfound, s.groups13(func(g records.Group) bool { return s.groups[g.Number] }))
}

func (s *survey) postQuantum13() []uint16 {
	if s.tookPostQuantum() != "" {
		return nil
	}
	return s.groups13(func(g records.Group) bool { return g.PostQuantum })
}

// tookPostQuantum gives the first such group that was taken.
func (s *survey) tookPostQuantum() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range records.Groups() {
		if g.PostQuantum && s.groups[g.Number] {
			return g.Name
		}
	}
	return ""
}
