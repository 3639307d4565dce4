package tls

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// accepts writes the evidence of everything that was asked.
func (s *survey) accepts() evidence.Accepts {
	a := evidence.Accepts{Depth: evidence.GradeDepth, Hellos: s.hellos, PostQuantum: s.postQuantum()}
	if s.whole {
		a.Depth = evidence.FullDepth
		a.Suites, a.SuitesDone = s.allSuites(), s.suitesDone()
		a.Groups, a.GroupsDone = s.allGroups(), s.groupsDone()
	}
	if s.onlyTLS13() {
		return a
	}
	for _, class := range evidence.WeakClasses {
		offer := s.offerOf(func(x records.Suite) bool { return x.Class == class })
		offer.Class = class
		a.Weak = append(a.Weak, offer)
	}
	a.PhaseOut = s.offerOf(phasesOut)
	a.DH = s.finiteField()
	a.Curve = s.curve()
	a.Order = s.order()
	a.Signing = s.signing()
	a.SHA1 = s.heard.sha1.Observation
	s.extensions(&a)
	return a
}

// onlyTLS13 reports whether no version is there that the questions about older
// ones would have a meaning for.
func (s *survey) onlyTLS13() bool {
	for version := uint16(ssl30); version <= tls12; version++ {
		if s.version(version).State != evidence.Absent {
			return false
		}
	}
	return true
}

// offerOf gives the answer for a group of suites: seen with one that was taken,
// absent where each was refused.
func (s *survey) offerOf(is func(records.Suite) bool) evidence.SuiteOffer {
	offer := evidence.SuiteOffer{Observation: s.refusal()}
	for _, x := range oldSuites() {
		if !is(x) {
			continue
		}
		if s.suites[x.Number] != 0 {
			return evidence.SuiteOffer{Observation: evidence.SeenAt(s.Session.Now()), Suite: x.Name, Class: x.Class}
		}
		if !s.refused[x.Number] && offer.State == evidence.Absent {
			offer.Observation = s.whyOpen(x.Number)
		}
	}
	return offer
}

// refusal is what it means that a server refused something wherever it was asked.
// Where TLS 1.2 itself was lost only older versions were, and that proves nothing
// about the newer one.
func (s *survey) refusal() evidence.Observation {
	if lost := s.version(tls12); lost.State == evidence.Unknown {
		return lost
	}
	return evidence.AbsentAt(s.Session.Now())
}

// whyOpen says why it is not known whether a suite is accepted.
func (s *survey) whyOpen(number uint16) evidence.Observation {
	first := s.heard.first.Observation
	if open, ok := s.open[number]; ok {
		return open
	}
	switch {
	case s.broken() != nil:
		return *s.broken()
	case first.State == evidence.Unknown:
		return first
	}
	return evidence.UnknownAt(s.Session.Now(), evidence.DependsOnOther, "no version up to TLS 1.2 is known to be there")
}

// finiteField gives the weakest of the groups that were seen.
func (s *survey) finiteField() evidence.FiniteField {
	isFinite := func(x records.Suite) bool { return x.Exchange == "dhe" }
	if len(s.heard.fields) == 0 {
		offer := s.offerOf(isFinite)
		if offer.State == evidence.Seen {
			offer.Observation = evidence.UnknownAt(s.Session.Now(), evidence.Closed, "the key exchange broke off")
		}
		return evidence.FiniteField{Observation: offer.Observation}
	}
	weakest := slices.MinFunc(s.heard.fields, func(a, b field) int {
		return cmp.Or(cmp.Compare(bits(a.prime), bits(b.prime)), cmp.Compare(a.suite, b.suite))
	})
	sum := sha256.Sum256(weakest.prime)
	return evidence.FiniteField{
		Observation: evidence.SeenAt(s.Session.Now()),
		Suite:       suiteName(weakest.suite),
		Bits:        bits(weakest.prime),
		Known:       records.Prime(weakest.prime),
		Prime:       hex.EncodeToString(sum[:]),
		Generator:   decimal(weakest.generator),
	}
}

func bits(number []byte) int { return new(big.Int).SetBytes(number).BitLen() }

// decimal writes a generator, where it is short: most are 2 or 5.
func decimal(number []byte) string {
	if len(number) > 8 {
		return ""
	}
	return new(big.Int).SetBytes(number).String()
}

func (s *survey) curve() evidence.GroupOffer {
	short := s.tookShort()
	switch {
	case short != "":
		return evidence.GroupOffer{Observation: evidence.SeenAt(s.Session.Now()), Group: short}
	case s.heard.curves.State == evidence.Absent:
		return evidence.GroupOffer{Observation: s.refusal()}
	case s.heard.curves.State == evidence.Unknown:
		return evidence.GroupOffer{Observation: s.heard.curves}
	}
	// No suite with a curve was taken at all.
	return evidence.GroupOffer{Observation: s.offerOf(needsCurve).Observation}
}

func (s *survey) order() evidence.SuiteOrder {
	first, good := s.heard.first, s.heard.good
	if first.State != evidence.Seen {
		return evidence.SuiteOrder{Observation: s.whyOpen(0)}
	}
	o := evidence.SuiteOrder{Observation: evidence.SeenAt(s.Session.Now()), Preferred: suiteName(first.Suite), Server: s.heard.server}
	x, _ := records.SuiteByNumber(first.Suite)
	switch {
	case x.Class == "good":
		o.Good = o.Preferred
	case good.State == evidence.Seen:
		o.Observation, o.Good = evidence.AbsentAt(s.Session.Now()), suiteName(good.Suite)
	case good.State == evidence.Unknown:
		o.Observation = good.Observation
	}
	return o
}

// signing looks at TLS 1.2 only: the hash is fixed before (RFC 4346 section
// 7.4.3).
func (s *survey) signing() evidence.Signing {
	if s.version(tls12).State != evidence.Seen || len(s.heard.schemes) == 0 {
		return evidence.Signing{}
	}
	scheme := s.heard.schemes[0]
	sign := evidence.Signing{Observation: evidence.SeenAt(s.Session.Now()), Scheme: records.SchemeName(scheme)}
	// RFC 5246 section 7.4.1.4.1: the first byte names the hash, 1 MD5, 2 SHA-1.
	if hash := scheme >> 8; hash == 1 || hash == 2 {
		sign.Observation = evidence.AbsentAt(s.Session.Now())
	}
	return sign
}

// extensions takes what the answer to the first hello says of them.
func (s *survey) extensions(a *evidence.Accepts) {
	first := s.heard.first
	for _, each := range []struct {
		to   *evidence.Observation
		seen bool
	}{
		{&a.Compression, first.Compression != 0},
		{&a.SecureRenegotiation, first.SecureRenegotiation},
		{&a.MasterSecret, first.MasterSecret},
		{&a.Heartbeat, first.Heartbeat},
	} {
		switch {
		case first.State != evidence.Seen:
			*each.to = s.whyOpen(0)
		case each.seen:
			*each.to = evidence.SeenAt(s.Session.Now())
		default:
			*each.to = s.refusal()
		}
	}
}

func (s *survey) postQuantum() evidence.GroupOffer {
	version, taken := s.version(tls13), s.tookPostQuantum()
	switch {
	case taken != "":
		return evidence.GroupOffer{Observation: evidence.SeenAt(s.Session.Now()), Group: taken}
	case version.State == evidence.Absent: // RFC 8446 section 4.2.7: such groups came after TLS 1.2
		return evidence.GroupOffer{Observation: version}
	case version.State != evidence.Seen:
		return evidence.GroupOffer{Observation: evidence.UnknownAt(s.Session.Now(), evidence.DependsOnOther, "whether TLS 1.3 is there is not known")}
	case s.whole:
		return evidence.GroupOffer{Observation: s.heard.groups13}
	}
	return evidence.GroupOffer{Observation: s.heard.postQuantum}
}

func (s *survey) allSuites() []evidence.AcceptedSuite {
	var list []evidence.AcceptedSuite
	for _, x := range records.Suites() {
		if version := s.suites[x.Number]; version != 0 {
			list = append(list, evidence.AcceptedSuite{Suite: x.Name, Version: versionName(version)})
		}
	}
	return list
}

func (s *survey) allGroups() []string {
	var list []string
	for _, g := range records.Groups() {
		if s.groups[g.Number] {
			list = append(list, g.Name)
		}
	}
	return list
}

// suitesDone is seen where every suite was taken or refused.
func (s *survey) suitesDone() evidence.Observation {
	parts := []evidence.Observation{s.version13(s.heard.suites13), s.version(tls12), s.heard.oldest}
	if !s.onlyTLS13() {
		rest := s.offerOf(func(x records.Suite) bool { return s.suites[x.Number] == 0 })
		parts = append(parts, rest.Observation)
	}
	return s.done(parts)
}

func (s *survey) groupsDone() evidence.Observation {
	parts := []evidence.Observation{s.version13(s.heard.groups13), s.version(tls12)}
	if !s.onlyTLS13() {
		curves := s.heard.curves
		if curves.State == evidence.NotAsked { // where no suite needs one
			curves = s.offerOf(needsCurve).Observation
		}
		parts = append(parts, curves)
	}
	return s.done(parts)
}

// version13 is how a search in TLS 1.3 ended, or what is known of the version.
func (s *survey) version13(searched evidence.Observation) evidence.Observation {
	if version := s.version(tls13); version.State != evidence.Seen {
		return version
	}
	return searched
}

func (s *survey) done(parts []evidence.Observation) evidence.Observation {
	for _, part := range parts {
		if part.State == evidence.Unknown {
			return part
		}
	}
	return evidence.SeenAt(s.Session.Now())
}
