package mandate

import (
	"maps"
	"slices"
	"time"

	"campanile/cmd/internal/exit"
)

// Enough reports whether nothing has to be asked: what is not given may be left
// out, or something is proposed for it.
func (q Questions) Enough(given Answers) bool {
	return !slices.ContainsFunc(fields, func(f field) bool {
		return len(given[f.key]) == 0 && !f.may && q.proposal(f, q.Today) == ""
	})
}

// Take makes the mandate of answers that are enough, with what is proposed for
// the others. The name is that of the file that it will be.
func (q Questions) Take(name string, given Answers) (*Mandate, error) {
	all, first := Answers{}, q.Today
	maps.Copy(all, given)
	for _, f := range fields {
		if proposed := q.proposal(f, first); len(all[f.key]) == 0 && proposed != "" {
			all[f.key] = []string{proposed}
		}
		if given := all[f.key]; f.key == "from" && len(given) == 1 {
			if from, err := day(given[0]); err == nil {
				first = from
			}
		}
	}
	m, err := New(name, all)
	if err == nil {
		err = q.over(m)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// over refuses a mandate that would never count.
func (q Questions) over(m *Mandate) error {
	if first := today(q.Today); m.Until.Before(first) {
		return exit.Usagef("until: %s is over, today is %s; give a later last day", m.Until.Format(time.DateOnly), first.Format(time.DateOnly))
	}
	return nil
}

// proposal is what an empty answer means: today, three months from the first
// day, and what asks least.
func (q Questions) proposal(f field, first time.Time) string {
	switch f.key {
	case "from":
		return q.Today.Format(time.DateOnly)
	case "until":
		return first.AddDate(0, 0, defaultPeriod-1).Format(time.DateOnly)
	case "ssh_methods":
		return "no"
	}
	return ""
}
