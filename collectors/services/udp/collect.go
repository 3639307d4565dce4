// Package udp puts one safe datagram to each service that speaks over UDP at an
// address, and brings what it answers. It must not judge: that something answers
// may be its duty.
//
// Silence says nothing here. A service that is there, one that a firewall hides
// and a datagram that was lost look alike; only the host's own word that nobody is
// at the port is an absence.
package udp

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records/datagram"
)

// Request says what to ask at one address.
type Request struct {
	Address netip.Addr
	// Protocols are asked, in this order, each at its Port, which a caller may
	// change. Nil means all that are known.
	Protocols []datagram.Protocol
	// Every is the time between two questions; default 1 s. A host limits how often
	// it says that nobody is at a port (RFC 1812 section 4.3.2.8), and who asks
	// faster takes closed ports for silent ones.
	Every time.Duration
}

// Answer is what came of one question.
type Answer struct {
	Service string // that was asked for; Port says which one answered
	Number  uint16 // of the port
	// Observation is seen where something answered; absent where the host says
	// that nobody is there; unknown where nothing came, or nothing was sent.
	evidence.Observation
	Port     evidence.Port // where seen
	Sent     int           // bytes of the question
	Received int           // bytes of all that came
}

// atOnce bounds how many answers are waited for at a time.
const atOnce = 16

// maxReceived is how many bytes of answers to one question are read.
const maxReceived = 16 << 10

// rounds is how often a protocol is asked whose question stays silent: a datagram
// may be lost.
const rounds = 2

// Collect asks every protocol, in their order and one at a time, and those that
// stayed silent once more. Answer i belongs to protocol i. Whoever cancels the
// context with a *network.Error as its cause finds its problem, such as stopped,
// on what was not asked.
func Collect(ctx context.Context, s *network.Session, r Request) []Answer {
	if r.Protocols == nil {
		r.Protocols = datagram.Protocols()
	}
	if r.Every <= 0 {
		r.Every = time.Second
	}
	answers := make([]Answer, len(r.Protocols))
	open := make([]int, len(answers))
	for i := range open {
		open[i] = i
	}
	// Where nothing may leave any more there is no pace to hold.
	pace, noPace := context.WithCancel(ctx)
	defer noPace()
	for range rounds {
		var group errgroup.Group
		group.SetLimit(atOnce)
		for _, i := range open {
			rest(pace, r.Every) // before the first too: others may just have been here
			group.Go(func() error {
				answer := ask(ctx, s, r.Address, r.Protocols[i])
				if answer.Problem == evidence.NotPermitted || answer.Problem == evidence.BudgetSpent {
					noPace()
				}
				answers[i] = answers[i].or(answer)
				return nil
			})
		}
		_ = group.Wait() // what the network does is evidence
		open = slices.DeleteFunc(open, func(i int) bool { return answers[i].Problem != evidence.Timeout })
	}
	return answers
}

// or takes the later of two answers, unless it says only that the question was
// not put.
func (a Answer) or(later Answer) Answer {
	if a.State != evidence.NotAsked && !later.asked() {
		return a
	}
	return later
}

// rest waits, or until the context ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func ask(ctx context.Context, s *network.Session, address netip.Addr, p datagram.Protocol) Answer {
	secret := token()
	question := p.Question(secret)
	answer := Answer{Service: p.Service, Number: p.Port, Sent: len(question)}
	last := func(said []byte) bool {
		_, ok := p.Read(secret, said)
		return ok && !p.Several
	}
	said, err := s.Exchange(ctx, netip.AddrPortFrom(address, p.Port), question, maxReceived, last)
	at := s.Now()
	switch {
	case err == nil:
		answer.Observation = evidence.SeenAt(at)
		answer.take(at, said, func(said []byte) (datagram.Said, bool) { return p.Read(secret, said) })
	case network.Problem(err) == string(evidence.Refused):
		// RFC 1122 section 4.1.3.1: a host says Port Unreachable for a port at
		// which nobody listens.
		answer.Observation = evidence.AbsentAt(at)
	default:
		answer.Observation = failure(ctx, at, err)
	}
	return answer
}

// failure is the observation of something that went wrong. When the caller ended
// the look, his reason counts, whatever the network said about it.
func failure(ctx context.Context, at time.Time, err error) evidence.Observation {
	if own, ok := errors.AsType[*network.Error](context.Cause(ctx)); ok && ctx.Err() != nil {
		err = own
	}
	return observe.Failure(at, err)
}

// token draws what an answer has to repeat.
func token() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails; the documentation of crypto/rand says so
	return binary.BigEndian.Uint64(b[:])
}
