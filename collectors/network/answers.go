package network

import (
	"context"
	"slices"
	"time"

	"github.com/miekg/dns"
)

type question struct {
	name string
	kind uint16
}

// answers are what the resolvers said. One answer tells more than what was
// asked: nothing is asked below what is known not to exist (RFC 8020), and an
// answer behind an alias is one for its target too.
type answers struct{ cache[question, Answer] }

func (a *answers) get(ctx context.Context, q question, now func() time.Time, ask func(context.Context) Answer) Answer {
	return a.cache.get(ctx, q, kind[question, Answer]{
		now: now,
		ask: ask,
		stopped: func(err error) Answer {
			return Answer{Name: q.name, Type: q.kind, At: now(), Err: err}
		},
		failure: func(answer Answer) error { return answer.Err },
		life:    lifeOf,
		implied: func(now time.Time) (Answer, bool) { return a.cut(q, now) },
		learn:   func(e *entry[Answer]) { a.learn(q, e, now()) },
	})
}

func lifeOf(answer Answer) time.Duration {
	return lifetime(answer.Err != nil, answer.Answer, answer.Proof)
}

// learn keeps what the answer says of other questions; the caller has the lock.
func (a *answers) learn(q question, e *entry[Answer], now time.Time) {
	// Only a signed denial speaks for what lies below: many old servers answer
	// NXDOMAIN for a name that merely has no records of its own, or none of one
	// type (RFC 8020 section 5, RFC 4074 section 4.2).
	if _, wholeName := e.value.Denied(); wholeName && e.value.Signed() {
		a.by[question{q.name, dns.TypeNone}] = e
	}
	target, ok := ofTarget(e.value)
	if !ok {
		return
	}
	for _, answer := range append(links(e.value), target) {
		q := question{answer.Name, answer.Type}
		if known := a.by[q]; known == nil || known.stale(now) {
			a.keep(q, answer, lifeOf(answer), now)
		}
	}
}

// ofTarget gives the part of an answer that a question for the end of its alias
// chain would have got (RFC 1034 section 4.3.2). Of a denial it takes only one
// that carries an SOA record: without it, the chain may just not have been
// followed to its end (RFC 2308 section 2.2).
func ofTarget(answer Answer) (Answer, bool) {
	if answer.Err != nil || len(answer.Aliases) == 0 {
		return Answer{}, false
	}
	target := answer
	target.Name, target.Aliases = answer.Aliases[len(answer.Aliases)-1], nil
	target.Answer = ownedBy(answer.Answer, target.Name)
	denied := len(target.Records) == 0 && slices.ContainsFunc(target.Proof, func(rr dns.RR) bool {
		return rr.Header().Rrtype == dns.TypeSOA && dns.IsSubDomain(rr.Header().Name, target.Name)
	})
	return target, denied || len(target.Records) > 0
}

func ownedBy(section []dns.RR, name string) []dns.RR {
	return slices.DeleteFunc(slices.Clone(section), func(rr dns.RR) bool {
		return dns.CanonicalName(rr.Header().Name) != name
	})
}

// cut answers from a parent that does not exist (RFC 8020 section 2).
func (a *answers) cut(q question, now time.Time) (Answer, bool) {
	name := q.name
	for range dns.CountLabel(q.name) {
		if e := a.by[question{name, dns.TypeNone}]; e != nil && !e.stale(now) {
			answer := e.value
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

// Know puts into the cache what was learned another way, such as the DS records
// of a referral. What is there already stays.
func (s *Session) Know(answer Answer) {
	answer.Name = dns.CanonicalName(answer.Name)
	a, q, now := &s.network.answers, question{answer.Name, answer.Type}, s.network.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if known := a.by[q]; known == nil || known.stale(now) {
		a.keep(q, answer, lifeOf(answer), now)
	}
}

// Known gives an answer that is there already, without asking anybody.
func (s *Session) Known(name string, kind uint16) (Answer, bool) {
	q := question{dns.CanonicalName(name), kind}
	if given, ok := s.instead[q]; ok {
		return given, given.Err == nil
	}
	a := &s.network.answers
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.by[q]
	if e == nil || !e.settled() || e.stale(s.network.now()) || e.value.Err != nil {
		return Answer{}, false
	}
	return e.value, true
}
