package checks

import (
	"slices"

	"campanile/collectors/evidence"
)

// side is what one address showed, or all addresses of one name together.
type side struct {
	label       string
	fault       string               // of its certificate
	certificate evidence.Observation // seen: sound; absent: faulty
	// accepts says of the obsolete versions and weak classes that belong to the
	// scan whether they are taken.
	accepts map[string]evidence.Observation
}

// comparison is a set of sides that should not differ.
type comparison struct {
	kind  string
	sides []side
}

// nameInconsistent fails a site that depends on the way one comes: by IPv4 or by
// IPv6, with www or without. Two sound certificates may differ (a front of many
// servers, one certificate for each name); one that is valid here only, or an old
// version that is accepted there only, is a server that somebody forgot.
func nameInconsistent(b *evidence.Bundle) []Finding {
	_, by := webNames(b)
	return eachName(b, func(name string, endpoints []evidence.Endpoint) []Finding {
		comparisons := []comparison{{"addresses", sidesOf(b, endpoints)}}
		if www := "www." + name; name == b.Target.Domain && !withoutTLS(b, www) {
			comparisons = append(comparisons, comparison{"names", joined(
				side{label: name}, sidesOf(b, endpoints),
				side{label: www}, sidesOf(b, by[www]),
			)})
		}
		return compared(name, comparisons)
	})
}

// sidesOf gives what the addresses showed to which there is a way from here.
func sidesOf(b *evidence.Bundle, endpoints []evidence.Endpoint) []side {
	var sides []side
	for _, e := range endpoints {
		if handshake(e).Problem == evidence.NoRoute {
			continue
		}
		s := side{label: e.Address, accepts: map[string]evidence.Observation{}}
		if s.certificate = handshake(e); s.certificate.State == evidence.Seen {
			s.fault, s.certificate = validity(e.TLS, b.Taken)
		}
		for _, version := range obsolete {
			// Who hangs up over SSL 2.0 proves nothing and leaves nothing open, as
			// for the versions themselves.
			if o := e.Offer(version); partOfScan(e, version) && (version != obsolete[0] || !hungUp(o)) {
				s.accepts[version] = told(e, o.Observation)
			}
		}
		for _, class := range evidence.WeakClasses {
			s.accepts[class] = classOf(e, class)
		}
		sides = append(sides, s)
	}
	return sides
}

// classOf says whether a class of weak suites is accepted; who speaks TLS 1.3 alone
// accepts none.
func classOf(e evidence.Endpoint, class string) evidence.Observation {
	if speaksNone(e, old) {
		return evidence.Observation{State: evidence.Absent}
	}
	return told(e, offerOf(e.Accepts.Weak, class).Observation)
}

// joined makes one side of each name, where both have one.
func joined(apex side, first []side, www side, second []side) []side {
	if len(first) == 0 || len(second) == 0 {
		return nil
	}
	return []side{join(apex, first), join(www, second)}
}

// join says of a name what holds of any of its addresses, or of all.
func join(whole side, parts []side) side {
	whole.certificate, whole.accepts = sound(), map[string]evidence.Observation{}
	for _, p := range parts {
		if rank(p.certificate.State) > rank(whole.certificate.State) {
			whole.certificate, whole.fault = p.certificate, p.fault
		}
	}
	for _, what := range strengths() {
		all := sound()
		for _, p := range parts {
			if o, asked := p.accepts[what]; asked {
				all = graver(all, unwanted(o))
				whole.accepts[what] = unwanted(all)
			}
		}
	}
	return whole
}

// strengths lists what may be accepted on one side and refused on another.
func strengths() []string { return slices.Concat(obsolete, evidence.WeakClasses) }

// compared fails the name at the first difference, and clears it only where all
// is known of at least two sides.
func compared(name string, comparisons []comparison) []Finding {
	rest, measured := sound(), false
	for _, c := range comparisons {
		if len(c.sides) < 2 {
			continue
		}
		measured = true
		if facts := difference(c.sides); facts != nil {
			return fail(name, with(with(facts, "kind", c.kind), "host", name))
		}
		for _, s := range c.sides {
			rest = graver(rest, openOf(s))
		}
	}
	switch {
	case !measured:
		return notApplicable(name)
	case rest.State != evidence.Seen:
		return unknown(name, "tls "+name+":443", rest)
	}
	return pass(name, Facts{"host": name})
}

// difference tells what one side has and another provably has not; what is not
// known is no difference.
func difference(sides []side) Facts {
	at := func(state evidence.State, of func(side) evidence.Observation) int {
		return slices.IndexFunc(sides, func(s side) bool { return of(s).State == state })
	}
	certificate := func(s side) evidence.Observation { return s.certificate }
	if here, there := at(evidence.Absent, certificate), at(evidence.Seen, certificate); here >= 0 && there >= 0 {
		return Facts{"what": "certificate", "here": sides[here].label, "there": sides[there].label, "difference": sides[here].fault}
	}
	for _, what := range strengths() {
		accepted := func(s side) evidence.Observation { return s.accepts[what] }
		if here, there := at(evidence.Seen, accepted), at(evidence.Absent, accepted); here >= 0 && there >= 0 {
			return Facts{"what": "strength", "here": sides[here].label, "there": sides[there].label, "difference": what}
		}
	}
	return nil
}

// openOf gives what is not known of a side.
func openOf(s side) evidence.Observation {
	open := sound()
	if !s.certificate.Known() {
		open = s.certificate
	}
	for _, what := range strengths() {
		if o, asked := s.accepts[what]; asked && !o.Known() {
			open = graver(open, o)
		}
	}
	return open
}
