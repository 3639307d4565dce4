package chronicle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/history"
	"campanile/report/score"
	"campanile/report/territory"
)

// Record judges a scan of a body, keeps it and writes down anew what is told of the
// body, as a whole or not at all. A run that has a result for the body already gives
// store.ErrDone, and nothing is kept.
func (c *Chronicle) Record(ctx context.Context, body, run int64, b *evidence.Bundle) (int64, error) {
	numbers, err := c.record(ctx, body, run, []*evidence.Bundle{b})
	if err != nil {
		return 0, err
	}
	return numbers[0], nil
}

// RecordAll records many scans of one body, in whatever order they come, and counts
// its history once. It is what Record would have made of them one by one.
func (c *Chronicle) RecordAll(ctx context.Context, body int64, list []*evidence.Bundle) error {
	if len(list) == 0 {
		return nil
	}
	_, err := c.record(ctx, body, 0, list)
	return err
}

func (c *Chronicle) record(ctx context.Context, body, run int64, list []*evidence.Bundle) ([]int64, error) {
	edition, err := c.edition(ctx)
	if err != nil {
		return nil, err
	}
	// What the rules did is told from what the town did on evidence that both editions
	// judged: the newest one is to be judged with this edition before the next one comes.
	// Where it is damaged nothing can be told, and that is no reason to look no more.
	if _, err := c.rejudge(ctx, edition, body); err != nil && !errors.Is(err, store.ErrDamaged) {
		return nil, err
	}
	kept := make([]store.Kept, len(list))
	for i, b := range list {
		if kept[i], err = c.judged(b, edition); err != nil {
			return nil, err
		}
	}
	numbers, err := c.Store.Record(ctx, body, run, kept, c.tell)
	if err != nil {
		return nil, err
	}
	return numbers, c.follow(ctx, body, 0)
}

// Rejudge judges the newest evidence of every body that was not judged with the rules
// of now, and says how many there were.
func (c *Chronicle) Rejudge(ctx context.Context) (int, error) {
	edition, err := c.edition(ctx)
	if err != nil {
		return 0, err
	}
	return c.rejudge(ctx, edition, 0)
}

// rejudge goes on where evidence is damaged, and says so at the end.
func (c *Chronicle) rejudge(ctx context.Context, edition history.Edition, body int64) (int, error) {
	scans, err := c.Store.Unjudged(ctx, edition.Digest, body)
	if err != nil {
		return 0, err
	}
	var damaged error
	done := 0
	for _, scan := range scans {
		switch err := c.again(ctx, edition, scan); {
		case err == nil:
			done++
		case errors.Is(err, store.ErrDamaged):
			damaged = errors.Join(damaged, err)
		default:
			return done, err
		}
	}
	return done, damaged
}

// again judges a scan with another edition of the rules.
func (c *Chronicle) again(ctx context.Context, edition history.Edition, scan int64) error {
	b, err := c.Store.Evidence(ctx, scan)
	if err != nil {
		return err
	}
	kept, err := c.judged(b, edition)
	if err != nil {
		return err
	}
	if err := c.Store.Rejudge(ctx, scan, kept, c.tell); err != nil {
		return fmt.Errorf("judging scan %d with the rules of now: %w", scan, err)
	}
	return nil
}

// edition is what verdicts of now depend on: the rules, and the program whose checks
// they weigh.
func (c *Chronicle) edition(ctx context.Context) (history.Edition, error) {
	return c.Store.Edition(ctx, strings.TrimSpace(c.Rules.Digest+" "+c.Tool.Version), c.Now())
}

// judged judges evidence and gathers what is to be kept of it. The store keeps times
// in seconds, and so a look has its own in seconds from the beginning.
func (c *Chronicle) judged(b *evidence.Bundle, edition history.Edition) (store.Kept, error) {
	verdicts := score.Judge(b, c.Rules)
	summary := score.Summarise(verdicts, c.Rules.Grades)
	look := history.Judged(b, verdicts, report.Left(b), edition)
	look.Taken = b.Taken.UTC().Truncate(time.Second)
	companies, err := companiesOf(territory.TownOf(report.Input{Bundle: b, Verdicts: verdicts}))
	return store.Kept{Bundle: b, Judgement: store.Judged(c.Rules.Digest, verdicts, summary), Look: look, Companies: companies}, err
}

// tell counts what is told of a body out of all looks at it.
func (c *Chronicle) tell(looks []history.Look) store.Story {
	s := store.Story{
		Points: history.Trend(looks, c.Rules.Grades), Changes: history.Changes(looks),
		Pending: history.Pending(looks), Expiries: history.Expiring(looks),
	}
	s.Trend = packed(s.Points, s.Changes)
	return s
}
