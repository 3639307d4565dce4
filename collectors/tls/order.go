package tls

import (
	"context"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/hello"
)

// enoughSteps is how many answers in the client's order leave no room for a
// server whose own order happens to be the same.
const enoughSteps = 4

// confirmOrder finds out whose order counts. The hellos of the elimination were
// written from both ends in turn: a server that goes by the client's order took
// the first of what it takes each time. Where too few of them left it a choice,
// one more hello decides.
func (s *survey) confirmOrder(ctx context.Context, version uint16) {
	if !s.whole || s.heard.first.State != evidence.Seen {
		return
	}
	choices, follows := s.followed(version)
	if !follows {
		s.heard.server = evidence.Seen
		return
	}
	taken := s.takenBy(version)
	if len(taken) < 2 || s.stopped(s.laneOf(version)) != nil {
		return
	}
	if choices >= enoughSteps {
		s.heard.server = evidence.Absent
		return
	}
	slices.Reverse(taken)
	for _, list := range [][]uint16{taken, reversed(taken)} {
		if s.heard.first.Suite == list[0] {
			continue // it says nothing new
		}
		r := s.insist(ctx, hello.Hello{Version: version, Suites: list, Groups: s.groupsToOffer()})
		switch {
		case r.State != evidence.Seen || len(r.Certificates) == 0 && r.Version == 0:
			s.heard.server = evidence.Unknown
		case r.Suite == list[0]:
			s.heard.server = evidence.Absent
		default:
			s.heard.server = evidence.Seen
		}
		return
	}
}

func reversed(list []uint16) []uint16 {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// takenBy lists the suites that the version took, in the order of the first hello.
func (s *survey) takenBy(version uint16) []uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []uint16
	for _, x := range oldSuites() {
		if s.suites[x.Number] == version {
			list = append(list, x.Number)
		}
	}
	return list
}

// followed counts the hellos that left the server a choice, and reports whether
// it took the first each time.
func (s *survey) followed(version uint16) (choices int, follows bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	follows = true
	for _, step := range s.steps {
		if step.version != version {
			continue
		}
		var able []uint16
		for _, number := range step.offered {
			if s.suites[number] == version {
				able = append(able, number)
			}
		}
		if len(able) > 1 {
			choices++
			follows = follows && able[0] == step.taken
		}
	}
	return choices, follows
}
