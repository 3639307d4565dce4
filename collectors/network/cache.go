package network

import (
	"context"
	"errors"
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
	ready  chan struct{} // closed when answer is set
	answer Answer
	until  time.Time
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
		// The one who asked was stopped; that says nothing about the name.
		if errors.Is(e.answer.Err, context.Canceled) && ctx.Err() == nil {
			continue
		}
		return e.answer
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

func (e *entry) stale(now time.Time) bool {
	select {
	case <-e.ready:
		return now.After(e.until) || errors.Is(e.answer.Err, context.Canceled)
	default:
		return false
	}
}

func (a *answers) fill(ctx context.Context, q question, e *entry, now func() time.Time, ask func(context.Context) Answer) Answer {
	answer := ask(ctx)
	a.mu.Lock()
	e.answer, e.until = answer, now().Add(lifetime(answer))
	close(e.ready)
	if denied, whole := answer.Denied(); denied && whole && len(answer.Aliases) == 0 && a.by[question{q.name, dns.TypeNone}] == nil {
		a.by[question{q.name, dns.TypeNone}] = e // remembers that the whole name does not exist
	}
	a.mu.Unlock()
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
