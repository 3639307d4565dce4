package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How often is asked. The first two in a line ask more often than the rest, and
// everybody more often than the courtesy of a free place lasts.
const (
	askFirst  = 80 * time.Millisecond
	askLater  = 250 * time.Millisecond
	askAgain  = time.Second // after the database has not answered
	leastWait = 5 * time.Millisecond

	// leaveTime is for how long somebody who leaves waits for an answer; then the
	// keeper sees to it.
	leaveTime = 500 * time.Millisecond

	// What the keeper does in the life of a place that is not renewed.
	rounds     = 30
	renewEvery = 10
	sweepEvery = 60

	leastSlack = 5 * time.Millisecond
	mostSlack  = 5 * time.Second
)

// visit is one turn at a destination.
type visit struct {
	share  *Share
	to     string
	wish   wish
	asked  bool      // the database may know of it
	unused bool      // it ended before its turn
	due    time.Time // when the turn begins
	latest time.Time // and when it would be too late to
}

// enter waits for the turn. Where the answer of the database took so long that the
// turn is over, another one is asked for, with more time for the answer.
func (v *visit) enter(ctx context.Context) error {
	at, err := v.share.lines.enter(ctx, v.to)
	if err != nil {
		return err
	}
	defer v.share.lines.leave(v.to, at)
	for slack := leastSlack; ; slack *= 2 {
		slack = min(max(slack, 3*time.Duration(v.share.usual.Load())), mostSlack)
		v.wish.slack = slack.Milliseconds()
		if err := v.stand(ctx, at.news); err != nil {
			return err
		}
		if err := pause(ctx, v.due.Sub(v.share.clock()), nil); err != nil {
			return err
		}
		if _, closed := v.share.opened(); closed {
			return ErrClosed
		}
		if v.wish.pace.Starts <= 0 || !v.share.clock().After(v.latest) {
			return nil
		}
	}
}

// stand asks for the turn until it is given.
func (v *visit) stand(ctx context.Context, news <-chan struct{}) error {
	var trouble error
	for wait := leastWait; ; wait *= 2 {
		r, err := v.ask(ctx)
		if err == nil && r.in {
			return nil
		}
		if _, closed := v.share.opened(); closed {
			return ErrClosed
		}
		limit := askLater
		switch {
		case err != nil:
			trouble, limit = err, askAgain
		case r.after > 0:
			wait, limit = 2*time.Duration(r.after)*time.Millisecond, mostSpan // half of it is certain
		case r.rank < 2:
			limit = askFirst
		}
		wait = min(wait, limit)
		if err := pause(ctx, jitter(wait), news); err != nil {
			if trouble != nil {
				err = fmt.Errorf("%w; the database with the pace: %w", err, plainly(trouble))
			}
			return err
		}
	}
}

// ask asks once.
func (v *visit) ask(ctx context.Context) (reply, error) {
	b, err := v.share.open(ctx)
	if err != nil || b == nil {
		return reply{}, errors.Join(err, ctx.Err())
	}
	v.asked = true
	var r reply
	var seen reading
	err = b.change(ctx, v.to, func(d *door, at reading) (changed bool) {
		seen = at
		r, changed = d.ask(v.wish, at.now)
		return changed
	})
	if err != nil || !r.in {
		return r, err
	}
	v.share.took(v.share.clock().Sub(seen.sent))
	ahead := time.Duration(r.start-seen.now) * time.Millisecond
	v.due = seen.come.Add(ahead)
	v.latest = seen.sent.Add(ahead + time.Duration(v.wish.slack-1)*time.Millisecond) // the clock may have been almost a millisecond further
	v.share.mu.Lock()
	defer v.share.mu.Unlock()
	v.share.inside[v.wish.id] = v.to
	return r, nil
}

// took learns how long an answer takes.
func (s *Share) took(d time.Duration) {
	before := s.usual.Load()
	if before == 0 {
		before = int64(d)
	}
	s.usual.Store((3*before + int64(d)) / 4)
}

// leave strikes the visit out, at once or as soon as the database answers.
func (v *visit) leave(ctx context.Context, unused bool) {
	s := v.share
	v.unused = unused
	s.mu.Lock()
	delete(s.inside, v.wish.id) // first, so that the keeper does not bring it back
	b := s.doors
	s.mu.Unlock()
	if b == nil || !v.asked || v.wish.pace.AtOnce <= 0 && !unused {
		return
	}
	short, cancel := context.WithTimeout(ctx, leaveTime)
	defer cancel()
	if err := v.strike(short, b); err != nil {
		s.mu.Lock()
		s.gone = append(s.gone, v)
		s.mu.Unlock()
	}
	s.lines.tell(v.to)
}

func (v *visit) strike(ctx context.Context, b *doors) error {
	return b.change(ctx, v.to, func(d *door, at reading) (changed bool) { return d.leave(v.wish.id, v.unused, at.now) })
}

// keep holds the places of this process while it lives, strikes out what could not
// be, and sweeps.
func (s *Share) keep(ctx context.Context, b *doors) {
	every := time.NewTicker(b.life / rounds)
	defer every.Stop()
	renewed := 0
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		_ = s.settle(ctx, b) // what fails is tried again in the next round
		if n-renewed >= renewEvery && s.renew(ctx, b) == nil {
			renewed = n
		}
		if n%sweepEvery == 0 {
			_ = b.sweep(ctx)
		}
	}
}

// renew says of each place that it is still in use.
func (s *Share) renew(ctx context.Context, b *doors) error {
	var failed error
	for to, ids := range s.held() {
		err := b.change(ctx, to, func(d *door, at reading) (changed bool) {
			for _, id := range ids {
				if s.holds(id) { // after the door was read, so that nobody who has left comes back
					d.renew(id, at.now)
					changed = true
				}
			}
			return changed
		})
		failed = errors.Join(failed, err)
	}
	return failed
}

// settle strikes out the visits that could not be when they ended.
func (s *Share) settle(ctx context.Context, b *doors) error {
	s.mu.Lock()
	list := s.gone
	s.gone = nil
	s.mu.Unlock()
	var failed error
	for _, v := range list {
		if err := v.strike(ctx, b); err != nil {
			failed = errors.Join(failed, err)
			s.mu.Lock()
			s.gone = append(s.gone, v)
			s.mu.Unlock()
			continue
		}
		s.lines.tell(v.to)
	}
	return failed
}
