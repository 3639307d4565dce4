package network

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// How long answers are kept. A failure is asked again soon; an answer lives by
// its records, within a day's work.
const (
	keepFailure = 30 * time.Second
	keepAtMost  = time.Hour
	keepAtLeast = time.Minute
)

// maxAnswers bounds the memory of a process that scans a whole country.
const maxAnswers = 1 << 16

// cache is what all targets share: equal questions asked at the same time are
// sent once.
type cache[K comparable, V any] struct {
	mu sync.Mutex
	by map[K]*entry[V]
}

type entry[V any] struct {
	ready    chan struct{} // closed when the rest is set
	value    V
	until    time.Time
	personal bool // the value says something about the one who asked, not about the question
}

// kind is how one kind of answer is asked for and kept.
type kind[K comparable, V any] struct {
	now     func() time.Time
	ask     func(ctx context.Context) V
	stopped func(err error) V         // for who waits no longer
	failure func(V) error             // nil when the value is an answer
	life    func(V) time.Duration     // how long it is kept
	implied func(time.Time) (V, bool) // what is known without asking; may be nil
	learn   func(answered *entry[V])  // what else it tells, under the lock; may be nil
}

func (c *cache[K, V]) get(ctx context.Context, key K, k kind[K, V]) V {
	for {
		e, mine := c.claim(key, k)
		if mine {
			return c.fill(ctx, key, e, k)
		}
		select {
		case <-e.ready:
		case <-ctx.Done():
			return k.stopped(&Error{Problem(ctx.Err()), ctx.Err()})
		}
		if !e.personal || ctx.Err() != nil {
			return e.value
		}
	}
}

// claim gives the entry for the question and whether the caller must fill it.
func (c *cache[K, V]) claim(key K, k kind[K, V]) (*entry[V], bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.by[key]; e != nil && !e.stale(k.now()) {
		return e, false
	}
	if k.implied != nil {
		if value, ok := k.implied(k.now()); ok {
			return c.keep(key, value, keepAtLeast, k.now()), false
		}
	}
	c.makeRoom(k.now())
	e := &entry[V]{ready: make(chan struct{})}
	c.by[key] = e
	return e, true
}

// keep holds a value that nobody has to be asked for; the caller has the lock.
func (c *cache[K, V]) keep(key K, value V, life time.Duration, now time.Time) *entry[V] {
	c.makeRoom(now)
	e := &entry[V]{ready: make(chan struct{}), value: value, until: now.Add(life)}
	close(e.ready)
	c.by[key] = e
	return e
}

// makeRoom forgets what is stale when the cache is full, and where that is not
// enough, answers that are still good: they only cost a question more.
func (c *cache[K, V]) makeRoom(now time.Time) {
	if c.by == nil {
		c.by = map[K]*entry[V]{}
	}
	if len(c.by) < maxAnswers {
		return
	}
	maps.DeleteFunc(c.by, func(_ K, e *entry[V]) bool { return e.stale(now) })
	for key, e := range c.by {
		if len(c.by) <= maxAnswers/2 {
			return
		}
		if e.settled() {
			delete(c.by, key)
		}
	}
}

func (e *entry[V]) settled() bool {
	select {
	case <-e.ready:
		return true
	default:
		return false
	}
}

func (e *entry[V]) stale(now time.Time) bool { return e.settled() && now.After(e.until) }

func (c *cache[K, V]) fill(ctx context.Context, key K, e *entry[V], k kind[K, V]) V {
	value := k.ask(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(e.ready)
	e.value, e.until = value, k.now().Add(k.life(value))
	// Whoever was stopped, or had no questions left, learned nothing about the
	// name: the next one asks again.
	if err := k.failure(value); err != nil && (ctx.Err() != nil || Problem(err) == budgetSpent) {
		e.personal = true
		delete(c.by, key)
	}
	if k.learn != nil {
		k.learn(e)
	}
	return value
}

// lifetime is the smallest TTL of what was said, within our own bounds.
func lifetime(failed bool, sections ...[]dns.RR) time.Duration {
	if failed {
		return keepFailure
	}
	least := keepAtMost
	for _, section := range sections {
		for _, rr := range section {
			if rr.Header().Rrtype == dns.TypeOPT { // its TTL is no time (RFC 6891 section 6.1.3)
				continue
			}
			least = min(least, time.Duration(rr.Header().Ttl)*time.Second)
		}
	}
	return max(least, keepAtLeast)
}
