// Package checklist is the memory of a municipality between two scans: what was
// ticked, asked of a supplier or accepted for a time, and who looked at the
// results when. It holds that against new verdicts, and is pure.
package checklist

import (
	"slices"
	"strings"
	"time"
)

// Checklist is what is kept for one municipality.
type Checklist struct {
	Domain  string
	Name    string
	Entries []Entry
	Reviews []Review
}

// State is what people say of an entry.
type State string

// The states.
const (
	Open     State = ""         // nobody has said anything
	Done     State = "done"     // mended, they say
	Asked    State = "asked"    // the supplier was asked
	Accepted State = "accepted" // an exception: known, and left so until a date
)

// Entry is one finding that was on the checklist at least once.
type Entry struct {
	Rule    string
	Subject string    // "" stands for every subject of the rule that has no entry of its own
	Title   string    // for whoever reads the file; nothing depends on it
	State   State     // what people say of it
	On      time.Time // a day: when it was mended or asked
	Until   time.Time // a day: the last one on which an exception holds
	By      string    // who ticked, asked or accepted
	Because string    // why it is accepted
	First   time.Time // the scan that saw it first
	Last    time.Time // the scan that saw it last
	Fixed   time.Time // the scan that found it mended; zero while it is there
	Back    time.Time // the scan that found it again after it was mended; zero where none did
}

// Review says that a person looked at the results of a scan: what makes the
// answer truthful that threats are monitored regularly (item 8.4 of the Digital
// Maturity Assessment).
type Review struct {
	On       time.Time // a day
	By       string
	Taken    time.Time // when the evidence was taken
	Evidence string    // its digest
	Note     string
}

// Looked adds a review. One that stands there already does not become a second
// look by being noted again.
func (c *Checklist) Looked(r Review) {
	r.On, r.Taken = day(r.On), moment(r.Taken)
	if !slices.ContainsFunc(c.Reviews, r.is) {
		c.Reviews = append(c.Reviews, r)
	}
}

func (r Review) is(other Review) bool {
	return r.On.Equal(other.On) && r.Taken.Equal(moment(other.Taken)) && r.By == other.By && r.Evidence == other.Evidence && r.Note == other.Note
}

// Status is what the newest verdicts say of an entry.
type Status string

// The statuses.
const (
	New        Status = "new"         // there, and was not on the list before
	There      Status = "there"       // there, and nobody has said anything of it yet
	Fixed      Status = "fixed"       // was there, and is no longer
	StillThere Status = "still-there" // ticked as done, and there all the same
	Ticked     Status = "ticked"      // ticked as done after this scan was made: the next one verifies it
	CameBack   Status = "came-back"   // an earlier scan found it mended, and it is there again
	Waiting    Status = "waiting"     // the supplier was asked, and it is there
	Excepted   Status = "accepted"    // there, and accepted until a day that has not passed
	Expired    Status = "expired"     // there, and the day until which it was accepted has passed
	Unknown    Status = "unknown"     // could not be measured this time: neither mended nor there
)

// How says what a status rests on, where one word is not enough.
type How string

// The reasons.
const (
	Passed        How = "passed"         // the check passes
	NotApplicable How = "not-applicable" // the question no longer makes sense there
	Gone          How = "gone"           // no longer seen, and the check passes everywhere else
	NotMeasured   How = "not-measured"   // it could not be measured
	NotSeen       How = "not-seen"       // nothing was seen of it, neither good nor bad
	Later         How = "later"          // a later scan has seen it: this one cannot say that it is mended
)

// Key makes two entries the same where checks.Finding.Key does.
func Key(rule, subject string) string {
	return rule + "@" + strings.TrimSuffix(strings.ToLower(Spelled(subject)), ".")
}

// maxSubject bounds a subject in a file, in bytes.
const maxSubject = 2000

// Spelled is a subject as a file can hold it: evidence of strangers can hold
// anything.
func Spelled(subject string) string {
	text := strings.ToValidUTF8(subject, "\uFFFD")
	return strings.ToValidUTF8(text[:min(len(text), maxSubject)], "")
}

// moment is a point in time as a file holds it, in whole seconds.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// day is the day of a point in time.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// Excepts reports whether a finding is under an exception on a day. An exception
// holds until the end of its last day; one without an end never holds.
func (c *Checklist) Excepts(rule, subject string, on time.Time) bool {
	if c == nil {
		return false
	}
	e, ok := c.of(rule, subject)
	return ok && e.State == Accepted && !day(on).After(e.Until)
}

// Known is the newest scan that the checklist tells of; zero where none is.
func (c *Checklist) Known() time.Time {
	var newest time.Time
	for _, e := range c.Entries {
		for _, t := range []time.Time{e.First, e.Last, e.Fixed, e.Back} {
			newest = later(newest, t)
		}
	}
	for _, r := range c.Reviews {
		newest = later(newest, r.Taken)
	}
	return newest
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// of gives what is said of a finding: by its own entry, or by that of the whole
// rule where its own says nothing.
func (c *Checklist) of(rule, subject string) (Entry, bool) {
	var own, whole *Entry
	for i := range c.Entries {
		switch e := &c.Entries[i]; {
		case e.Rule != rule:
		case e.Subject == "":
			whole = e
		case Key(e.Rule, e.Subject) == Key(rule, subject):
			own = e
		}
	}
	switch {
	case own == nil && whole == nil:
		return Entry{}, false
	case own == nil:
		return *whole, true
	case own.State == Open && whole != nil:
		return said(*own, *whole), true
	}
	return *own, true
}

// said is an entry with what people say of its whole rule.
func said(own, whole Entry) Entry {
	own.State, own.On, own.Until, own.By, own.Because = whole.State, whole.On, whole.Until, whole.By, whole.Because
	return own
}
