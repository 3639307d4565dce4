package network

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// queues hold one queue for each address, shared by all targets: hundreds of
// towns stand on one host, and the host must not feel it.
type queues struct {
	mu sync.Mutex
	by map[netip.Addr]*queue
}

// queue lets only so many in at once, and only so many in any span of time.
type queue struct {
	span   time.Duration
	places chan struct{} // one for each that is in
	starts chan struct{} // one for each that came in within the last span
	shared shared        // with other processes
}

// pace is what a queue allows.
type pace struct {
	atOnce int
	starts int // in any span
	span   time.Duration
}

func (q *queues) of(address netip.Addr, p pace, share Share, use string) *queue {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.by == nil {
		q.by = map[netip.Addr]*queue{}
	}
	if q.by[address] == nil {
		q.by[address] = &queue{
			span:   p.span,
			places: make(chan struct{}, p.atOnce),
			starts: make(chan struct{}, p.starts),
			shared: shared{with: share, to: use + address.String(), pace: Pace{p.atOnce, p.starts, p.span}},
		}
	}
	return q.by[address]
}

// enter waits for a turn; the caller gives the place back with leave.
func (q *queue) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case q.places <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case q.starts <- struct{}{}:
		time.AfterFunc(q.span, func() { <-q.starts })
		err := q.shared.enter(ctx)
		if err != nil {
			<-q.places
		}
		return err
	case <-ctx.Done():
		<-q.places
		return ctx.Err()
	}
}

func (q *queue) leave() {
	q.shared.leave()
	<-q.places
}
