package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// tlsCipherWeak fails a server that accepts a suite which no server should (RFC
// 9325 section 4.1).
func tlsCipherWeak(b *evidence.Bundle) []Finding {
	return acceptance{versions: old, fact: "class", worst: evidence.WeakClasses, judge: func(e evidence.Endpoint) (evidence.Observation, Facts) {
		found, rest := weakSuites(e)
		if len(found) == 0 {
			return rest, nil
		}
		return defect(), Facts{"class": found[0].Class, "suites": listed(namesOf(found)), "exposures": suiteExposures(e)}
	}}.findings(b)
}

// weakSuites lists the weak suites that an endpoint accepts, the worst class
// first, and says what is known of the others.
func weakSuites(e evidence.Endpoint) (found []evidence.SuiteOffer, rest evidence.Observation) {
	rest = sound()
	for _, class := range evidence.WeakClasses {
		offer := offerOf(e.Accepts.Weak, class)
		switch offer.State {
		case evidence.Seen:
			found = append(found, offer)
		case evidence.NotAsked, evidence.Unknown:
			rest = graver(rest, told(e, offer.Observation))
		case evidence.Absent:
		}
	}
	names := chosen(e)
	if len(found) > 0 { // a list alone has no word on what is not in it
		names = takenSuites(e)
	}
	for _, name := range names {
		if suite, ok := records.SuiteByName(name); ok && suite.Weak() {
			found = append(found, evidence.SuiteOffer{Suite: name, Class: suite.Class})
		}
	}
	slices.SortStableFunc(found, func(a, b evidence.SuiteOffer) int {
		return slices.Index(evidence.WeakClasses, a.Class) - slices.Index(evidence.WeakClasses, b.Class)
	})
	return found, rest
}

func offerOf(weak []evidence.SuiteOffer, class string) evidence.SuiteOffer {
	for _, offer := range weak {
		if offer.Class == class {
			return offer
		}
	}
	return evidence.SuiteOffer{Class: class}
}

// chosen gives the suite of the ordinary handshake, if any.
func chosen(e evidence.Endpoint) []string {
	if e.TLS.State != evidence.Seen || e.TLS.Suite == "" {
		return nil
	}
	return []string{e.TLS.Suite}
}

// takenSuites lists the suites that the endpoint is known to take beside the
// answers about classes.
func takenSuites(e evidence.Endpoint) []string {
	list := chosen(e)
	for _, each := range e.Accepts.Suites {
		list = append(list, each.Suite)
	}
	return list
}

// mostListed is how many suites a text names; a server may take a hundred.
const mostListed = 8

func listed(names []string) string {
	if more := len(names) - mostListed; more > 0 {
		return fmt.Sprintf("%s … (+%d)", strings.Join(names[:mostListed], ", "), more)
	}
	return cmp.Or(strings.Join(names, ", "), "-")
}

func namesOf(offers []evidence.SuiteOffer) []string {
	var names []string
	for _, o := range offers {
		if o.Suite != "" && !slices.Contains(names, o.Suite) {
			names = append(names, o.Suite)
		}
	}
	return names
}

// tlsCipherOrder fails a server that takes a suite on its way out although a
// sound one was offered too, and it knows that one (RFC 9325 section 4.2).
func tlsCipherOrder(b *evidence.Bundle) []Finding {
	return acceptance{versions: old, judge: func(e evidence.Endpoint) (evidence.Observation, Facts) {
		switch o := e.Accepts.Order; {
		case o.State == evidence.Absent:
			return defect(), Facts{"preferred": cmp.Or(o.Preferred, "-"), "good": cmp.Or(o.Good, "-")}
		case o.State == evidence.Seen && o.Good == "" && !sounds(o.Preferred):
			return empty, nil // it knows no better: there is nothing to prefer
		default:
			return pointless(e, o.Observation), nil
		}
	}}.findings(b)
}

// sounds reports whether a suite is one to keep, as far as its name is known.
func sounds(name string) bool {
	suite, ok := records.SuiteByName(name)
	return !ok || !suite.Weak() && !suite.PhaseOut()
}

// pointless is told for a question that a collector leaves out where an earlier
// answer took its point: who has no suite on its way out has no wrong order, who
// signs nothing has no weak hash. Where the hello that would have shown it was lost,
// the order of suites is not known either.
func pointless(e evidence.Endpoint, o evidence.Observation) evidence.Observation {
	switch order := e.Accepts.Order.Observation; {
	case o != (evidence.Observation{}) || !e.Accepts.PhaseOut.Known():
		return told(e, o)
	case order.State == evidence.Unknown:
		return order
	}
	return empty
}

// suiteExposures lists the published attacks to which the accepted suites lay an
// endpoint open, whatever the version. They follow from what it accepts; nobody
// tried them. A short group of its own, the other way to LOGJAM, is told with the
// key exchange.
func suiteExposures(e evidence.Endpoint) string {
	return cmp.Or(strings.Join(records.Exposures(nil, acceptedSuites(e), 0), ", "), "-")
}

// versionExposures lists those to which the accepted versions lay an endpoint open:
// they go away with the versions.
func versionExposures(e evidence.Endpoint) string {
	var versions []string
	for _, o := range e.Offers {
		if o.State == evidence.Seen {
			versions = append(versions, o.Version)
		}
	}
	if e.TLS.State == evidence.Seen {
		versions = append(versions, e.TLS.Version)
	}
	suites := acceptedSuites(e)
	ofSuites := records.Exposures(nil, suites, 0)
	list := slices.DeleteFunc(records.Exposures(versions, suites, 0), func(attack string) bool { return slices.Contains(ofSuites, attack) })
	return cmp.Or(strings.Join(list, ", "), "-")
}

// acceptedSuites lists the suites, and the classes of suites, that an endpoint is
// known to accept.
func acceptedSuites(e evidence.Endpoint) []string {
	list := takenSuites(e)
	for _, o := range append(slices.Clone(e.Accepts.Weak), e.Accepts.PhaseOut) {
		if o.State == evidence.Seen {
			list = append(list, cmp.Or(o.Suite, o.Class))
		}
	}
	return list
}
