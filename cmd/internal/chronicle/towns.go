package chronicle

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"campanile/checks"
	"campanile/cmd/internal/store"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/report/territory"
	"campanile/rules"
)

// companiesOf divides a town by the companies that were recognised there, and adds the
// town as a whole.
func companiesOf(t territory.Town) ([]store.Company, error) {
	whole, err := sightOf(t, t.Verdicts).marshal()
	if err != nil {
		return nil, err
	}
	list := []store.Company{{Document: whole}}
	for _, company := range t.Companies() {
		document, err := sightOf(t, company.Verdicts).marshal()
		if err != nil {
			return nil, err
		}
		list = append(list, store.Company{ID: company.ID, IDs: company.IDs, Document: document})
	}
	return list, nil
}

func sightOf(t territory.Town, verdicts []score.Verdict) *sight {
	s := &sight{Target: t.Target, Taken: t.Taken, Suppliers: t.Suppliers, Platforms: t.Platforms, Addresses: map[string][]string{}}
	passed, open := map[string]int{}, map[string]int{}
	for _, v := range verdicts {
		switch v.Outcome {
		case checks.Fail:
			s.Failing = append(s.Failing, failure{v.Finding.Rule, v.Subject, v.Severity, v.Facts})
			if name, addresses := t.Reached(v.Subject); len(addresses) > 0 {
				s.Addresses[name] = addresses
			}
		case checks.Pass:
			passed[v.Finding.Rule]++
		case checks.Inconclusive:
			open[v.Finding.Rule]++
		case checks.NotApplicable:
		}
	}
	s.Passed, s.Open = tallied(passed), tallied(open)
	return s
}

// reading turns sights back into towns.
type reading struct {
	rules map[string]*rules.Rule
	// asked holds the rules of which it matters whether they are open; nil means all.
	asked map[string]bool
}

// town is the inverse of sightOf, without what the town has accepted. A rule that
// there is no longer is left out with its verdicts.
func (r reading) town(s *sight, accepted *checklist.Checklist) territory.Town {
	t := territory.Town{Target: s.Target, Taken: s.Taken, Suppliers: s.Suppliers, Platforms: s.Platforms, Addresses: s.Addresses}
	t.Verdicts = make([]score.Verdict, 0, len(s.Failing)+len(r.asked))
	for _, f := range s.Failing {
		if rule := r.rules[f.Rule]; rule != nil && !accepted.Excepts(f.Rule, f.Subject, s.Taken) {
			finding := checks.Finding{Rule: f.Rule, Subject: f.Subject, Outcome: checks.Fail, Facts: f.Facts}
			t.Verdicts = append(t.Verdicts, score.Verdict{Finding: finding, Rule: rule, Severity: f.Severity})
		}
	}
	add := func(outcome checks.Outcome, counts tally) {
		counts.each(func(id string, n int) {
			rule := r.rules[id]
			if rule == nil || r.asked != nil && !r.asked[id] {
				return
			}
			for range n {
				t.Verdicts = append(t.Verdicts, score.Verdict{Finding: checks.Finding{Rule: id, Outcome: outcome}, Rule: rule})
			}
		})
	}
	add(checks.Pass, s.Passed)
	add(checks.Inconclusive, s.Open)
	return t
}

// towns gives the towns that a filter lets through, as far as one company goes; the
// empty ID gives them whole.
func (c *Chronicle) towns(ctx context.Context, f store.Filter, company string) ([]territory.Town, error) {
	kept, err := c.Store.Companies(ctx, f, company)
	if err != nil {
		return nil, err
	}
	accepted, err := c.accepted(ctx, f)
	if err != nil {
		return nil, err
	}
	sights := make([]sight, len(kept))
	err = abreast(len(kept), func(i int) error {
		if err := sights[i].unmarshal(kept[i].Document); err != nil {
			return fmt.Errorf("what is known of body %d: %w (%w)", kept[i].Body, store.ErrDamaged, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	r := reading{rules: make(map[string]*rules.Rule, len(c.Rules.Rules))}
	for _, rule := range c.Rules.Rules {
		r.rules[rule.ID] = rule
	}
	if company != "" { // it is asked for what it fails somewhere, and for nothing else
		r.asked = map[string]bool{}
		for i := range sights {
			for _, f := range sights[i].Failing {
				r.asked[f.Rule] = true
			}
		}
	}
	towns := make([]territory.Town, len(kept))
	return towns, abreast(len(kept), func(i int) error {
		towns[i] = r.town(&sights[i], accepted[kept[i].Body])
		return nil
	})
}

// abreast does something for each of n places, as many at once as there are
// processors: reading the towns of a nation takes most of the time of a page.
func abreast(n int, do func(i int) error) error {
	var group errgroup.Group
	workers := runtime.GOMAXPROCS(0)
	for first := range workers {
		group.Go(func() error {
			for i := first; i < n; i += workers {
				if err := do(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// accepted gives what towns left so until a day, as checklists of nothing else.
func (c *Chronicle) accepted(ctx context.Context, f store.Filter) (map[int64]*checklist.Checklist, error) {
	list, err := c.Store.Exceptions(ctx, f)
	byBody := map[int64]*checklist.Checklist{}
	for _, e := range list {
		if byBody[e.Body] == nil {
			byBody[e.Body] = &checklist.Checklist{}
		}
		byBody[e.Body].Entries = append(byBody[e.Body].Entries, e.Entry)
	}
	return byBody, err
}

// territory is the input of report/territory on some towns.
func (c *Chronicle) territory(towns []territory.Town, l rules.Language) territory.Input {
	return territory.Input{Towns: towns, Rules: c.Rules, Language: l, Tool: c.Tool, Sender: c.Sender}
}
