package guideline

import (
	"cmp"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// server is what is known of one address, and what may still be true of it.
type server struct {
	evidence.Endpoint
	spoken []string         // versions
	open   []string         // versions of which nothing is known
	lost   evidence.Problem // why, of the first
	silent evidence.Problem // why nothing at all is known of the address
	old    evidence.State   // it speaks TLS 1.2 or older

	suites      []records.Suite // that it took
	maybe       []records.Suite // that it may take as well
	suitesLost  evidence.Problem
	groups      []string // that it took
	maybeGroups []records.Group
}

var versionNames = []string{"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"}

func read(e evidence.Endpoint) server {
	s := server{Endpoint: e, silent: cmp.Or(e.TLS.Problem, e.Connect.Problem)}
	s.readVersions()
	s.readSuites()
	s.readGroups()
	return s
}

func (s *server) readVersions() {
	s.old = evidence.Absent
	for _, version := range versionNames {
		offer := s.Offer(version)
		state := offer.State
		if s.TLS.State == evidence.Seen && s.TLS.Version == version {
			state = evidence.Seen
		}
		switch state {
		case evidence.Seen:
			s.spoken = append(s.spoken, version)
		case evidence.Absent:
			continue
		case evidence.Unknown, evidence.NotAsked:
			if len(s.open) == 0 {
				s.lost = cmp.Or(offer.Problem, s.silent)
			}
			s.open = append(s.open, version)
		}
		switch {
		case version == "TLS 1.3":
		case state == evidence.Seen:
			s.old = evidence.Seen
		case s.old == evidence.Absent:
			s.old = evidence.Unknown
		}
	}
}

func (s *server) readSuites() {
	a := s.Accepts
	names := []string{seenSuite(s.TLS.State, s.TLS.Suite), seenSuite(s.Second.State, s.Second.Suite), a.Order.Preferred, a.Order.Good}
	names = append(names, seenSuite(a.PhaseOut.State, a.PhaseOut.Suite), seenSuite(a.DH.State, a.DH.Suite))
	for _, weak := range a.Weak {
		names = append(names, seenSuite(weak.State, weak.Suite))
	}
	for _, accepted := range a.Suites {
		names = append(names, accepted.Suite)
	}
	for _, name := range names {
		if suite, ok := records.SuiteByName(name); ok && !slices.Contains(s.suites, suite) {
			s.suites = append(s.suites, suite)
		}
	}
	// Where the whole list is known, nothing more is possible.
	if a.SuitesDone.State == evidence.Seen {
		return
	}
	s.suitesLost = cmp.Or(a.SuitesDone.Problem, s.silent)
	for _, suite := range records.Suites() {
		if !slices.Contains(s.suites, suite) && s.possible(suite) {
			s.maybe = append(s.maybe, suite)
		}
	}
}

func seenSuite(state evidence.State, suite string) string {
	if state == evidence.Seen {
		return suite
	}
	return ""
}

// possible reports whether the answers leave it open that the server takes the
// suite.
func (s *server) possible(suite records.Suite) bool {
	a := s.Accepts
	switch {
	case suite.TLS13:
		// At grade depth nobody asks for the suites of TLS 1.3 that hardly any
		// program has: those in use are all sound.
		return slices.Contains(s.open, "TLS 1.3") || slices.Contains(s.spoken, "TLS 1.3") && (a.Depth == "" || suite.Class == "good")
	case s.old == evidence.Absent:
		return false
	case suite.Exchange == "dhe" && a.DH.State == evidence.Absent:
		return false
	case suite.PhaseOut():
		return s.leavesOpen(a.PhaseOut.Observation)
	case suite.Weak():
		i := slices.IndexFunc(a.Weak, func(o evidence.SuiteOffer) bool { return o.Class == suite.Class })
		return i < 0 || s.leavesOpen(a.Weak[i].Observation)
	}
	return true
}

// leavesOpen reports whether an answer for a whole class leaves single suites open,
// and remembers why.
func (s *server) leavesOpen(o evidence.Observation) bool {
	if o.State == evidence.Unknown && s.suitesLost == "" {
		s.suitesLost = o.Problem
	}
	return o.State != evidence.Absent
}

func (s *server) readGroups() {
	a := s.Accepts
	names := slices.Clone(a.Groups)
	names = append(names, seenSuite(s.TLS.State, s.TLS.Group), seenSuite(a.Curve.State, a.Curve.Group), seenSuite(a.PostQuantum.State, a.PostQuantum.Group))
	for _, name := range names {
		if name != "" && !slices.Contains(s.groups, name) {
			s.groups = append(s.groups, name)
		}
	}
	if a.GroupsDone.State == evidence.Seen {
		return
	}
	for _, group := range records.Groups() {
		if !slices.Contains(s.groups, group.Name) && s.possibleGroup(group) {
			s.maybeGroups = append(s.maybeGroups, group)
		}
	}
}

func (s *server) possibleGroup(group records.Group) bool {
	modern := slices.Contains(s.spoken, "TLS 1.3") || slices.Contains(s.open, "TLS 1.3")
	switch group.Kind {
	case "ec":
		// RFC 8446 section 4.2.7: the short curves are not for TLS 1.3.
		if group.Bits < 224 {
			return s.old != evidence.Absent && s.Accepts.Curve.State != evidence.Absent
		}
		return true
	case "ffdhe":
		return modern || s.old != evidence.Absent && s.Accepts.DH.State != evidence.Absent
	}
	return modern && s.Accepts.PostQuantum.State != evidence.Absent
}

// lost reports whether a handshake was tried, or would have been: one that nobody
// asked for is no part of the scan.
func lost(h evidence.Handshake) bool {
	return h.State == evidence.Unknown || h.State == evidence.NotAsked && h.Problem != "" && h.Problem != evidence.NotInProfile
}

// leaves gives the certificates of the server, one for each kind of key.
func (s *server) leaves() []evidence.Certificate {
	var list []evidence.Certificate
	for _, h := range []evidence.Handshake{s.TLS, s.Second} {
		if h.State == evidence.Seen && len(h.Certificates) > 0 {
			list = append(list, h.Certificates[0])
		}
	}
	return list
}

// hash gives the hash of a signature by its name, as in SHA256-RSA.
func hash(signature string) string {
	for _, name := range []string{"SHA256", "SHA384", "SHA512", "SHA224", "SHA1", "MD5", "MD2", "Ed25519"} {
		if strings.Contains(signature, name) {
			return name
		}
	}
	return ""
}
