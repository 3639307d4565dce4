package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"campanile/collectors/network"
)

// Share is the pace that all workers of a territory hold together, in the
// database of the store and by its clock. While the database does not answer
// nobody is let in anywhere. What it holds comes free when it is closed, and half
// a minute after its process has died.
type Share struct {
	engine  engine
	address string
	me      string           // like no other, also of an earlier life of this worker
	clock   func() time.Time // tells how long an answer took, and nothing that is kept
	life    time.Duration
	number  atomic.Int64
	usual   atomic.Int64 // how long an answer takes, in nanoseconds
	lines   lines
	opening chan struct{} // one at a time
	keeper  sync.WaitGroup

	mu     sync.Mutex
	doors  *doors            // nil: not open yet
	closed bool              // and is not opened again
	inside map[string]string // the destination of each visit that has a place
	gone   []*visit          // that could not yet be struck out
	stop   func()            // ends the keeper
}

var _ network.Share = (*Share)(nil)

// ErrClosed means that the pace is not held any longer, since the program ends.
var ErrClosed = errors.New("the shared pace is closed")

// Share gives the pace as one worker takes part in it. The owner is a name for
// people who look into the table.
func (s *Store) Share(owner string) *Share {
	letters := []rune(clean(owner))
	me := string(letters[:min(len(letters), longestOwner)]) + "." + rand.Text()[:10]
	return &Share{engine: s.engine, address: s.address, me: me, clock: time.Now, life: stayLife, opening: make(chan struct{}, 1), inside: map[string]string{}} //nolint:forbidigo // see the field
}

const longestOwner = 24 // letters

// Enter waits for a turn at a destination, until the context ends. Whoever waits
// stands in one line with those of other workers. The turn begins when Enter
// returns.
func (s *Share) Enter(ctx context.Context, destination string, p network.Pace) (leave func(), err error) {
	if p.Span < time.Millisecond { // as in the lab; nothing is counted more finely
		p.Starts = 0
	}
	if p.AtOnce <= 0 && p.Starts <= 0 {
		return func() {}, ctx.Err()
	}
	if p.Span > mostSpan {
		return nil, fmt.Errorf("a pace counts over %v at most", mostSpan)
	}
	v := &visit{share: s, to: clean(destination), wish: wish{id: s.me + "." + strconv.FormatInt(s.number.Add(1), 36), pace: p}}
	if err := v.enter(ctx); err != nil {
		v.leave(context.WithoutCancel(ctx), true)
		return nil, err
	}
	after := context.WithoutCancel(ctx)
	return sync.OnceFunc(func() { v.leave(after, false) }), nil
}

// open opens the database when it is first needed.
func (s *Share) open(ctx context.Context) (*doors, error) {
	if b, closed := s.opened(); b != nil || closed {
		return b, nil
	}
	select {
	case s.opening <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.opening }()
	b, closed := s.opened()
	if b != nil || closed {
		return b, nil
	}
	limited, cancel := context.WithTimeout(ctx, paceAnswer)
	defer cancel()
	b, err := openDoors(limited, s.engine, s.address, s.clock, s.life)
	if err != nil {
		return nil, plainly(err)
	}
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx)) // it outlives this turn
	s.mu.Lock()
	s.doors, s.stop = b, stop
	s.mu.Unlock()
	s.keeper.Go(func() { s.keep(keeping, b) })
	return b, nil
}

func (s *Share) opened() (b *doors, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.doors, s.closed
}

// Close gives back what is still held and lets nobody in any more.
func (s *Share) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.opening <- struct{}{} // who is opening finishes first
	defer func() { <-s.opening }()
	b, _ := s.opened()
	if b == nil {
		return nil
	}
	s.stop()
	s.keeper.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), paceAnswer)
	defer cancel()
	err := s.settle(ctx, b)
	for to, ids := range s.held() {
		err = errors.Join(err, b.change(ctx, to, func(d *door, at reading) (changed bool) {
			for _, id := range ids {
				changed = d.leave(id, false, at.now) || changed
			}
			return changed
		}))
	}
	s.mu.Lock()
	s.doors = nil
	s.mu.Unlock()
	return errors.Join(plainly(err), b.close())
}

// held lists the visits that have a place, by destination.
func (s *Share) held() map[string][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := map[string][]string{}
	for id, to := range s.inside {
		list[to] = append(list[to], id)
	}
	return list
}

func (s *Share) holds(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, inside := s.inside[id]
	return inside
}
