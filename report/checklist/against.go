package checklist

import (
	"slices"
	"time"

	"campanile/checks"
)

// Scan is what one scan found, for a checklist to be held against.
type Scan struct {
	Taken time.Time
	Seen  []Seen
	Left  []string // hosts that it knows to be there and did not look at
}

// Seen is one verdict of a scan.
type Seen struct {
	Rule    string
	Subject string
	Title   string // of the finding, for whoever reads the file
	Outcome checks.Outcome
}

// Result is what a scan says of one entry.
type Result struct {
	Entry  Entry // with what is said of its whole rule, where its own says nothing
	Status Status
	How    How       // what Fixed and Unknown rest on; empty for the others
	Since  time.Time // Fixed: the scan that found it mended first
}

// News reports whether the scan tells something that an earlier one had not.
func (r Result) News(taken time.Time) bool {
	return r.Status != Fixed || r.Since.Equal(moment(taken))
}

// Against holds a checklist against a scan: one result for each entry, in the
// order of the list, then one for each finding that is not on it yet. What the
// entry of a whole rule stands for has no entry of its own.
func Against(c *Checklist, s Scan) []Result {
	seen := indexed(s)
	var results []Result
	for _, e := range c.Entries {
		outcome, how := seen.of(c, e)
		if e.Subject == "" && outcome == "" {
			continue
		}
		if own, ok := c.of(e.Rule, e.Subject); ok && e.Subject != "" {
			e = own
		}
		results = append(results, judged(e, outcome, how, moment(s.Taken)))
	}
	return append(results, unlisted(c, s)...)
}

// unlisted gives the findings of a scan that no entry stands for.
func unlisted(c *Checklist, s Scan) []Result {
	var list []Result
	listed := map[string]bool{}
	for _, v := range s.Seen {
		if _, ok := c.of(v.Rule, v.Subject); ok || v.Outcome != checks.Fail || listed[Key(v.Rule, v.Subject)] {
			continue
		}
		listed[Key(v.Rule, v.Subject)] = true
		at := moment(s.Taken)
		list = append(list, Result{Entry: Entry{Rule: v.Rule, Subject: Spelled(v.Subject), Title: v.Title, First: at, Last: at}, Status: New})
	}
	return list
}

// index finds the outcomes of a scan by rule and subject, and by rule alone.
type index struct {
	exact map[string][]checks.Outcome
	rules map[string][]Seen
	left  []string
}

func indexed(s Scan) index {
	at := index{map[string][]checks.Outcome{}, map[string][]Seen{}, s.Left}
	for _, v := range s.Seen {
		at.exact[Key(v.Rule, v.Subject)] = append(at.exact[Key(v.Rule, v.Subject)], v.Outcome)
		at.rules[v.Rule] = append(at.rules[v.Rule], v)
	}
	return at
}

// of gives what was seen of an entry: there (fail), not there (pass), not known
// (inconclusive). The entry of a whole rule has no outcome where every subject
// has an entry of its own.
func (x index) of(c *Checklist, e Entry) (checks.Outcome, How) {
	if e.Subject == "" {
		return x.whole(c, e.Rule)
	}
	if outcomes := x.exact[Key(e.Rule, e.Subject)]; len(outcomes) > 0 {
		return together(outcomes)
	}
	// A subject that is no longer seen is not mended by that: it may be that
	// nobody looked, or could see it. Where the check passes everywhere, it is.
	if slices.ContainsFunc(x.left, func(host string) bool { return Key(e.Rule, host) == Key(e.Rule, e.Subject) }) {
		return checks.Inconclusive, NotSeen
	}
	outcomes := outcomesOf(x.rules[e.Rule])
	if outcome, how := together(outcomes); outcome == checks.Pass && how == Passed {
		return checks.Pass, Gone
	}
	return checks.Inconclusive, NotSeen
}

func (x index) whole(c *Checklist, rule string) (checks.Outcome, How) {
	others := slices.DeleteFunc(slices.Clone(x.rules[rule]), func(v Seen) bool {
		return slices.ContainsFunc(c.Entries, func(e Entry) bool {
			return e.Subject != "" && Key(e.Rule, e.Subject) == Key(v.Rule, v.Subject)
		})
	})
	switch {
	case len(others) > 0:
		return together(outcomesOf(others))
	case len(x.rules[rule]) == 0:
		return checks.Inconclusive, NotSeen
	}
	return "", ""
}

func outcomesOf(list []Seen) []checks.Outcome {
	outcomes := make([]checks.Outcome, len(list))
	for i, v := range list {
		outcomes[i] = v.Outcome
	}
	return outcomes
}

// together weighs several outcomes: one failure is enough to be there, one gap
// enough not to know.
func together(outcomes []checks.Outcome) (checks.Outcome, How) {
	switch {
	case slices.Contains(outcomes, checks.Fail):
		return checks.Fail, ""
	case slices.Contains(outcomes, checks.Inconclusive):
		return checks.Inconclusive, NotMeasured
	case slices.Contains(outcomes, checks.Pass):
		return checks.Pass, Passed
	case slices.Contains(outcomes, checks.NotApplicable):
		return checks.Pass, NotApplicable
	}
	return checks.Inconclusive, NotSeen
}

// judged gives the status of an entry of which this was seen.
func judged(e Entry, outcome checks.Outcome, how How, taken time.Time) Result {
	switch {
	case outcome == checks.Fail:
		return Result{Entry: e, Status: there(e, taken)}
	case outcome != checks.Pass:
		return Result{Entry: e, Status: Unknown, How: how}
	case taken.Before(e.Last):
		return Result{Entry: e, Status: Unknown, How: Later}
	case e.Fixed.IsZero():
		return Result{Entry: e, Status: Fixed, How: how, Since: taken}
	}
	return Result{Entry: e, Status: Fixed, How: how, Since: e.Fixed}
}

// there gives the status of an entry whose defect was seen.
func there(e Entry, taken time.Time) Status {
	switch {
	case e.State == Accepted && !day(taken).After(e.Until):
		return Excepted
	case !e.Fixed.IsZero() && taken.After(e.Fixed), !e.Back.IsZero() && taken.Equal(e.Back):
		return CameBack
	case e.State == Accepted:
		return Expired
	case e.State == Asked:
		return Waiting
	case e.State == Done && unverified(e, taken):
		return Ticked
	case e.State == Done:
		return StillThere
	case !e.First.IsZero() && taken.Equal(e.First):
		return New
	}
	return There
}

// unverified reports whether an entry was ticked after the scan, so that the scan
// cannot contradict it. Ticks are kept by the day: on the day of the scan itself
// only a scan that the list does not know yet is later than the tick.
func unverified(e Entry, taken time.Time) bool {
	return e.On.After(day(taken)) || e.On.Equal(day(taken)) && !taken.After(e.Last)
}
