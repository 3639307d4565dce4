package main

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/rules"
)

// filling puts the valley and its two years into a store.
type filling struct {
	program   *program
	chronicle *chronicle.Chronicle
	valley    *lab.Lab
	bodies    map[string]int64 // by domain
}

// latestRounds is how many of the newest rounds are kept as runs, with what was
// sent in each; the ones before are looks without a run.
const latestRounds = 4

func (f *filling) fill(ctx context.Context, bundles []*evidence.Bundle, until time.Time) error {
	years, err := lab.Years(bundles, until)
	if err != nil {
		return err
	}
	if err := f.inventory(ctx, years); err != nil {
		return err
	}
	rounds := lab.Rounds(until)
	runs, err := f.runs(ctx, years, append(rounds[len(rounds)-latestRounds+1:], until.UTC()))
	if err != nil {
		return err
	}
	// Hundreds of scans are read and thrown away: the memory is looked through less often.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	if err := f.towns(ctx, years, runs); err != nil {
		return err
	}
	for _, r := range runs {
		if err := f.chronicle.Store.End(ctx, r.number, r.at.Add(50*time.Minute)); err != nil {
			return err
		}
	}
	return f.papers(ctx, until)
}

// towns keeps the looks at all municipalities, two at a time: while one is judged,
// another one is written down.
func (f *filling) towns(ctx context.Context, years []lab.Past, runs []round) error {
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(2)
	said, began := f.program.now(), f.program.now()
	for i, past := range years {
		if now := f.program.now(); now.Sub(said) > 3*time.Second {
			said = now
			f.program.say("inventing two years: municipality %d of %d", i, len(years))
		}
		group.Go(func() error { return f.town(running, past, runs) })
	}
	err := group.Wait()
	if err == nil {
		f.program.say("two years of %d municipalities, invented in %s", len(years), f.program.now().Sub(began).Round(time.Second))
	}
	return err
}

// inventory keeps the municipalities as a register would have them.
func (f *filling) inventory(ctx context.Context, years []lab.Past) error {
	list := make([]store.Body, len(years))
	for i, past := range years {
		region := map[string]string{"it": "Valli del Campanile", "fr": "Haut-Campanile"}[past.Target.Country]
		list[i] = store.Body{
			Target: past.Target, Register: "own", Municipality: true, Region: region, Union: "Unione delle Valli del Campanile",
			Population: 180 + 97*((i*i*7+i*13)%41), // as small valleys have them
		}
	}
	numbers, err := f.chronicle.Store.Put(ctx, list)
	if err != nil {
		return err
	}
	for i, past := range years {
		f.bodies[past.Target.Domain] = numbers[i]
	}
	for _, past := range years {
		if past.Into != "" {
			if err := f.chronicle.Store.Merge(ctx, f.bodies[past.Target.Domain], f.bodies[past.Into]); err != nil {
				return err
			}
		}
	}
	return f.chronicle.Store.Set(ctx, "geojson", string(f.valley.Map()))
}

// round is one of the newest rounds, kept as a run.
type round struct {
	number int64
	at     time.Time
}

// runs begins a run for each of the newest rounds.
func (f *filling) runs(ctx context.Context, years []lab.Past, nights []time.Time) ([]round, error) {
	var runs []round
	for i, at := range nights {
		var bodies []int64
		for _, past := range years {
			if slices.ContainsFunc(past.Taken, func(taken time.Time) bool { return runAt(nights, taken) == i }) {
				bodies = append(bodies, f.bodies[past.Target.Domain])
			}
		}
		number, err := f.chronicle.Store.Begin(ctx, "", at, bodies)
		if err != nil {
			return nil, err
		}
		runs = append(runs, round{number, at})
	}
	return runs, nil
}

// runAt gives the run that a look belongs to, or -1.
func runAt(nights []time.Time, taken time.Time) int {
	later := slices.IndexFunc(nights, func(night time.Time) bool { return night.Truncate(time.Second).After(taken) })
	if later < 0 {
		later = len(nights)
	}
	return later - 1
}

// town keeps the looks at one municipality.
func (f *filling) town(ctx context.Context, past lab.Past, runs []round) error {
	nights := make([]time.Time, len(runs))
	for i := range runs {
		nights[i] = runs[i].at
	}
	looks, err := past.Looks()
	if err != nil {
		return err
	}
	body, first := f.bodies[past.Target.Domain], 0
	for first < len(looks) && runAt(nights, looks[first].Taken) < 0 {
		first++
	}
	if err := f.chronicle.RecordAll(ctx, body, looks[:first]); err != nil {
		return err
	}
	for _, b := range looks[first:] {
		if _, err := f.chronicle.Record(ctx, body, runs[runAt(nights, b.Taken)].number, b); err != nil {
			return err
		}
	}
	return f.ticked(ctx, body, past.Target, looks)
}

// ticked keeps the checklist as it became from look to look, with what people wrote.
func (f *filling) ticked(ctx context.Context, body int64, town evidence.Target, looks []*evidence.Bundle) error {
	until := looks[len(looks)-1].Taken
	notes := slices.DeleteFunc(lab.Notes(until), func(n lab.Note) bool { return n.Town != town.Domain })
	seen := slices.DeleteFunc(lab.Reviews(until), func(s lab.Seen) bool { return s.Town != town.Domain })
	if len(notes)+len(seen) == 0 {
		return nil
	}
	list := &checklist.Checklist{Domain: town.Domain, Name: town.Name}
	for i, b := range looks {
		input, err := judgedInput(b, f.chronicle.Rules, rules.Italian)
		if err != nil {
			return err
		}
		list, _ = checklist.Update(list, report.New(input).Scan())
		next := until.Add(time.Second)
		if i+1 < len(looks) {
			next = looks[i+1].Taken
		}
		for _, n := range notes {
			if !n.On.Before(b.Taken.Truncate(24*time.Hour)) && n.On.Before(next.Truncate(24*time.Hour)) {
				write(list, n)
			}
		}
		for _, s := range seen {
			if !s.On.Before(b.Taken.Truncate(24*time.Hour)) && s.On.Before(next.Truncate(24*time.Hour)) {
				list.Looked(checklist.Review{On: s.On, By: s.By, Taken: b.Taken, Evidence: input.Digest, Note: s.Note})
			}
		}
	}
	return f.chronicle.Store.Tick(ctx, body, func(*checklist.Checklist) (*checklist.Checklist, error) { return list, nil })
}

// write puts a note to every entry of its rule.
func write(list *checklist.Checklist, n lab.Note) {
	for i := range list.Entries {
		if e := &list.Entries[i]; e.Rule == n.Rule {
			e.State, e.On, e.Until, e.By, e.Because = n.State, n.On, n.Until, n.By, n.Because
		}
	}
}

// papers keeps the forms of the Digital Maturity Assessment.
func (f *filling) papers(ctx context.Context, until time.Time) error {
	for _, a := range f.valley.Forms(f.chronicle.Questions, until) {
		if err := f.chronicle.Store.Assess(ctx, f.bodies[a.Domain], a); err != nil {
			return err
		}
	}
	return nil
}
