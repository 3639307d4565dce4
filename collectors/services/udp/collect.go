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
	"net/netip"

	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records/datagram"
)

// Request says what to ask at one address.
type Request struct {
	Address netip.Addr
	// Protocols are asked, each once, at its Port, which a caller may change. Nil
	// means Usual.
	Protocols []datagram.Protocol
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

// Usual lists what is asked where the caller names nothing: all protocols but
// those that are asked by name only.
func Usual() []datagram.Protocol {
	var list []datagram.Protocol
	for _, p := range datagram.Protocols() {
		if !p.ByName {
			list = append(list, p)
		}
	}
	return list
}

// atOnce bounds how many answers are waited for at a time; the session sets the
// pace at which questions leave.
const atOnce = 16

// maxReceived is how many bytes of answers to one question are read.
const maxReceived = 16 << 10

// Collect asks every protocol once, in their order, and waits for all answers
// together. Answer i belongs to protocol i.
func Collect(ctx context.Context, s *network.Session, r Request) []Answer {
	protocols := r.Protocols
	if protocols == nil {
		protocols = Usual()
	}
	answers := make([]Answer, len(protocols))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, p := range protocols {
		group.Go(func() error {
			answers[i] = ask(ctx, s, r.Address, p)
			return nil
		})
	}
	_ = group.Wait() // what the network does is evidence
	return answers
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
		answer.Observation = observe.Failure(at, err)
	}
	return answer
}

// token draws what an answer has to repeat.
func token() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails; the documentation of crypto/rand says so
	return binary.BigEndian.Uint64(b[:])
}
