package services

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// visit is the look at one address.
type visit struct {
	session *network.Session
	request Request
	address netip.Addr
	names   []string // that lead there
	pace    pace
}

// dial waits for its turn, then opens one connection to a port that is known to
// be open.
func (v *visit) dial(ctx context.Context, port uint16) (net.Conn, error) {
	return v.enter(ctx, v.session, port)
}

// tap does the same with a single SYN, to a port of which nothing is known yet.
func (v *visit) tap(ctx context.Context, port uint16) (net.Conn, error) {
	return v.enter(ctx, v.session.Hasty(v.request.Knock), port)
}

func (v *visit) enter(ctx context.Context, s *network.Session, port uint16) (net.Conn, error) {
	if err := v.pace.wait(ctx); err != nil {
		return nil, err
	}
	return s.Dial(ctx, netip.AddrPortFrom(v.address, port))
}

// failure is the observation of something that went wrong. When the caller ended
// the look, that is the reason, whatever the network said about it.
func (v *visit) failure(ctx context.Context, err error) evidence.Observation {
	if ctx.Err() == nil {
		return observe.Failure(v.session.Now(), err)
	}
	problem := evidence.Interrupted
	if own, ok := errors.AsType[*network.Error](context.Cause(ctx)); ok {
		problem = evidence.Problem(own.Problem)
	}
	return evidence.UnknownAt(v.session.Now(), problem, "the scan was ended before the address was finished")
}

func sortPorts(ports []evidence.Port) {
	slices.SortStableFunc(ports, func(a, b evidence.Port) int { return cmp.Compare(a.Number, b.Number) })
}

// pace spreads connections evenly: what the network allows is an average, and a
// burst is what the guards of a network take for an attack.
type pace struct {
	every time.Duration
	turn  chan struct{}
}

func newPace(perSecond int) pace {
	return pace{time.Second / time.Duration(perSecond), make(chan struct{}, 1)}
}

func (p pace) wait(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		time.AfterFunc(p.every, func() { <-p.turn })
		return nil
	case <-ctx.Done():
		return &network.Error{Problem: string(evidence.Interrupted), Err: ctx.Err()}
	}
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
