// Package mandate holds who authorised a look at which services, until when: it
// reads and writes the file, writes the letter to sign, and says what lies
// outside. It never contacts anybody, and it lets nothing pass that the file
// does not name.
package mandate

import (
	"net/netip"
	"time"

	"campanile/collectors/evidence"
)

// Mandate is the permission of a body to look at its services. Every text in it
// is one line without control characters.
type Mandate struct {
	File   string // where it was read; empty for one that was just made
	Digest string // sha256:… of the file

	Body      string
	Domains   []string // ASCII form; each stands for itself and every name below it
	Addresses []netip.Prefix
	Shared    []SharedHost // servers of others too, whose keeper agreed
	By        string       // who authorises
	Role      string       // of who authorises
	From      time.Time    // first day, at midnight in UTC
	Until     time.Time    // last day, at midnight in UTC; the day itself counts
	Contact   string       // whoever carries it out, and where to stop it

	SSHMethods bool // SSH servers may be asked once which ways to log in they offer
}

// SharedHost is a server on which others live too. A body cannot authorise a
// look at it alone.
type SharedHost struct {
	Address netip.Addr
	Owner   string // who keeps the server
	Agreed  string // who there agreed, when and how
}

// The bounds of a mandate. A longer or wider one is no longer a decision of
// somebody who knew what it was about.
const (
	maxYears      = 1
	narrowest4    = 24 // bits of the widest IPv4 network
	narrowest6    = 56 // bits of the widest IPv6 network
	maxText       = 200
	maxList       = 100
	defaultPeriod = 90 // days
)

// Evidence is what a scan keeps of the mandate: the role, not the person.
func (m *Mandate) Evidence() evidence.Mandate {
	return evidence.Mandate{
		Body: m.Body, By: m.Role, Digest: m.Digest,
		From: m.From.Format(time.DateOnly), Until: m.Until.Format(time.DateOnly),
	}
}

// End is the first moment after the mandate, by the clock of a place: a scan
// that is still running then must end.
func (m *Mandate) End(place *time.Location) time.Time {
	year, month, day := m.Until.Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, place)
}

// Covers reports whether the mandate names the address, as the body's own or as
// a shared one whose keeper agreed.
func (m *Mandate) Covers(address netip.Addr) bool {
	return m.own(address) || m.shares(address)
}

func (m *Mandate) own(address netip.Addr) bool {
	address = plain(address)
	for _, network := range m.Addresses {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

func (m *Mandate) shares(address netip.Addr) bool {
	for _, host := range m.Shared {
		if host.Address == plain(address) {
			return true
		}
	}
	return false
}

// plain gives the form in which addresses are compared (RFC 4291 section
// 2.5.5.2: an IPv4 address may come dressed as IPv6). A zone stays, so that an
// address with one is in no network.
func plain(address netip.Addr) netip.Addr { return address.Unmap() }
