package main

import (
	"testing"
	"time"

	"campanile/cmd/internal/alert"
	"campanile/collectors/evidence"
)

// A run through the territory takes its time, and somebody looks at a town again
// meanwhile: that run has the larger number and is over first.
func TestARunThatIsOvertakenIsToldOfToo(t *testing.T) {
	t.Parallel()
	p, kept, _ := valley(t)
	g := newGround()
	g.store = kept
	c, err := p.open(t.Context(), g, false)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Store.Close()
	d := &duty{program: p, chronicle: c, alerts: &alert.Alerts{Store: c.Store, File: &alert.File{Zone: time.UTC}, Rules: c.Rules, Now: p.now}}
	body, err := c.Store.ByDomain(t.Context(), "comune.borgo.example")
	if err != nil {
		t.Fatal(err)
	}
	var runs []int64
	for _, name := range []string{"long", "short"} {
		run, err := c.Store.Begin(t.Context(), name, time.Now(), []int64{body.ID})
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	taken := time.Now().UTC().Truncate(time.Second)
	for _, run := range []int64{runs[1], runs[0]} {
		taken = taken.Add(time.Minute)
		b := &evidence.Bundle{Schema: evidence.Schema, Profile: evidence.Standard, Target: body.Target, Taken: taken}
		if _, err := c.Record(t.Context(), body.ID, run, b); err != nil {
			t.Fatal(err)
		}
		if err := c.Store.End(t.Context(), run, taken); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time there is nothing to do
			if err := d.tellRuns(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if told, err := c.Store.Told(t.Context(), body.ID); err != nil || !told.Equal(taken) {
			t.Errorf("after run %d the news are told up to %v, %v; want %v", run, told, err, taken)
		}
	}
}
