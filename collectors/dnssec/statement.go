package dnssec

import (
	"fmt"

	"github.com/miekg/dns"
)

// verb is what signed records say of a name.
type verb int

const (
	silent verb = iota // nothing
	exists             // it has records, of the types listed
	empty              // it has none, and names below it exist
	absent             // it does not exist
)

// statement is what the NSEC or NSEC3 records of a denial say of one name.
type statement struct {
	verb     verb
	types    []uint16 // at the name, when it exists
	encloser string   // the closest name above that exists, when it does not
	optedOut bool     // or it is an unsigned delegation (RFC 5155 section 6)
	record   string   // the record that says so, for people
}

// meaning is what a denial proves.
type meaning int

const (
	unproven     meaning = iota // not what the answer claims
	proven                      // what the answer claims
	overIterated                // nothing: it hashes more often than validators accept
	tooLong                     // nothing: it would take more hashing than we do
)

// maxIterations is the number of NSEC3 iterations above which validators treat
// the zone as unsigned (RFC 9276 section 3.2); BIND 9.18 has the same bound.
const maxIterations = 150

// denies holds the denial against an answer that says that the name has no
// record of the type, or, with nxdomain, that it does not exist at all.
func (d *denial) denies(name string, kind uint16, nxdomain bool) (meaning, string) {
	s := d.of(name)
	switch s.verb {
	case exists:
		return proof(d.absentAt(s, kind, name, nxdomain)), s.record
	case empty:
		return proof(!nxdomain), s.record
	case absent:
		return d.withoutWildcard(s, kind, nxdomain), s.record
	case silent:
	}
	return d.nothing(), s.record
}

// withoutWildcard goes on with a name that does not exist: what a wildcard would
// have given is to be denied too (RFC 4035 section 5.4, RFC 5155 sections 8.4 to
// 8.7). A denial with opt-out still holds for everything that is signed: BIND calls
// it validated, and so do we, with the remark that an unsigned zone may be there
// (for which RFC 5155 section 9.2 withholds the AD bit).
func (d *denial) withoutWildcard(s statement, kind uint16, nxdomain bool) meaning {
	d.optedOut = d.optedOut || s.optedOut
	name := wildcard(s.encloser)
	star := d.of(name)
	switch star.verb {
	case exists:
		return proof(!nxdomain && d.absentAt(star, kind, name, false))
	case empty:
		return proof(!nxdomain)
	case absent:
		return proof(nxdomain || s.optedOut)
	case silent:
		if s.optedOut && !nxdomain { // RFC 5155 section 8.6, and an empty name that opt-out leaves out
			return proven
		}
	}
	return d.nothing()
}

func proof(holds bool) meaning {
	if holds {
		return proven
	}
	return unproven
}

// nxname is the type that stands in the list of a name that does not exist, in
// denials made on the fly (RFC 9824 section 3.5).
const nxname = 128

// absentAt reports whether the list of types at a name denies the type.
func (d *denial) absentAt(s statement, kind uint16, name string, nxdomain bool) bool {
	switch {
	case nxdomain:
		return has(s.types, nxname)
	case has(s.types, kind), has(s.types, dns.TypeCNAME): // RFC 6840 section 4.3
		return false
	case kind == dns.TypeDS:
		// RFC 6840 section 4.4: the zone below cannot speak for its delegation.
		return name == "." || !has(s.types, dns.TypeSOA)
	}
	// RFC 6840 section 4.1: the zone above speaks of DS alone.
	return !isCut(s.types)
}

// isCut reports whether the types are those of the parent's side of a
// delegation.
func isCut(types []uint16) bool { return has(types, dns.TypeNS) && !has(types, dns.TypeSOA) }

// delegation says what a denial of DS tells of the name.
type delegation int

const (
	unknownCut  delegation = iota // nothing
	noCut                         // no zone starts there
	noneBelow                     // nor below it
	unsignedCut                   // a zone starts there, without DS
	optedOutCut                   // whatever starts there has no DS
	falseCut                      // it has DS records, which did not come
)

// cutAt reads a denial of DS.
func (d *denial) cutAt(name string) (delegation, string) {
	s := d.of(name)
	switch {
	case s.verb == empty:
		return noCut, s.record
	case s.verb == absent && s.optedOut:
		return optedOutCut, s.record
	case s.verb == absent:
		return noneBelow, s.record
	case s.verb == silent, has(s.types, dns.TypeSOA):
		return unknownCut, s.record // RFC 6840 section 4.4
	case has(s.types, dns.TypeDS):
		return falseCut, s.record
	case has(s.types, dns.TypeNS):
		return unsignedCut, s.record
	case has(s.types, dns.TypeDNAME):
		return noneBelow, s.record // RFC 6672 section 2.4
	}
	return noCut, s.record
}

// exact reports whether the denial shows that no name is nearer to this one
// than the wildcard with that many labels above it (RFC 4035 section 5.3.4,
// RFC 5155 section 8.8), so that the wildcard speaks for it. With an opt-out, an
// unsigned zone may be nearer, and nobody signed that the wildcard speaks.
func (d *denial) exact(name string, labels int) (holds, optedOut bool) {
	for _, record := range d.nsec {
		if s := record.of(name, d.zone); s.verb == absent && dns.CountLabel(s.encloser) == labels {
			return true, false
		}
	}
	rr, covered := d.nsec3.covering(tail(name, labels+1))
	return covered, covered && rr.Flags == 1
}

// of gives what the records say of a name.
func (d *denial) of(name string) statement {
	for _, record := range d.nsec {
		if s := record.of(name, d.zone); s.verb != silent {
			return s
		}
	}
	return d.nsec3.of(name)
}

// nothing is the meaning of a denial that does not speak of the name.
func (d *denial) nothing() meaning {
	switch {
	case d.nsec3.exhausted():
		return tooLong
	case d.iterations > maxIterations:
		return overIterated
	}
	return unproven
}

// remark is a word on a denial that holds (RFC 9276 section 3.1).
func (d *denial) remark() string {
	switch {
	case d.iterations > 0:
		return fmt.Sprintf("the NSEC3 records hash %d times more than once; RFC 9276 asks for none", d.iterations)
	case d.optedOut:
		return "an NSEC3 record with opt-out: a zone that is not signed may be there"
	}
	return ""
}
