// Package checklist is the memory of a municipality between two scans: what was
// ticked, asked of a supplier or accepted for a time, and who looked at the
// results when. It holds that against new verdicts, and is pure.
package checklist

import "time"

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
	Subject string    // "" stands for every subject of the rule
	Title   string    // for whoever reads the file; nothing depends on it
	State   State     //
	On      time.Time // a day: when it was mended or asked
	Until   time.Time // a day: the last one on which an exception holds
	By      string    // who ticked, asked or accepted
	Because string    // why it is accepted
	First   time.Time // the scan that saw it first
	Last    time.Time // the scan that saw it last
	Fixed   time.Time // the scan that found it mended; zero while it is there
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

// Status is what the newest verdicts say of an entry.
type Status string

// The statuses.
const (
	New        Status = "new"         // there, and was not on the list before
	There      Status = "there"       // there, and nobody has said anything of it yet
	Fixed      Status = "fixed"       // was there, and is no longer
	StillThere Status = "still-there" // ticked as done, and there all the same
	CameBack   Status = "came-back"   // an earlier scan found it mended, and it is there again
	Waiting    Status = "waiting"     // the supplier was asked, and it is there
	Excepted   Status = "accepted"    // there, and accepted until a day that has not passed
	Expired    Status = "expired"     // there, and the day until which it was accepted has passed
	Unknown    Status = "unknown"     // could not be measured this time: neither mended nor there
)
