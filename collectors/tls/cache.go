package tls

import (
	"context"
	"maps"
	"sync"
	"time"
)

// cache keeps what was fetched; what several want at the same time is fetched
// once. The zero value is empty and ready.
type cache[K comparable, V any] struct {
	mu sync.Mutex
	by map[K]*cached[V]
}

type cached[V any] struct {
	ready chan struct{} // closed when the rest is set
	value V
	until time.Time // zero: of no use to anybody else
}

// get gives the value that is kept, or the one that fetch brings and the time
// until which others may have it too. It gives up with its context.
func (c *cache[K, V]) get(ctx context.Context, now func() time.Time, key K, most int, fetch func() (V, time.Time)) (V, error) {
	for {
		e, mine := c.claim(key, most, now())
		if mine {
			return c.fill(key, e, fetch), nil
		}
		select {
		case <-e.ready:
			if !e.until.IsZero() {
				return e.value, nil
			}
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
	}
}

// claim gives the entry of the key and whether the caller must fill it.
func (c *cache[K, V]) claim(key K, most int, now time.Time) (e *cached[V], mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.by[key]; e != nil && !e.stale(now) {
		return e, false
	}
	if c.by == nil {
		c.by = map[K]*cached[V]{}
	}
	c.makeRoom(most, now)
	e = &cached[V]{ready: make(chan struct{})}
	c.by[key] = e
	return e, true
}

// makeRoom forgets what is stale when the cache is full, and where that is not
// enough, whatever is settled: it only costs another question.
func (c *cache[K, V]) makeRoom(most int, now time.Time) {
	if len(c.by) < most {
		return
	}
	maps.DeleteFunc(c.by, func(_ K, e *cached[V]) bool { return e.stale(now) })
	for key, e := range c.by {
		if len(c.by) < most {
			return
		}
		if e.settled() {
			delete(c.by, key)
		}
	}
}

func (e *cached[V]) settled() bool {
	select {
	case <-e.ready:
		return true
	default:
		return false
	}
}

func (e *cached[V]) stale(now time.Time) bool { return e.settled() && now.After(e.until) }

func (c *cache[K, V]) fill(key K, e *cached[V], fetch func() (V, time.Time)) V {
	defer close(e.ready)
	value, until := fetch()
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.value, e.until = value, until; until.IsZero() && c.by[key] == e {
		delete(c.by, key)
	}
	return value
}
