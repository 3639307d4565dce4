package guideline

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
	"campanile/rules"
)

// scored gives the criteria of a guideline with letters: the score, and what
// caps the letter whatever the score.
func scored(g *rules.Guideline, s server) []Criterion {
	list := []Criterion{score(g.Score, s)}
	for _, fault := range rules.Caps {
		letter, ok := g.Score.Caps[fault]
		if !ok {
			continue
		}
		state, why := capped(g.Score, s, fault)
		c := Criterion{Code: fault, Best: g.Score.Ladder[0], Worst: letter, Problem: cmp.Or(why, s.silent)}
		switch state {
		case evidence.Seen:
			c.Best, c.Problem = letter, ""
		case evidence.Absent:
			continue
		case evidence.Unknown, evidence.NotAsked:
		}
		list = append(list, c)
	}
	return list
}

// marks are the least and the most that what is known leaves to a mark.
type marks struct{ low, high int }

// around joins the marks of what the server does with those of what it may do:
// a mark is half the best and half the worst.
func around(does, may []int) marks {
	if len(does) == 0 {
		return marks{0, 200}
	}
	all := slices.Concat(does, may)
	return marks{
		low:  slices.Min(all) + slices.Max(does),
		high: slices.Min(does) + slices.Max(all),
	}
}

func score(g *rules.Scoring, s server) Criterion {
	key := keyMarks(g, s)
	parts := map[string]marks{"version": versionMarks(g, s), "key": {2 * key.low, 2 * key.high}, "cipher": cipherMarks(g, s)}
	low, high := 0, 0
	for part, weight := range g.Weights {
		low += weight * parts[part].low
		high += weight * parts[part].high
	}
	// A category without any worth makes the whole worthless.
	for _, part := range parts {
		if part.low == 0 {
			low = 0
		}
		if part.high == 0 {
			high = 0
		}
	}
	low, high = low/200, high/200
	c := Criterion{Code: "score", Best: letter(g, high), Worst: letter(g, low), Facts: []string{strconv.Itoa(low)}}
	if low != high {
		c.Facts = []string{fmt.Sprintf("%d-%d", low, high)}
	}
	if !c.Known() {
		c.Problem = cmp.Or(s.lost, s.silent)
	}
	return c
}

func letter(g *rules.Scoring, score int) string {
	for _, step := range g.Letters {
		if score >= step.Least {
			return step.Letter
		}
	}
	return g.Letters[len(g.Letters)-1].Letter
}

func mark(steps []rules.Step, bits int) int {
	for _, step := range steps {
		if bits < step.Below || step.Below == 0 {
			return step.Mark
		}
	}
	return 0
}

func versionMarks(g *rules.Scoring, s server) marks {
	var does, may []int
	for _, version := range s.spoken {
		does = append(does, g.Versions[version])
	}
	for _, version := range s.open {
		may = append(may, g.Versions[version])
	}
	return around(does, may)
}

func cipherMarks(g *rules.Scoring, s server) marks {
	var does, may []int
	for _, suite := range s.suites {
		does = append(does, mark(g.Ciphers, suite.Bits))
	}
	for _, suite := range s.maybe {
		may = append(may, mark(g.Ciphers, suite.Bits))
	}
	return around(does, may)
}

// keyMarks gives the worst of the certificates' keys and of the groups.
func keyMarks(g *rules.Scoring, s server) marks {
	m := marks{100, 100}
	worst := func(mark int) { m.low, m.high = min(m.low, mark), min(m.high, mark) }
	unknown := len(s.leaves()) == 0 || lost(s.Second)
	for _, leaf := range s.leaves() {
		switch {
		case leaf.KeyBits == 0:
			unknown = true
		case leaf.Key == "RSA":
			worst(mark(g.KeyBits, leaf.KeyBits))
		default:
			worst(mark(g.Curves, leaf.KeyBits))
		}
	}
	if s.Accepts.DH.State == evidence.Seen {
		worst(mark(g.KeyBits, s.Accepts.DH.Bits))
	}
	for _, name := range s.groups {
		if group, ok := records.GroupByName(name); ok && group.Kind == "ec" {
			worst(mark(g.Curves, group.Bits))
		}
	}
	for _, group := range s.maybeGroups {
		if group.Kind == "ec" {
			m.low = min(m.low, mark(g.Curves, group.Bits))
		}
	}
	if unknown || s.mayDH() && s.Accepts.DH.State != evidence.Seen {
		m.low = 0
	}
	return m
}

// capped says whether the server has one of rules.Caps.
func capped(g *rules.Scoring, s server, fault string) (evidence.State, evidence.Problem) {
	switch fault {
	case "untrusted", "expired", "revoked", "sha1-certificate", "md5-certificate", "name", "incomplete-chain":
		return certificateFault(s, fault)
	case "ssl2":
		return s.speaks("SSL 2.0"), s.lost
	case "ssl3":
		return s.speaks("SSL 3.0"), s.lost
	case "tls1":
		return s.speaks("TLS 1.0", "TLS 1.1"), s.lost
	case "no-tls13":
		return not(s.speaks("TLS 1.3")), s.lost
	case "old-only":
		return not(s.speaks("TLS 1.2", "TLS 1.3")), s.lost
	case "ssl3-only":
		return not(s.speaks("TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")), s.lost
	case "poodle":
		return s.poodle(), s.lost
	case "short-key":
		return belowMark(keyMarks(g, s), 40), s.Accepts.DH.Problem
	case "weak-key":
		return belowMark(keyMarks(g, s), 80), s.Accepts.DH.Problem
	case "heartbleed":
		return s.heartbleed()
	case "compression", "renegotiation":
		if s.old == evidence.Absent {
			return evidence.Absent, ""
		}
		o, bad := faultOf(s.Accepts, fault)
		if bad == evidence.Absent {
			return not(o.State), o.Problem
		}
		return o.State, o.Problem
	}
	return s.suiteFault(fault), s.suitesLost
}

func not(state evidence.State) evidence.State {
	switch state {
	case evidence.Seen:
		return evidence.Absent
	case evidence.Absent:
		return evidence.Seen
	case evidence.Unknown, evidence.NotAsked:
	}
	return evidence.Unknown
}

// either gives seen where one is, absent where both are, else unknown.
func either(a, b evidence.State) evidence.State {
	switch {
	case a == evidence.Seen || b == evidence.Seen:
		return evidence.Seen
	case a == evidence.Absent && b == evidence.Absent:
		return evidence.Absent
	}
	return evidence.Unknown
}

func known(yes bool) evidence.State {
	if yes {
		return evidence.Seen
	}
	return evidence.Absent
}

func (s *server) speaks(versions ...string) evidence.State {
	state := evidence.Absent
	for _, version := range versions {
		switch {
		case slices.Contains(s.spoken, version):
			state = either(state, evidence.Seen)
		case slices.Contains(s.open, version):
			state = either(state, evidence.Unknown)
		}
	}
	return state
}

// poodle needs the CBC mode besides SSL 3.0: what the suites tell.
func (s *server) poodle() evidence.State {
	state := s.speaks("SSL 3.0")
	if state != evidence.Seen {
		return state
	}
	names := make([]string, len(s.suites))
	for i, suite := range s.suites {
		names[i] = suite.Name
	}
	if slices.Contains(records.Exposures([]string{"SSL 3.0"}, names, 0), "POODLE") {
		return evidence.Seen
	}
	if len(s.maybe) > 0 {
		return evidence.Unknown
	}
	return evidence.Absent
}

func belowMark(m marks, limit int) evidence.State {
	switch {
	case m.high <= limit:
		return evidence.Seen
	case m.low > limit:
		return evidence.Absent
	}
	return evidence.Unknown
}

func (s *server) heartbleed() (evidence.State, evidence.Problem) {
	a := s.Accepts
	if s.old == evidence.Absent || a.Heartbeat.State == evidence.Absent {
		return evidence.Absent, ""
	}
	if a.Heartbleed.State == evidence.NotAsked {
		return evidence.Unknown, a.Heartbeat.Problem
	}
	return a.Heartbleed.State, a.Heartbleed.Problem
}

// suiteFault answers what the accepted suites decide. A server lacks a kind of
// suite only where none is possible any more.
func (s *server) suiteFault(fault string) evidence.State {
	has := map[string]func(records.Suite) bool{
		"export":       func(x records.Suite) bool { return x.Export },
		"anonymous":    func(x records.Suite) bool { return x.Auth == "anon" },
		"short-cipher": func(x records.Suite) bool { return x.Bits < 112 },
		"3des":         func(x records.Suite) bool { return x.Class == "3des" },
		"rc4":          func(x records.Suite) bool { return x.Class == "rc4" },
		"no-aead":      func(x records.Suite) bool { return x.AEAD },
		"no-forward-secrecy": func(x records.Suite) bool {
			return x.Exchange == "ecdhe" || x.Exchange == "dhe" || x.TLS13
		},
	}[fault]
	state := evidence.Absent
	if slices.ContainsFunc(s.suites, has) {
		state = evidence.Seen
	} else if len(s.suites) == 0 || slices.ContainsFunc(s.maybe, has) {
		state = evidence.Unknown
	}
	switch fault {
	case "no-aead", "no-forward-secrecy":
		return not(state)
	case "3des", "rc4":
		// With SSL 3.0 and TLS 1.0 alone nothing else would be left to take.
		if newer := s.speaks("TLS 1.1", "TLS 1.2", "TLS 1.3"); newer != evidence.Seen && state != evidence.Absent {
			return newer
		}
	}
	return state
}

func certificateFault(s server, fault string) (evidence.State, evidence.Problem) {
	state, why := evidence.Absent, evidence.Problem("")
	if s.TLS.State != evidence.Seen || len(s.TLS.Certificates) == 0 {
		return evidence.Unknown, s.TLS.Problem
	}
	for _, h := range []evidence.Handshake{s.TLS, s.Second} {
		if lost(h) {
			state, why = either(state, evidence.Unknown), h.Problem
		}
		if h.State != evidence.Seen || len(h.Certificates) == 0 {
			continue
		}
		one, problem := handshakeFault(h, fault)
		if state = either(state, one); one == evidence.Unknown {
			why = problem
		}
	}
	return state, why
}

func handshakeFault(h evidence.Handshake, fault string) (evidence.State, evidence.Problem) {
	leaf := h.Certificates[0]
	switch fault {
	case "untrusted":
		return not(h.Trust.State), h.Trust.Problem
	case "incomplete-chain":
		if !h.Trust.Known() {
			return evidence.Unknown, h.Trust.Problem
		}
		return known(len(h.Trust.Fetched) > 0), ""
	case "name":
		return not(h.Trust.Match), h.Trust.Problem
	case "revoked":
		// A certificate without a list cannot be revoked: nobody would know.
		if h.Revoked.State == evidence.NotAsked && h.Revoked.Problem == "" {
			return evidence.Absent, ""
		}
		return h.Revoked.State, h.Revoked.Problem
	case "expired":
		if leaf.NotAfter.IsZero() || h.At.IsZero() {
			return evidence.Unknown, evidence.Malformed
		}
		return known(h.At.After(leaf.NotAfter) || h.At.Before(leaf.NotBefore)), ""
	}
	name := hash(leaf.Signature)
	if name == "" {
		return evidence.Unknown, evidence.Malformed
	}
	if fault == "sha1-certificate" {
		return known(name == "SHA1"), ""
	}
	return known(name == "MD5" || name == "MD2"), ""
}
