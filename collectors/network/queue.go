package network

import (
	"context"
	"net/netip"
	"slices"
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
	pace   pace
	places chan struct{} // one for each that is in
	shared shared        // with other processes

	mu       sync.Mutex
	left     []time.Time   // when the latest ones left, as far as is known, the earliest first
	quickest time.Duration // from a turn to its answer
	answered bool          // some turn was
}

// pace is what a queue allows.
type pace struct {
	atOnce int
	starts int // in any span
	span   time.Duration
	every  time.Duration // between two of them
}

func (q *queues) of(address netip.Addr, p pace, share Share, use string) *queue {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.by == nil {
		q.by = map[netip.Addr]*queue{}
	}
	if q.by[address] == nil {
		q.by[address] = &queue{
			pace: p, places: make(chan struct{}, p.atOnce),
			shared: shared{with: share, to: use + address.String(), pace: Pace{p.atOnce, p.starts, p.span}},
		}
	}
	return q.by[address]
}

// turn is a place in a queue, and when it was had.
type turn struct {
	queue *queue
	at    time.Time
}

// enter waits for a turn; the caller gives it back with leave.
func (q *queue) enter(ctx context.Context) (turn, error) {
	if err := ctx.Err(); err != nil {
		return turn{}, err
	}
	select {
	case q.places <- struct{}{}:
	case <-ctx.Done():
		return turn{}, ctx.Err()
	}
	for {
		now := instant()
		due := q.start(now)
		if due <= 0 {
			return q.together(ctx, turn{q, now})
		}
		wait := time.NewTimer(due)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			<-q.places
			return turn{}, ctx.Err()
		}
	}
}

// together waits for the turn among all processes too, and counts from there.
func (q *queue) together(ctx context.Context, had turn) (turn, error) {
	if q.shared.with == nil {
		return had, nil
	}
	if err := q.shared.enter(ctx); err != nil {
		<-q.places
		return turn{}, err
	}
	now := instant()
	had.move(now)
	had.at = now
	return had, nil
}

// start begins one where the span has room for it, and says how long to wait
// where it has none.
func (q *queue) start(now time.Time) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	var due time.Duration
	if n := len(q.left); n > 0 {
		due = q.left[n-1].Add(q.pace.every).Sub(now)
		if n == q.pace.starts {
			due = max(due, q.left[0].Add(q.pace.span).Sub(now))
		}
	}
	if due <= 0 {
		q.note(now)
	}
	return due
}

// note keeps the latest times, in order.
func (q *queue) note(at time.Time) {
	i, _ := slices.BinarySearchFunc(q.left, at, time.Time.Compare)
	q.left = slices.Insert(q.left, i, at)
	q.left = q.left[max(0, len(q.left)-q.pace.starts):]
}

func (t turn) leave() {
	t.queue.shared.leave()
	<-t.queue.places
}

// move corrects when the packet of the turn left: a datagram, when it was handed
// to the system.
func (t turn) move(left time.Time) {
	q := t.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if i, ok := slices.BinarySearchFunc(q.left, t.at, time.Time.Compare); ok {
		q.left = slices.Delete(q.left, i, i+1)
	}
	q.note(left)
}

// departure guesses when the packet left whose answer came now. On a busy machine
// it leaves long after its turn, and those that follow on time would come too
// close behind it: what took longer than the quickest is taken to have left later
// by the difference. A server that was slow itself gets more time.
func (t turn) departure(now time.Time) time.Time {
	q := t.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	took := now.Sub(t.at)
	if !q.answered || took < q.quickest {
		q.quickest, q.answered = took, true
	}
	return now.Add(-q.quickest)
}

// turns are those of one connection, the last one had at last.
type turns []turn

func (t turns) leave() {
	for _, one := range slices.Backward(t) {
		one.leave()
	}
}

// answer is told when the connection was accepted or refused. One that had no
// answer says nothing of when it left.
func (t turns) answer() {
	left := t[len(t)-1].departure(instant())
	for _, one := range t {
		one.move(left)
	}
}
