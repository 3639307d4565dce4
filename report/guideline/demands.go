package guideline

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
	"campanile/rules"
)

// span is the room that what is known leaves to a level.
type span struct {
	best, worst rules.Level
	facts       []string // what the best rests on
}

func worse(a, b rules.Level) rules.Level {
	return rules.Levels[max(slices.Index(rules.Levels, a), slices.Index(rules.Levels, b))]
}

// take lowers the best to the level of something that the server does.
func (s *span) take(level rules.Level, fact string) {
	switch lowest := worse(s.best, level); {
	case lowest != s.best:
		s.best, s.facts = lowest, []string{fact}
	case level == s.best && len(s.facts) < maxFacts && !slices.Contains(s.facts, fact):
		s.facts = append(s.facts, fact)
	}
	s.worst = worse(s.worst, s.best)
}

// allow lowers the worst to the level of something that the server may do.
func (s *span) allow(level rules.Level) { s.worst = worse(s.worst, level) }

func (s *span) criterion(code string, why evidence.Problem) Criterion {
	c := Criterion{Code: code, Best: string(s.best), Worst: string(s.worst), Facts: s.facts}
	if !c.Known() {
		c.Problem = why
	}
	return c
}

func met() *span { return &span{best: rules.Meets, worst: rules.Meets} }

// levelIn gives the level of the list that has the name; what is on none fails.
func levelIn(lists map[rules.Level][]string, name string) rules.Level {
	for _, level := range rules.Levels {
		if slices.Contains(lists[level], name) {
			return level
		}
	}
	return rules.Fails
}

// levelOf gives the best level for which a number is large enough.
func levelOf(least map[rules.Level]int, number int) rules.Level {
	for _, level := range rules.Levels {
		if limit, ok := least[level]; ok && number >= limit {
			return level
		}
	}
	return rules.Fails
}

// demands gives the criteria of a guideline with levels.
func demands(g *rules.Guideline, s server) []Criterion {
	list := []Criterion{versions(g, s), suites(g, s)}
	if len(g.Groups) > 0 {
		list = append(list, groups(g, s))
	}
	if len(g.DHBits)+len(g.DHGroups) > 0 && s.mayDH() {
		list = append(list, finiteField(g, s))
	}
	list = append(list, certificates(g, s)...)
	for _, fault := range rules.Faults {
		if costs, ok := g.Faults[fault]; ok && s.old != evidence.Absent {
			list = append(list, faulty(s, fault, costs))
		}
	}
	return list
}

func versions(g *rules.Guideline, s server) Criterion {
	room := met()
	for _, version := range s.spoken {
		room.take(levelIn(g.Versions, version), version)
	}
	for _, version := range s.open {
		room.allow(levelIn(g.Versions, version))
	}
	return room.criterion("versions", s.lost)
}

func suites(g *rules.Guideline, s server) Criterion {
	room := met()
	for _, suite := range s.suites {
		room.take(levelIn(g.Suites, suite.Name), suite.Name)
	}
	for _, suite := range s.maybe {
		level := levelIn(g.Suites, suite.Name)
		// What is sound and on no list hardly any server has: at grade depth the
		// answer that nothing else is accepted settles the question.
		if suite.Class == "good" && level == rules.Fails && s.Accepts.Depth != "" {
			continue
		}
		room.allow(level)
	}
	return room.criterion("suites", s.suitesLost)
}

func groups(g *rules.Guideline, s server) Criterion {
	room := met()
	for _, name := range s.groups {
		room.take(groupLevel(g, name), name)
	}
	for _, group := range s.maybeGroups {
		room.allow(groupLevel(g, group.Name))
	}
	return room.criterion("groups", cmp.Or(s.Accepts.GroupsDone.Problem, s.Accepts.Curve.Problem, s.silent))
}

func groupLevel(g *rules.Guideline, name string) rules.Level {
	level := levelIn(g.Groups, name)
	group, known := records.GroupByName(name)
	if level == rules.Fails && known && g.AlsoCurves > 0 && (group.Kind != "ec" || group.Bits >= g.AlsoCurves) {
		return rules.Meets
	}
	return level
}

// mayDH reports whether finite-field Diffie-Hellman up to TLS 1.2 is done, or
// may be.
func (s *server) mayDH() bool {
	ephemeral := func(suite records.Suite) bool { return suite.Exchange == "dhe" }
	return s.old != evidence.Absent && s.Accepts.DH.State != evidence.Absent &&
		(s.Accepts.DH.State == evidence.Seen || slices.ContainsFunc(s.suites, ephemeral) || slices.ContainsFunc(s.maybe, ephemeral))
}

func finiteField(g *rules.Guideline, s server) Criterion {
	room, dh := met(), s.Accepts.DH
	if dh.State != evidence.Seen {
		room.allow(rules.Fails)
		return room.criterion("dh", cmp.Or(dh.Problem, s.silent))
	}
	level := levelOf(g.DHBits, dh.Bits)
	if len(g.DHGroups) > 0 {
		level = levelIn(g.DHGroups, dh.Known)
	}
	fact := strconv.Itoa(dh.Bits)
	if dh.Known != "" {
		fact = dh.Known
	}
	room.take(level, fact)
	return room.criterion("dh", "")
}

func certificates(g *rules.Guideline, s server) []Criterion {
	key, signed, life := met(), met(), met()
	why := s.silent
	leaves := s.leaves()
	for _, leaf := range leaves {
		keyOf(g, leaf, key)
		if name := hash(leaf.Signature); name != "" {
			signed.take(levelIn(g.Hashes, name), name)
		} else {
			signed.allow(rules.Fails)
		}
		lifeOf(g, leaf, life)
	}
	if len(leaves) == 0 || lost(s.Second) {
		why = cmp.Or(why, s.Second.Problem)
		for _, room := range []*span{key, signed, life} {
			room.allow(rules.Fails)
		}
	}
	var list []Criterion
	if len(g.RSABits)+len(g.Keys) > 0 {
		list = append(list, key.criterion("key", why))
	}
	if len(g.Hashes) > 0 {
		list = append(list, signed.criterion("signature", why))
	}
	if g.MaxDays > 0 {
		list = append(list, life.criterion("lifetime", why))
	}
	return list
}

func keyOf(g *rules.Guideline, leaf evidence.Certificate, room *span) {
	switch {
	case leaf.Key == "RSA" && leaf.KeyBits > 0:
		room.take(levelOf(g.RSABits, leaf.KeyBits), "RSA "+strconv.Itoa(leaf.KeyBits))
	case leaf.Key == "ECDSA" && leaf.Curve != "":
		room.take(levelIn(g.Keys, leaf.Curve), "ECDSA "+leaf.Curve)
	case leaf.Key == "Ed25519" || leaf.Key == "Ed448":
		room.take(levelIn(g.Keys, leaf.Key), leaf.Key)
	default:
		room.allow(rules.Fails)
	}
}

func lifeOf(g *rules.Guideline, leaf evidence.Certificate, room *span) {
	if leaf.NotAfter.IsZero() || leaf.NotBefore.IsZero() {
		room.allow(rules.Fails)
		return
	}
	// The last second counts as a part of the life (RFC 5280 section 4.1.2.5).
	life := leaf.NotAfter.Sub(leaf.NotBefore) + time.Second
	days := int((life + 24*time.Hour - 1) / (24 * time.Hour))
	level := rules.Meets
	if days > g.MaxDays {
		level = rules.Fails
	}
	room.take(level, strconv.Itoa(days))
}

// faulty gives the criterion of one of rules.Faults: what it costs where the
// server has it, or may have it.
func faulty(s server, fault string, costs []rules.Level) Criterion {
	o, bad := faultOf(s.Accepts, fault)
	room, worst := met(), costs[len(costs)-1]
	switch {
	case o.State == bad:
		room.take(costs[0], "")
		room.facts = nil
		room.allow(worst)
	case !o.Known():
		room.allow(worst)
	}
	return room.criterion(fault, cmp.Or(o.Problem, s.silent))
}

// faultOf gives the answer, and the state of it that is the fault.
func faultOf(a evidence.Accepts, fault string) (evidence.Observation, evidence.State) {
	switch fault {
	case "compression":
		return a.Compression, evidence.Seen
	case "renegotiation":
		return a.SecureRenegotiation, evidence.Absent
	case "client-renegotiation":
		return a.ClientRenegotiation, evidence.Seen
	case "master-secret":
		return a.MasterSecret, evidence.Absent
	case "signing":
		return a.Signing.Observation, evidence.Absent
	}
	return a.SHA1, evidence.Seen
}
