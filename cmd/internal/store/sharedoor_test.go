package store

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"campanile/collectors/network"
)

// host is the pace of an ordinary host.
var host = network.Pace{AtOnce: 2, Starts: 5, Span: 5 * time.Second}

func newDoor() *door { return &door{life: stayLife} }

// written writes a door and reads it, as the database does.
func written(t *testing.T, d *door) *door {
	t.Helper()
	document, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	next := newDoor()
	if err := json.Unmarshal(document, next); err != nil {
		t.Fatal(err)
	}
	return next
}

// caller is a worker's part in a game: what it wants next, and when.
type caller struct {
	id     string
	inside bool
	begins int64 // 0: not yet
	until  int64
	next   int64
}

// TestADoorIsNeverTooOpen lets many callers come and go for a while, with answers
// that are late, and some that die; the two bounds hold at any time.
func TestADoorIsNeverTooOpen(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(seed, 0))
			p := network.Pace{AtOnce: 1 + chance.IntN(3), Starts: 1 + chance.IntN(6), Span: time.Duration(1+chance.IntN(3)) * time.Second}
			d := newDoor()
			callers := make([]caller, 2+chance.IntN(8))
			for i := range callers {
				callers[i].id = fmt.Sprint("c", i)
			}
			var began []int64
			for now := int64(1e12); now < 1e12+120_000; now += 1 + chance.Int64N(40) {
				c := &callers[chance.IntN(len(callers))]
				switch {
				case now < c.next:
				case c.inside && c.begins > now:
				case c.inside && now >= c.until:
					d.leave(c.id, false, now)
					c.inside, c.next = false, now+chance.Int64N(300)
					c.id += "'"
				case !c.inside:
					slack := 1 + chance.Int64N(50)
					r, changed := d.ask(wish{c.id, p, slack}, now)
					if c.next = now + 30; changed {
						d = written(t, d)
					}
					if r.in {
						// It begins whenever it likes within what it was given.
						c.inside, c.begins = true, r.start+chance.Int64N(slack+1)
						c.until = c.begins + chance.Int64N(900)
						began = append(began, c.begins)
					}
				}
				there := 0
				for _, c := range callers {
					if c.inside {
						there++
					}
				}
				if there > p.AtOnce {
					t.Fatalf("%d are there at once, %d may", there, p.AtOnce)
				}
			}
			if slices.Sort(began); len(began) < 40 {
				t.Errorf("only %d began", len(began))
			}
			for i := p.Starts; i < len(began); i++ {
				if apart := began[i] - began[i-p.Starts]; apart < p.Span.Milliseconds() {
					t.Fatalf("%d began within %d ms, %+v", p.Starts+1, apart, p)
				}
			}
		})
	}
}

func TestStartsAreGivenAsSoonAsTheyMay(t *testing.T) {
	t.Parallel()
	d := newDoor()
	var starts []int64
	for n := range 12 {
		r, _ := d.ask(wish{fmt.Sprint(n), host, 10}, 1000)
		starts = append(starts, r.start)
		d.leave(fmt.Sprint(n), false, 1000)
	}
	// Starts that are further ahead than a span are not given away yet.
	if want := []int64{1000, 1000, 1000, 1000, 1000, 6010, 6010, 6010, 6010, 6010, 0, 0}; !slices.Equal(starts, want) {
		t.Errorf("starts %v, want %v", starts, want)
	}
	d.leave("7", true, 1000)
	if r, _ := d.ask(wish{"x", host, 10}, 1001); r.start != 6010 {
		t.Errorf("a start that was given back is not given again: %+v", r)
	}
}

// The lab allows a thousand connections a second; what is written of them stays
// small, and is exact to a hundredth of the span.
func TestManyStartsAreCountedTogether(t *testing.T) {
	t.Parallel()
	lab := network.Pace{AtOnce: 16, Starts: 5000, Span: 5 * time.Second}
	d := newDoor()
	var began []int64
	for now := int64(1e12); now < 1e12+21_000; now++ {
		for n := range 3 {
			w := wish{fmt.Sprint(now, n), lab, 5}
			r, changed := d.ask(w, now)
			if !r.in || !changed {
				t.Fatalf("at %d: %+v", now, r)
			}
			began = append(began, r.start)
			d.leave(w.id, false, now)
		}
		if size := len(d.Starts); size > 3*mostStarts {
			t.Fatalf("%d starts are written", size)
		}
		if began[len(began)-1] > now {
			now = began[len(began)-1]
		}
	}
	for i := lab.Starts; i < len(began); i++ {
		if apart := began[i] - began[i-lab.Starts]; apart < 5000 {
			t.Fatalf("%d began within %d ms", lab.Starts+1, apart)
		}
	}
	if len(began) < 19_000 {
		t.Errorf("%d began in 21 s", len(began))
	}
}

func TestWhoComesFirstIsServedFirst(t *testing.T) {
	t.Parallel()
	one := network.Pace{AtOnce: 1}
	d := newDoor()
	in := func(id string, now int64) bool { r, _ := d.ask(wish{id: id, pace: one}, now); return r.in }
	if !in("a", 0) || in("b", 1) || in("c", 2) || in("b", 3) {
		t.Fatal("one is there and two wait")
	}
	d.leave("a", false, 10)
	if in("c", 20) || in("d", 30) || !in("b", 40) {
		t.Fatalf("b came before c: %+v", d)
	}
	d.leave("b", false, 50)
	d.leave("c", true, 60) // it was interrupted
	if !in("d", 70) {
		t.Fatalf("d is first: %+v", d)
	}
}

func TestAPlaceIsNotKeptForTheDead(t *testing.T) {
	t.Parallel()
	one := network.Pace{AtOnce: 1}
	d := newDoor()
	in := func(id string, now int64) bool { r, _ := d.ask(wish{id: id, pace: one}, now); return r.in }
	in("a", 0)
	for i, id := range []string{"dead", "dead too", "b", "c"} {
		in(id, int64(i)+1)
	}
	d.leave("a", false, 1000)
	if in("b", 1000+499) {
		t.Error("the first in line had no time")
	}
	if in("b", 1000+500) || in("c", 1000+600) || !in("b", 1000+1000) {
		t.Errorf("two dead ones are waited for longer than courtesy asks: %+v", d)
	}
	d.leave("b", false, 3000)
	if in("e", 3100) || !in("c", 3200) {
		t.Errorf("c is next: %+v", d)
	}
}

func TestAPlaceOfAProcessThatDiedComesFree(t *testing.T) {
	t.Parallel()
	one := network.Pace{AtOnce: 1}
	d := newDoor()
	in := func(id string, now int64) bool { r, _ := d.ask(wish{id: id, pace: one}, now); return r.in }
	in("a", 0)
	for now := int64(1000); now < 50_000; now += 100 {
		if now == 20_000 {
			d.renew("a", now)
		}
		if in("b", now) {
			t.Fatalf("b is in at %d", now)
		}
	}
	if !in("b", 50_000) {
		t.Errorf("half a minute after a sign of life the place is still held: %+v", d)
	}
	d.renew("a", 51_000) // it was only cut off
	if len(d.Inside) != 2 || in("c", 51_001) {
		t.Errorf("who is still there does not count: %+v", d)
	}
}

func TestAClockThatGoesBackStopsNobodyForLong(t *testing.T) {
	t.Parallel()
	const hour = 3_600_000
	d := newDoor()
	for n := range 7 {
		d.ask(wish{fmt.Sprint(n), host, 10}, 2*hour)
	}
	in := int64(0)
	for now := int64(hour); in == 0 && now < 2*hour; now += 100 {
		if r, _ := d.ask(wish{"x", host, 10}, now); r.in {
			in = r.start - hour
		}
		d = written(t, d)
	}
	if in == 0 || in > 150_000 {
		t.Errorf("the next one is let in after %d ms", in)
	}
}

func TestThePlaceOfADeadOneGoesToTheFirstInLine(t *testing.T) {
	t.Parallel()
	one := network.Pace{AtOnce: 1}
	d := newDoor()
	in := func(id string, now int64) bool { r, _ := d.ask(wish{id: id, pace: one}, now); return r.in }
	in("dead", 0)
	in("b", 20_000)
	in("c", 20_001)
	if in("c", 30_100) || !in("b", 30_200) {
		t.Errorf("whoever asks first is let in: %+v", d)
	}
}
