package scan

import (
	"context"
	"net/netip"
	"sync"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// turns let one municipality at a time look at the services of an address: two
// towns on one server, or two targets of one mandate, shall not make it feel twice
// the pace that each of them holds. The nil turns let everybody in.
type turns struct {
	world *network.Network // has the pace of other processes; nil: there are none

	mu sync.Mutex
	by map[netip.Addr]chan struct{}
}

// enter waits for the turn at an address, until the context ends; the caller gives
// it back.
func (t *turns) enter(ctx context.Context, address netip.Addr) (leave func(), ok bool) {
	if t == nil {
		return func() {}, true
	}
	t.mu.Lock()
	if t.by == nil {
		t.by = map[netip.Addr]chan struct{}{}
	}
	if t.by[address] == nil {
		t.by[address] = make(chan struct{}, 1)
	}
	place := t.by[address]
	t.mu.Unlock()
	select {
	case place <- struct{}{}:
	case <-ctx.Done():
		return nil, false
	}
	if t.world == nil || t.world.Share == nil {
		return func() { <-place }, true
	}
	left, err := t.world.Share.Enter(ctx, "services "+address.String(), network.Pace{AtOnce: 1})
	if err != nil {
		<-place
		return nil, false
	}
	return func() { left(); <-place }, true
}

// waited is the observation of an address whose turn did not come in time.
func (l *look) waited() evidence.Observation {
	return evidence.UnknownAt(l.session.Now(), evidence.Interrupted, "others were being looked at there until the time was over")
}
