package tls

import (
	"context"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
	"campanile/collectors/records"
)

// question is what brings out the certificate for the other kind of key.
type question struct{ version, suite uint16 }

// otherKey says what is known of a certificate for the other kind of key: absent
// where every suite that would need it was refused.
func (s *survey) otherKey() (evidence.Observation, *hello.Answer) {
	switch {
	case s.heard.second != nil:
		return evidence.SeenAt(s.Session.Now()), s.heard.second
	case otherKind(s.keyKind()) == "none" || s.onlyTLS13():
		return evidence.Observation{}, nil
	}
	needsIt := func(x records.Suite) bool { return x.Auth == otherKind(s.keyKind()) && x.Exchange == "ecdhe" }
	return s.offerOf(needsIt).Observation, nil
}

// questionOther gives the hello that brings the other certificate out for another
// name of the server; none where it showed none to the first. A name may have one
// all the same: it is then not asked for.
func (s *survey) questionOther() question {
	if second := s.heard.second; second != nil {
		return question{second.Version, second.Suite}
	}
	return question{}
}

// second is the handshake in which the server showed its other certificate. We
// ended it after the server's first words.
func (v visit) second(ctx context.Context, what evidence.Observation, shown *hello.Answer) evidence.Handshake {
	h := evidence.Handshake{Observation: what}
	if shown == nil {
		return h
	}
	h.Version, h.Suite = versionName(shown.Version), suiteName(shown.Suite)
	if g, ok := records.GroupByNumber(shown.Group); ok {
		h.Group = g.Name
	}
	v.certify(ctx, &h, v.name, presented{certificates: shown.Certificates})
	return h
}

// secondAgain brings out the other certificate for another name of the server, and
// counts the hellos.
func (v visit) secondAgain(ctx context.Context, full evidence.Handshake, q question) (evidence.Handshake, int) {
	if q.version == 0 {
		return evidence.Handshake{}, 0
	}
	s := newSurvey(v.prober(), full, false)
	r := s.insist(ctx, hello.Hello{Version: q.version, Suites: []uint16{q.suite}})
	if r.State != evidence.Seen || len(r.Certificates) == 0 {
		return evidence.Handshake{Observation: r.Observation}, s.hellos
	}
	return v.second(ctx, r.Observation, &r.Answer), s.hellos
}
