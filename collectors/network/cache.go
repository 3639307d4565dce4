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

type question struct {
	name string
	kind uint16
}

// answers is the cache that all targets share: equal questions asked at the
// same time are sent once, and what is known not to exist is not asked below
// (RFC 8020).
type answers struct {
	mu sync.Mutex
	by map[question]*entry
}

type entry struct {
	ready    chan struct{} // closed when the rest is set
	answer   Answer
	until    time.Time
	personal bool // the answer says something about the one who asked, not about the name
}

func (a *answers) get(ctx context.Context, q question, now func() time.Time, ask func(context.Context) Answer) Answer {
	for {
		e, mine := a.claim(q, now)
		if mine {
			return a.fill(ctx, q, e, now, ask)
		}
		select {
		case <-e.ready:
		case <-ctx.Done():
			return Answer{Name: q.name, Type: q.kind, At: now(), Err: &Error{Problem(ctx.Err()), ctx.Err()}}
		}
		if !e.personal || ctx.Err() != nil {
			return e.answer
		}
	}
}

// claim gives the entry for the question and whether the caller must fill it.
func (a *answers) claim(q question, now func() time.Time) (*entry, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[question]*entry{}
	}
	if e := a.by[q]; e != nil && !e.stale(now()) {
		return e, false
	}
	a.makeRoom(now())
	e := &entry{ready: make(chan struct{})}
	if cut, ok := a.cut(q, now()); ok {
		e.answer, e.until = cut, now().Add(keepAtLeast)
		close(e.ready)
		a.by[q] = e
		return e, false
	}
	a.by[q] = e
	return e, true
}

// makeRoom forgets what is stale when the cache is full, and where that is not
// enough, answers that are still good: they only cost a question more.
func (a *answers) makeRoom(now time.Time) {
	if len(a.by) < maxAnswers {
		return
	}
	maps.DeleteFunc(a.by, func(_ question, e *entry) bool { return e.stale(now) })
	for q, e := range a.by {
		if len(a.by) <= maxAnswers/2 {
			return
		}
		if e.settled() {
			delete(a.by, q)
		}
	}
}

func (e *entry) settled() bool {
	select {
	case <-e.ready:
		return true
	default:
		return false
	}
}

func (e *entry) stale(now time.Time) bool { return e.settled() && now.After(e.until) }

func (a *answers) fill(ctx context.Context, q question, e *entry, now func() time.Time, ask func(context.Context) Answer) Answer {
	answer := ask(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	defer close(e.ready)
	e.answer, e.until = answer, now().Add(lifetime(answer))
	// Whoever was stopped, or had no questions left, learned nothing about the
	// name: the next one asks again.
	if answer.Err != nil && (ctx.Err() != nil || Problem(answer.Err) == budgetSpent) {
		e.personal = true
		delete(a.by, q)
	}
	// Only a signed denial speaks for what lies below: many old servers answer
	// NXDOMAIN for a name that merely has no records of its own, or none of one
	// type (RFC 8020 section 5, RFC 4074 section 4.2).
	if _, wholeName := answer.Denied(); wholeName && answer.Signed() {
		a.by[question{q.name, dns.TypeNone}] = e
	}
	return answer
}

// cut answers from a parent that does not exist (RFC 8020 section 2).
func (a *answers) cut(q question, now time.Time) (Answer, bool) {
	name := q.name
	for range dns.CountLabel(q.name) {
		if e := a.by[question{name, dns.TypeNone}]; e != nil && !e.stale(now) {
			answer := e.answer
			answer.Name, answer.Type = q.name, q.kind
			return answer, true
		}
		next, end := dns.NextLabel(name, 0)
		if end {
			break
		}
		name = name[next:]
	}
	return Answer{}, false
}

// lifetime is the smallest TTL of the answer, within our own bounds.
func lifetime(answer Answer) time.Duration {
	if answer.Err != nil {
		return keepFailure
	}
	least := keepAtMost
	for _, section := range [][]dns.RR{answer.Answer, answer.Proof} {
		for _, rr := range section {
			least = min(least, time.Duration(rr.Header().Ttl)*time.Second)
		}
	}
	return max(least, keepAtLeast)
}
