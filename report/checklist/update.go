package checklist

import (
	"slices"
	"time"
)

// Update gives the checklist as it stands after a scan, and what the scan said
// of each entry. Everything that people have written stays; so does the
// checklist that was given.
func Update(c *Checklist, s Scan) (*Checklist, []Result) {
	results := Against(c, s)
	after := &Checklist{Domain: c.Domain, Name: c.Name, Entries: slices.Clone(c.Entries), Reviews: slices.Clone(c.Reviews)}
	for _, r := range results {
		i := slices.IndexFunc(after.Entries, func(e Entry) bool { return Key(e.Rule, e.Subject) == Key(r.Entry.Rule, r.Entry.Subject) })
		if i < 0 {
			after.Entries = append(after.Entries, r.Entry)
			continue
		}
		after.Entries[i].note(r, moment(s.Taken))
	}
	return after, results
}

// note writes down what a scan has seen. An older scan than the newest one that
// is known changes nothing that the newer has said.
func (e *Entry) note(r Result, taken time.Time) {
	switch r.Status {
	case Unknown:
	case Fixed:
		e.Fixed = r.Since
	case New, There, StillThere, Ticked, CameBack, Waiting, Excepted, Expired:
		if e.First.IsZero() || taken.Before(e.First) {
			e.First = taken
		}
		e.Last = later(e.Last, taken)
		if !e.Fixed.IsZero() && taken.After(e.Fixed) {
			e.Fixed, e.Back = time.Time{}, taken
		}
	}
}
