package guard

import (
	"slices"
	"time"
)

// pace spreads the connections to one address: one every so often, and within a
// second no more than a second's share.
type pace struct {
	every time.Duration
	share int

	left     []time.Time   // when the latest ones left, as far as is known, the earliest first
	quickest time.Duration // from a turn to its answer
	answered bool          // some turn was
}

// take takes the turn where it has come, and says how long to wait where not. A
// turn counts from when it is taken and not from when it was due: after a moment
// in which the machine did nothing, those that wait do not all leave at once.
func (p *pace) take(now time.Time) (due time.Duration) {
	if n := len(p.left); n > 0 {
		due = p.left[n-1].Add(p.every).Sub(now)
		if n == p.share {
			due = max(due, p.left[0].Add(time.Second).Sub(now))
		}
	}
	if due <= 0 {
		p.note(now)
	}
	return due
}

// answer is told when the connection of a turn was accepted or refused. On a busy
// machine a packet leaves long after its turn, and those that follow on time would
// come too close behind it: what took longer than the quickest is taken to have
// left later by the difference. A server that was slow itself gets more time.
func (p *pace) answer(taken, now time.Time) {
	took := now.Sub(taken)
	if !p.answered || took < p.quickest {
		p.quickest, p.answered = took, true
	}
	if i, ok := slices.BinarySearchFunc(p.left, taken, time.Time.Compare); ok {
		p.left = slices.Delete(p.left, i, i+1)
	}
	p.note(now.Add(-p.quickest))
}

// note keeps the latest times, in order.
func (p *pace) note(at time.Time) {
	i, _ := slices.BinarySearchFunc(p.left, at, time.Time.Compare)
	p.left = slices.Insert(p.left, i, at)
	p.left = p.left[max(0, len(p.left)-p.share):]
}
