package mail

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"campanile/collectors/evidence"
)

// Memory keeps for one run what mail servers showed: hundreds of towns share an
// exchanger, which then has one visit to bear and not hundreds. The zero value is
// empty and ready; a nil one remembers nothing. It is safe for several goroutines
// and must not be copied after first use.
type Memory struct {
	servers  shelf[visited, evidence.Server]
	controls shelf[string, proof]
}

// visited is what a visit depends on besides the server: the name in the TLS
// hello, and how much was asked.
type visited struct {
	address netip.Addr
	host    string
	depth   string
}

// server gives what a visit showed, or visits.
func (m *Memory) server(ctx context.Context, now func() time.Time, key visited, visit func() evidence.Server) evidence.Server {
	if m == nil {
		return visit()
	}
	return m.servers.get(ctx, now, key, visit, func(s evidence.Server) bool { return ctx.Err() == nil && telling(s) })
}

// control gives what the control host showed, or dials it.
func (m *Memory) control(ctx context.Context, now func() time.Time, host string, dial func() proof) proof {
	if m == nil {
		return dial()
	}
	return m.controls.get(ctx, now, host, dial, func(p proof) bool { return p.State == evidence.Seen })
}

// telling reports whether a visit is worth keeping: there was a session, and no
// part of it was left out for the sake of the one town that asked.
func telling(s evidence.Server) bool {
	parts := []evidence.Observation{
		s.StartTLS, s.TLS.Observation, s.TLS.Trust.Observation, s.Weak.Observation,
		s.Accepts.SuitesDone, s.Accepts.GroupsDone,
	}
	for _, offer := range s.Offers {
		parts = append(parts, offer.Observation)
	}
	return s.State == evidence.Seen && !slices.ContainsFunc(parts, func(o evidence.Observation) bool {
		return o.Problem == evidence.Interrupted || o.Problem == evidence.BudgetSpent
	})
}

// Bounds of the memory.
const (
	keepVisit = time.Hour
	maxVisits = 1 << 12
)

// shelf keeps values of one kind; what several want at the same time is fetched
// once.
type shelf[K comparable, V any] struct {
	mu sync.Mutex
	by map[K]*kept[V]
}

type kept[V any] struct {
	ready chan struct{} // closed when the rest is set
	value V
	good  bool
	since time.Time
}

// get gives the value that is kept, or the one that somebody is fetching, if it
// is good. Where it is not, everybody fetches for himself: who has waited once
// must not wait in a row of others.
func (s *shelf[K, V]) get(ctx context.Context, now func() time.Time, key K, fetch func() V, good func(V) bool) V {
	e, mine := s.claim(key, now())
	if mine {
		return s.fill(key, e, now, fetch, good)
	}
	if e != nil {
		select {
		case <-e.ready:
			if e.good {
				return e.value
			}
		case <-ctx.Done():
		}
	}
	return fetch()
}

// claim gives the entry of the key and whether the caller must fill it; nothing
// where there is no room.
func (s *shelf[K, V]) claim(key K, now time.Time) (e *kept[V], mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stale := func(e *kept[V]) bool { return e.good && now.Sub(e.since) > keepVisit }
	if e := s.by[key]; e != nil && !stale(e) {
		return e, false
	}
	if s.by == nil {
		s.by = map[K]*kept[V]{}
	}
	if len(s.by) >= maxVisits {
		maps.DeleteFunc(s.by, func(_ K, e *kept[V]) bool { return stale(e) })
	}
	if len(s.by) >= maxVisits {
		return nil, false
	}
	e = &kept[V]{ready: make(chan struct{})}
	s.by[key] = e
	return e, true
}

func (s *shelf[K, V]) fill(key K, e *kept[V], now func() time.Time, fetch func() V, good func(V) bool) V {
	value := fetch()
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(e.ready)
	if e.value, e.good, e.since = value, good(value), now(); !e.good {
		delete(s.by, key)
	}
	return value
}
