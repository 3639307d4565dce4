package history

import (
	"time"

	"campanile/checks"
)

// expiring is the rule whose finding names the day on which a certificate ends.
const expiring = "tls-certificate-expiring"

// Expiry is a certificate that is about to expire, and that nobody seems to renew.
type Expiry struct {
	Subject   string
	Ends      string    // the day, as 2006-01-02
	Since     time.Time // the first of the looks that agree
	Confirmed time.Time // the last of them
}

// Expiring tells of certificates about to expire, once for each host and day of
// expiry, oldest first. Nothing moved in the town, only time; it takes two looks all
// the same, as a host may answer now with the old certificate and now with a new one.
func Expiring(looks []Look) []Expiry { return walk(looks, nil).expiries }

// expiry gives the day of expiry that the newest readings agree on, the first time
// that they do.
func (s *standing) expiry(at point) (Expiry, bool) {
	last := s.tail()
	if at.rule != expiring || last == nil {
		return Expiry{}, false
	}
	newest := last[len(last)-1]
	if newest.ends == "" || s.told[newest.ends] {
		return Expiry{}, false
	}
	for _, r := range last {
		if r.outcome != checks.Fail || r.ends != newest.ends {
			return Expiry{}, false
		}
	}
	if s.told == nil {
		s.told = map[string]bool{}
	}
	s.told[newest.ends] = true
	return Expiry{at.subject, newest.ends, last[0].taken, newest.taken}, true
}
