// Package declaration reads what a public body publishes about the accessibility
// of its site: the links of its pages, the French mention, and the text of the
// declaration itself (Directive (EU) 2016/2102 art. 7; model: annex of Decision
// (EU) 2018/1523; Italy: L. 4/2004 art. 3-quater; France: loi 2005-102 art. 47).
//
// It is given links and text that a page reader took from a page. It must not
// reach the network, read HTML or look at the clock.
package declaration

// State is what is known of something, in the words of the evidence.
type State string

// What can be known.
const (
	Seen    State = "seen"    // it is there
	Absent  State = "absent"  // the whole was read and it is not there
	Unknown State = "unknown" // it cannot be told: a page cut short, or made by script
)

// absentIn is the state of what was not found.
func absentIn(whole bool) State {
	if whole {
		return Absent
	}
	return Unknown
}

// Link is one anchor of a page. Its fields are those of the evidence, so that
// one converts into the other.
type Link struct {
	URL   string // absolute
	Raw   string // the href as written, when it is not an address ("#", "javascript:")
	Text  string // visible and hidden text
	Place string // header, nav, main, footer
	Mark  string // data-element of the Italian municipal model
}

// Status is how far a site meets its requirements, as its declaration says.
type Status string

// The statuses of the model (Decision (EU) 2018/1523, annex, section 1), and two
// that only real declarations have.
const (
	Full          Status = "full"
	Partial       Status = "partial"
	None          Status = "none"
	NotFull       Status = "not-full"      // «not fully»: less than full, more is not said
	Contradictory Status = "contradictory" // two of them: a person must read it
)

// sum makes one status of several. What is «not fully» may be partial or none,
// and is no contradiction to either.
func sum(all []Status) Status {
	total := Status("")
	for _, s := range all {
		switch {
		case total == "" || total == NotFull && (s == Partial || s == None):
			total = s
		case s == total || s == NotFull && (total == Partial || total == None):
		default:
			return Contradictory
		}
	}
	return total
}
