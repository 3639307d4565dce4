package mandate

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"campanile/cmd/internal/exit"
	"campanile/collectors/evidence"
)

// Reason is why a mandate does not allow something.
type Reason string

// The reasons.
const (
	Absent         Reason = "absent"          // there is no mandate
	NotBegun       Reason = "not-begun"       // its first day is to come
	Expired        Reason = "expired"         // its last day is over
	NameOutside    Reason = "name-outside"    // a name that it does not cover
	AddressOutside Reason = "address-outside" // an address that it does not name
	SharedAddress  Reason = "shared-host"     // others live there too, and it does not name it as shared
)

// Refusal is something that the mandate does not allow, and what to do about it.
type Refusal struct {
	Reason  Reason
	Subject string // the name or address; empty where the whole mandate does not count
	text    string
}

// String names the thing and says the next step.
func (r Refusal) String() string { return r.text }

// Problem is the refusal as evidence states it.
func (r Refusal) Problem() evidence.Problem {
	switch r.Reason {
	case SharedAddress:
		return evidence.SharedHost
	case NameOutside, AddressOutside:
		return evidence.NotPermitted
	default:
		return evidence.NoMandate
	}
}

// Place is an address that somebody wants to look at.
type Place struct {
	Address netip.Addr
	Shared  bool // others than the body are known to live there
}

// Check gives what the mandate does not allow, nothing if it allows all of it.
// Days are those of the clock that now comes from; without a mandate nothing is
// allowed.
func (m *Mandate) Check(now time.Time, names []string, places []Place) []Refusal {
	if m == nil {
		return []Refusal{{Reason: Absent, text: `no mandate: give the file with --mandate, or make one with "campanile mandate new"`}}
	}
	refusals := m.dated(now)
	for _, name := range names {
		if !m.Names(name) {
			refusals = append(refusals, Refusal{NameOutside, name, fmt.Sprintf("%s: %s is outside it, which covers %s; scan it without --profile full, or ask for a letter that names it with \"campanile mandate new\"",
				m.File, name, strings.Join(m.Domains, ", "))})
		}
	}
	for _, place := range places {
		if refusal, refused := m.placed(place); refused {
			refusals = append(refusals, refusal)
		}
	}
	return refusals
}

// dated holds the days of the mandate against today.
func (m *Mandate) dated(now time.Time) []Refusal {
	today := now.Format(time.DateOnly)
	first, last := m.From.Format(time.DateOnly), m.Until.Format(time.DateOnly)
	switch {
	case today < first:
		return []Refusal{{NotBegun, "", fmt.Sprintf("%s: authorised from %s, today is %s; wait until then, or scan without --profile full", m.File, first, today)}}
	case today > last:
		return []Refusal{{Expired, "", fmt.Sprintf(`%s: authorised until %s, today is %s; ask for a new letter with "campanile mandate new"`, m.File, last, today)}}
	}
	return nil
}

// Names reports whether the mandate covers a name: one of its domains, or a name
// below it.
func (m *Mandate) Names(name string) bool {
	return below(name, m.Domains)
}

func below(name string, domains []string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for _, domain := range domains {
		if name == domain || strings.HasSuffix(name, "."+domain) {
			return true
		}
	}
	return false
}

// placed says what stands against an address. That others live there counts
// more than the body's own list: it cannot speak for them.
func (m *Mandate) placed(p Place) (refusal Refusal, refused bool) {
	at := plain(p.Address)
	switch {
	case m.shares(at), !p.Shared && m.own(at):
		return Refusal{}, false
	case p.Shared:
		return Refusal{SharedAddress, at.String(), fmt.Sprintf("%s: others live at %s too; ask whoever keeps that server with the words of \"campanile mandate show %s --ask-host %s\", and name it under shared_hosts with who agreed", m.File, at, m.File, at)}, true
	}
	return Refusal{AddressOutside, at.String(), fmt.Sprintf("%s: %s is not among its addresses; ask whoever keeps the network whether it is the body's own, and ask for a letter that names it with \"campanile mandate new\"", m.File, at)}, true
}

// Refused makes of refusals the error that ends the program before anything is
// sent: nil where there are none.
func Refused(refusals []Refusal) error {
	if len(refusals) == 0 {
		return nil
	}
	list := make([]error, len(refusals))
	for i, refusal := range refusals {
		list[i] = errors.New(refusal.text)
	}
	return exit.Usagef("%w", errors.Join(list...))
}
