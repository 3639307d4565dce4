package evidence

import "time"

// State says what is known about one question. The zero value means that the
// question was not asked. Unknown is never a failure and never a pass.
type State string

const (
	// NotAsked is the zero value: nobody asked, Problem may say why.
	NotAsked State = ""
	// Seen means that the thing was there.
	Seen State = "seen"
	// Absent means an authoritative no: the server that must know said so.
	Absent State = "absent"
	// Unknown means that the question was asked and the answer cannot be used.
	Unknown State = "unknown"
)

// Problem is the reason why something is not known.
type Problem string

// The problems that a collector may report. A report explains each of them in
// the reader's language, so a new one needs a sentence in report/words.
const (
	Timeout        Problem = "timeout"             // no answer within the deadline
	Refused        Problem = "refused"             // connection refused, or DNS REFUSED
	Reset          Problem = "reset"               // connection reset by the other side
	Closed         Problem = "closed"              // the other side hung up in the middle
	NoRoute        Problem = "no-route"            // this vantage point has no way to the address
	NoAddress      Problem = "no-address"          // the name has no address to connect to
	ServFail       Problem = "servfail"            // DNS SERVFAIL from every resolver asked
	Bogus          Problem = "bogus"               // DNSSEC data that does not fit the trust anchor
	NoDNSSEC       Problem = "no-dnssec"           // the resolver does not pass DNSSEC data on
	Malformed      Problem = "malformed"           // an answer that breaks its own protocol
	TLSAlert       Problem = "tls-alert"           // the server ended the handshake with an alert
	Firewall       Problem = "blocked-by-firewall" // a page or banner that belongs to a firewall
	RateLimited    Problem = "rate-limited"        // 429, 421 and the like: we were told to slow down
	ServerBusy     Problem = "server-error"        // a temporary error that the server itself reports
	TooLarge       Problem = "too-large"           // longer than what we are willing to read
	TooMany        Problem = "too-many"            // a loop or tree longer than what we follow
	NotPermitted   Problem = "not-permitted"       // Permit said no: reserved range, opt-out, outside the mandate
	BudgetSpent    Problem = "budget-spent"        // the budget for this address is used up
	EngineAbsent   Problem = "engine-absent"       // the program that would look is not installed here
	EngineFailed   Problem = "engine-failed"       // it crashed, hung, or spoke garbage
	NotToBeAsked   Problem = "not-to-be-asked"     // a question could disturb what is there, or would be a login
	Tarpit         Problem = "tarpit"              // the address answers on every port, so no answer means anything
	NotInProfile   Problem = "not-in-profile"      // the chosen profile does not go that far
	Unreadable     Problem = "unreadable"          // the page needs a browser, or its footer comes by script
	RobotsRefuse   Problem = "robots"              // robots.txt asks programs to stay away, or could not be read (RFC 9309)
	SharedHost     Problem = "shared-host"         // others live at the address, and the mandate does not name it
	NoMandate      Problem = "no-mandate"          // the question needs a permission that nobody gave
	Stopped        Problem = "stopped"             // somebody asked to stop
	Interrupted    Problem = "interrupted"         // the user or a deadline stopped the scan before the question
	NotGuessable   Problem = "not-guessable"       // it may be there under a name that nobody can guess
	DependsOnOther Problem = "depends-on-unknown"  // another answer that this one needs is not known
)

// Problems lists every problem code, in the order in which reports explain them.
var Problems = []Problem{
	Timeout, Refused, Reset, Closed, NoRoute, NoAddress, ServFail, Bogus, NoDNSSEC, Malformed, TLSAlert, Firewall,
	RateLimited, ServerBusy, TooLarge, TooMany, NotPermitted, BudgetSpent, EngineAbsent, EngineFailed, NotToBeAsked, Tarpit, NotInProfile, Unreadable,
	RobotsRefuse, SharedHost, NoMandate, Stopped, Interrupted, NotGuessable, DependsOnOther,
}

// Observation is one question with its state, its time and, where the state is
// unknown, the problem. Detail is for a technician, in English, at most
// MaxDetail bytes.
type Observation struct {
	State   State     `json:"state,omitempty"`
	Problem Problem   `json:"problem,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// SeenAt is the observation of something that was there.
func SeenAt(at time.Time) Observation { return Observation{State: Seen, At: stamp(at)} }

// AbsentAt is the observation of an authoritative no.
func AbsentAt(at time.Time) Observation { return Observation{State: Absent, At: stamp(at)} }

// UnknownAt is the observation of a question that got no usable answer.
func UnknownAt(at time.Time, why Problem, detail string) Observation {
	return Observation{State: Unknown, Problem: why, Detail: Clip(detail, MaxDetail), At: stamp(at)}
}

// Skipped is a question that was not asked, with the reason.
func Skipped(why Problem, detail string) Observation {
	return Observation{Problem: why, Detail: Clip(detail, MaxDetail)}
}

// Known reports whether the observation settles its question.
func (o Observation) Known() bool { return o.State == Seen || o.State == Absent }

// stamp keeps whole seconds in UTC: evidence is dated, not timed.
func stamp(at time.Time) time.Time { return at.UTC().Truncate(time.Second) }
