package chronicle

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"campanile/cmd/internal/store"
	"campanile/report/opendata"
	"campanile/report/score/dma"
	"campanile/rules"
)

// OpenData gathers what open data are made from, at the ends of so many months and
// now. Who publishes them, under which name and licence, is for the caller to fill in.
func (c *Chronicle) OpenData(ctx context.Context, f store.Filter, themes []rules.Theme, months int) (opendata.Input, error) {
	in := opendata.Input{
		Issued: c.Now(), Tool: c.Tool, Rules: c.Rules.Digest,
		Months: opendata.Months(c.Now(), months), Subjects: opendata.Subjects(c.Rules, themes),
	}
	for _, g := range c.Rules.Grades {
		in.Grades = append(in.Grades, g.Grade)
	}
	towns, _, err := c.Store.Towns(ctx, f, time.Time{}, store.Page{})
	if err != nil {
		return in, err
	}
	for _, t := range towns {
		looks, err := c.Store.Looks(ctx, t.ID)
		if err != nil {
			return in, fmt.Errorf("the history of %s: %w", t.Domain, err)
		}
		forms, err := c.Store.Assessments(ctx, t.ID)
		if err != nil {
			return in, fmt.Errorf("the forms of %s: %w", t.Domain, err)
		}
		one := opendata.Town{
			Country: t.Country, Area: cmp.Or(t.Province, t.Department), Population: t.Population,
			Months: opendata.Standings(looks, in.Months, in.Subjects, c.Rules.Grades),
		}
		if one.Points, one.Filled, err = c.points(forms); err != nil {
			return in, fmt.Errorf("the forms of %s: %w", t.Domain, err)
		}
		in.Towns = append(in.Towns, one)
	}
	return in, nil
}

// points gives the overall points of the newest form of the edition in use.
func (c *Chronicle) points(forms []dma.Assessment) (points float64, filled bool, err error) {
	for i := len(forms) - 1; i >= 0 && c.Questions != nil; i-- {
		if !strings.EqualFold(forms[i].Form, c.Questions.Form) {
			continue
		}
		result, err := dma.Score(c.Questions, forms[i].Answers)
		return result.Overall, err == nil, err
	}
	return 0, false, nil
}
