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
}

// dial waits for its turn, then opens one connection to a port that is known to
// be open.
func (v *visit) dial(ctx context.Context, port uint16) (net.Conn, error) {
	return v.session.Dial(ctx, netip.AddrPortFrom(v.address, port))
}

// tap does the same with a single SYN, to a port of which nothing is known yet.
func (v *visit) tap(ctx context.Context, port uint16) (net.Conn, error) {
	return v.session.Hasty(v.request.Knock).Dial(ctx, netip.AddrPortFrom(v.address, port))
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

// rest waits, or until the context ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
