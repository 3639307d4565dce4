package web

import (
	"context"
	"errors"
	"net/url"
	"sync"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/network"
)

// Bounds of one collection.
const (
	maxRequests = 12      // to the home pages of a town and beyond; elsewhere, for each host
	maxShared   = 8 << 20 // bytes of the answers that wait for another visit
)

// errand is what one collection asks for. Its visitors share the answers: domain
// and www, http and https often lead to one page, and a site is asked for it once.
type errand struct {
	session   *network.Session
	agent     string
	names     []string
	unclaimed []Notice
	ahead     *Ahead

	mu    sync.Mutex
	left  int // requests that may still be made
	room  int // of maxShared
	known map[string]*asked
	early map[string]bool // hosts whose page is asked for ahead, and nobody has taken it
}

// asked is a request that one visitor makes, and whose answer others wait for.
type asked struct {
	done   chan struct{} // closed when the rest is set
	answer fetch.Answer
	err    error
}

func newErrand(s *network.Session, r Request) *errand {
	e := &errand{
		session: s, agent: r.Agent, names: r.Names, unclaimed: r.Unclaimed, ahead: r.Ahead,
		left: maxRequests, room: maxShared, known: map[string]*asked{}, early: map[string]bool{},
	}
	if !r.Home {
		e.left *= len(r.Names)
	}
	for _, host := range r.Names {
		if r.Ahead.expects(host) && !e.early[host] {
			e.early[host] = true
			e.left-- // until it turns out that it was not made
		}
	}
	return e
}

// errSpent says that the collection has made all of its requests.
var errSpent = &network.Error{Problem: string(evidence.BudgetSpent), Err: errors.New("the requests for one visit are used up")}

// spend counts a request before it is made.
func (e *errand) spend() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.left <= 0 {
		return errSpent
	}
	e.left--
	return nil
}

func (e *errand) spent() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.left <= 0
}

// enter gives what is known under a key, or makes the caller the one to ask.
func (e *errand) enter(key string) (known *asked, first bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if known = e.known[key]; known != nil {
		return known, false
	}
	known = &asked{done: make(chan struct{})}
	e.known[key] = known
	return known, true
}

// leave hands the answer to whoever waits, and keeps it for who comes later. An
// error is not kept: the next one asks anew.
func (e *errand) leave(key string, mine *asked) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.room -= len(mine.answer.Body)
	if mine.err != nil || e.room < 0 {
		e.room += len(mine.answer.Body)
		delete(e.known, key)
	}
	close(mine.done)
}

// get gives the answer to a request, which is made where nobody has made the same
// with the same cookies.
func (v visitor) get(ctx context.Context, u *url.URL, cookies string, want kind) (fetch.Answer, error) {
	key := u.String() + "\n" + cookies
	for {
		known, first := v.enter(key)
		if first {
			known.answer, known.err = v.send(ctx, u, cookies, want)
			v.leave(key, known)
			return known.answer, known.err
		}
		if err := v.wait(ctx, known); err != nil {
			return fetch.Answer{}, err
		}
		if known.err == nil {
			return known.answer, nil
		}
	}
}

// wait waits for somebody else's answer without a connection that he may need.
func (v visitor) wait(ctx context.Context, known *asked) error {
	select {
	case <-known.done:
		return nil
	default:
	}
	v.client.Close()
	select {
	case <-known.done:
		return nil
	case <-ctx.Done():
		return &network.Error{Problem: network.Problem(ctx.Err()), Err: ctx.Err()}
	}
}

// send makes a request, or takes the answer to the one that was made ahead.
func (v visitor) send(ctx context.Context, u *url.URL, cookies string, want kind) (fetch.Answer, error) {
	if why := v.manners.refuse(u); why != "" {
		return fetch.Answer{}, &network.Error{Problem: string(evidence.RobotsRefuse), Err: errors.New(why)}
	}
	if cookies == "" && *u == *homeOf(u.Host) {
		if early := v.takeEarly(ctx, u.Host); early != nil {
			return early.answer, early.err
		}
	}
	if v.spent() {
		return fetch.Answer{}, errSpent
	}
	return v.client.Get(ctx, request(u, v.agent, cookies, want))
}

// takeEarly waits for the page that is asked for ahead of the visits.
func (v visitor) takeEarly(ctx context.Context, host string) *early {
	if !v.expects(host) {
		return nil
	}
	v.client.Close() // whoever asks ahead may need its place
	taken := v.ahead.take(ctx, host)
	if taken == nil {
		v.giveBack()
	}
	return taken
}

// expects reports, once, whether the page of a host is asked for ahead.
func (e *errand) expects(host string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	expected := e.early[host]
	delete(e.early, host)
	return expected
}

// giveBack counts a request that was set aside as not made.
func (e *errand) giveBack() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.left++
}
