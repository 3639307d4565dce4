package network

import (
	"context"
	"sync"
)

// shared is what a queue holds together with other processes. Only those who have
// a place in the queue of this process ask for one of all, so that no more of ours
// wait there than may be there.
type shared struct {
	with Share // nil: nobody
	to   string
	pace Pace

	mu     sync.Mutex
	places []func() // each gives one back; any will do
}

func (s *shared) enter(ctx context.Context) error {
	if s.with == nil {
		return nil
	}
	leave, err := s.with.Enter(ctx, s.to, s.pace)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places = append(s.places, leave)
	return nil
}

func (s *shared) leave() {
	if s.with == nil {
		return
	}
	s.mu.Lock()
	last := len(s.places) - 1
	leave := s.places[last]
	s.places = s.places[:last]
	s.mu.Unlock()
	leave()
}
