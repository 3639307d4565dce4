package tls

import (
	"cmp"
	"context"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
	"campanile/collectors/records"
)

// walk finds suites by elimination: it offers what may yet be taken, takes away
// what the server took, and offers the rest, until an alert refuses it. Every
// other hello is offered from the other end, so that the order of the server
// shows itself.
func (s *survey) walk(ctx context.Context, version uint16) {
	for turn := range evidence.MaxSuites {
		h, probes := s.next(version, turn)
		if len(h.Suites) == 0 || s.stopped(s.laneOf(version)) != nil {
			return
		}
		h.Suites = slices.Concat(h.Suites, probes)
		s.take(h, probes, s.ask(ctx, h))
	}
}

// next gives the next hello. Where none of its suites needs a curve, suites of
// which the server takes some stand behind them, with the curves alone that are
// looked for: a refusal then settles both.
func (s *survey) next(version uint16, turn int) (h hello.Hello, probes []uint16) {
	curves := s.curvesToAsk()
	groups := s.groupsToOffer()
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []records.Suite
	for _, x := range s.candidates() {
		if len(list) < s.offer && s.wants(x, version) {
			list = append(list, x)
		}
	}
	h = hello.Hello{Version: version, Suites: numbers(list), Groups: groups}
	if len(list) > 0 && !slices.ContainsFunc(list, needsCurve) && len(curves) > 0 && s.keyKind() == "rsa" {
		probes = s.curveSuites(version)
		h.Groups = curves
		h.Suites = h.Suites[:min(len(list), maxOffered-len(probes))]
	}
	if turn%2 == 0 {
		slices.Reverse(h.Suites)
	}
	return h, probes
}

// take learns from the answer to a hello of the elimination.
func (s *survey) take(h hello.Hello, probes []uint16, r reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	probed := slices.Contains(probes, r.Suite)
	switch {
	case r.lost:
		s.offer = max(minOffered, s.offer/2)
	case r.State == evidence.Seen && probed:
		s.takeCurve(h.Groups, r)
	case r.State == evidence.Seen:
		s.note(r.Answer)
		if r.Version < h.Version { // it takes the suite there alone
			s.refused[r.Suite] = true
		}
		if len(probes) == 0 && r.Version == h.Version {
			s.steps = append(s.steps, step{h.Suites, r.Suite, r.Version})
		}
	case r.Version != 0: // it broke off after ServerHello
		s.open[r.Suite] = r.Observation
	default:
		for _, number := range h.Suites {
			if r.State == evidence.Absent {
				s.refused[number] = !slices.Contains(probes, number)
			} else {
				s.open[number] = r.Observation
			}
		}
		if len(probes) > 0 {
			s.heard.curves = r.Observation
		}
	}
}

// wants reports whether the suite may yet tell something; the caller holds the
// lock. What only an older version took is asked for like the rest: the other lane
// finds such suites at any moment, and facts must not hang on which.
func (s *survey) wants(x records.Suite, version uint16) bool {
	taken := s.suites[x.Number] >= version
	_, open := s.open[x.Number]
	switch {
	case taken || open || s.refused[x.Number]:
		return false
	case s.whole:
		return true
	case x.Weak():
		return !s.found(version, func(y records.Suite) bool { return y.Class == x.Class }) || s.tells(x, version)
	case x.PhaseOut():
		return !s.found(version, phasesOut) || s.tells(x, version)
	}
	return s.tells(x, version)
}

// tells reports whether the suite would show the finite field or the certificate
// for the other kind of key, which are not known yet.
func (s *survey) tells(x records.Suite, version uint16) bool {
	return x.Exchange == "dhe" && !s.found(version, func(y records.Suite) bool { return y.Exchange == "dhe" }) ||
		x.Auth == otherKind(s.keyKind()) && x.Exchange == "ecdhe" && (s.heard.second == nil || s.heard.second.Version < version)
}

func phasesOut(x records.Suite) bool { return x.PhaseOut() }

// found reports whether such a suite was taken by the version, which is TLS 1.2 or
// older; the caller holds the lock.
func (s *survey) found(version uint16, is func(records.Suite) bool) bool {
	for number, taken := range s.suites {
		if x, ok := records.SuiteByNumber(number); ok && !x.TLS13 && taken >= version && is(x) {
			return true
		}
	}
	return false
}

// candidates are the suites in the order in which they are asked for: those that
// need a curve first, see next, then those that servers are most likely to take.
func (s *survey) candidates() []records.Suite {
	list := oldSuites()
	rank := func(x records.Suite) int {
		switch {
		case x.Exchange == "ecdhe":
			return 0
		case x.Exchange == "ecdh":
			return 1
		case x.Exchange == "dhe" && x.Auth == "rsa":
			return 2
		case x.Exchange == "rsa":
			return 3
		}
		return 4
	}
	slices.SortStableFunc(list, func(a, b records.Suite) int { return cmp.Compare(rank(a), rank(b)) })
	return list
}

func needsCurve(x records.Suite) bool { return x.Exchange == "ecdhe" || x.Exchange == "ecdh" }

// learn takes what an answer shows.
func (s *survey) learn(a hello.Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(a)
}

func (s *survey) learnSeen(r reply) {
	if r.State == evidence.Seen {
		s.learn(r.Answer)
	}
}

// note is learn under the lock.
func (s *survey) note(a hello.Answer) {
	s.suites[a.Suite] = max(s.suites[a.Suite], a.Version)
	x, _ := records.SuiteByNumber(a.Suite)
	s.noteGroup(a)
	if len(a.Prime) > 0 {
		s.heard.fields = append(s.heard.fields, field{a.Suite, a.Prime, a.Generator})
	}
	if a.Scheme != 0 && a.Version == tls12 {
		s.heard.schemes = append(s.heard.schemes, a.Scheme)
	}
	if (s.heard.second == nil || s.heard.second.Version < a.Version) && x.Auth == otherKind(s.keyKind()) && x.Exchange != "ecdh" && len(a.Certificates) > 0 {
		s.heard.second = &a
	}
}

// keyKind gives the kind of key of the server's certificate, as the names of
// suites call it: of the ordinary handshake, else of the first answer.
func (s *survey) keyKind() string {
	if len(s.full.Certificates) > 0 {
		switch s.full.Certificates[0].Key {
		case "RSA":
			return "rsa"
		case "ECDSA", "Ed25519", "Ed448":
			return "ecdsa"
		}
	}
	x, _ := records.SuiteByNumber(s.heard.first.Suite)
	if x.Auth == "rsa" || x.Auth == "ecdsa" {
		return x.Auth
	}
	return ""
}

func otherKind(kind string) string {
	switch kind {
	case "rsa":
		return "ecdsa"
	case "ecdsa":
		return "rsa"
	}
	return "none"
}

// oldSuites are all suites of TLS 1.2 and older.
func oldSuites() []records.Suite {
	return suitesWhere(func(x records.Suite) bool { return !x.TLS13 })
}

func suitesWhere(is func(records.Suite) bool) []records.Suite {
	return slices.DeleteFunc(records.Suites(), func(x records.Suite) bool { return !is(x) })
}

func numbers(list []records.Suite) []uint16 {
	var all []uint16
	for _, x := range list {
		all = append(all, x.Number)
	}
	return all
}
