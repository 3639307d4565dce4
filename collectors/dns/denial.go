package dns

import (
	"bytes"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// meaning is what a signed denial of DS says about a name.
type meaning int

const (
	nothing            meaning = iota // no signed record speaks of the name
	noDelegation                      // the name exists and no zone starts at it
	unsignedDelegation                // a zone starts at it, without DS
	optedOut                          // whatever starts there has no DS (RFC 5155 section 6)
	noSuchName                        // the name does not exist
	contradiction                     // the proof names DS records that did not come
	tooCostly                         // the proof asks for more hashing than we do
)

// denial is the meaning, and the record that it comes from.
type denial struct {
	meaning meaning
	proof   string
}

// maxIterations is the number of NSEC3 iterations above which validators may
// give up (RFC 9276 section 3.2).
const maxIterations = 150

// readDenial holds the NSEC and NSEC3 records of the authority section that
// the zone reached last has signed against the name. One that matches the name
// says more than one that covers it.
func (d *descent) readDenial(answer network.Answer) denial {
	var covering denial
	for _, rr := range answer.Proof {
		owner := dns.CanonicalName(rr.Header().Name)
		if !d.signed(answer.Proof, owner, rr.Header().Rrtype) {
			continue
		}
		var said denial
		var exact bool
		switch rr := rr.(type) {
		case *dns.NSEC:
			said, exact = readNSEC(rr, owner, answer.Name)
		case *dns.NSEC3:
			said, exact = readNSEC3(rr, owner, answer.Name)
		}
		switch {
		case said.meaning == nothing:
		case exact:
			return said
		case covering.meaning == nothing:
			covering = said
		}
	}
	return covering
}

// readNSEC reads one record (RFC 4034 section 4); exact means that it stands
// at the name itself.
func readNSEC(rr *dns.NSEC, owner, name string) (said denial, exact bool) {
	proof := "NSEC at " + observe.Name(owner)
	if owner == name {
		return denial{bitmap(rr.TypeBitMap), proof}, true
	}
	next := dns.CanonicalName(rr.NextDomain)
	// RFC 6840 section 4.1: the parent's record at a delegation, or one at a
	// DNAME, says nothing about names below.
	above := dns.IsSubDomain(owner, name)
	cut := has(rr.TypeBitMap, dns.TypeNS) && !has(rr.TypeBitMap, dns.TypeSOA)
	switch {
	case above && (cut || has(rr.TypeBitMap, dns.TypeDNAME)):
		return denial{}, false
	case !between(owner, name, next):
		return denial{}, false
	case dns.IsSubDomain(name, next):
		// RFC 4035 section 3.1.3.2: nothing stands at the name, something below.
		return denial{noDelegation, proof}, false
	}
	return denial{noSuchName, proof}, false
}

// readNSEC3 reads one record (RFC 5155 section 3).
func readNSEC3(rr *dns.NSEC3, owner, name string) (said denial, exact bool) {
	proof := "NSEC3 at " + observe.Name(owner)
	switch {
	case rr.Hash != dns.SHA1 || rr.Flags > 1:
		// RFC 5155 sections 8.1 and 8.2: unknown algorithms and flags say nothing.
		return denial{}, false
	case rr.Iterations > maxIterations:
		return denial{tooCostly, proof}, false
	case rr.Match(name):
		return denial{bitmap(rr.TypeBitMap), proof}, true
	case !rr.Cover(name):
		return denial{}, false
	case rr.Flags == 1: // RFC 5155 section 3.1.2.1: opt-out
		return denial{optedOut, "NSEC3 with opt-out at " + observe.Name(owner)}, false
	}
	return denial{noSuchName, proof}, false
}

// bitmap reads the types at the name. A record with SOA comes from the zone
// below, which cannot speak for its delegation (RFC 6840 section 4.4).
func bitmap(types []uint16) meaning {
	switch {
	case has(types, dns.TypeSOA):
		return nothing
	case has(types, dns.TypeDS):
		return contradiction
	case has(types, dns.TypeNS):
		return unsignedDelegation
	}
	return noDelegation
}

func has(types []uint16, kind uint16) bool { return slices.Contains(types, kind) }

// between reports whether the name lies in the gap after owner and before next,
// in canonical order (RFC 4034 section 6.1). The last gap of a zone leads back
// to its apex.
func between(owner, name, next string) bool {
	after, before := compareNames(owner, name) < 0, compareNames(name, next) < 0
	if compareNames(owner, next) < 0 {
		return after && before
	}
	return after && dns.IsSubDomain(next, name)
}

// compareNames orders names by their labels from the right, byte by byte.
func compareNames(a, b string) int {
	return slices.CompareFunc(labels(a), labels(b), bytes.Compare)
}

// labels gives the labels of a name as they stand on the wire, the last first.
func labels(name string) [][]byte {
	wire := make([]byte, 255)
	end, err := dns.PackDomainName(name, wire, 0, nil, false)
	if err != nil {
		return nil
	}
	var list [][]byte
	for i := 0; i < end && wire[i] > 0; i += 1 + int(wire[i]) {
		list = append(list, wire[i+1:i+1+int(wire[i])])
	}
	slices.Reverse(list)
	return list
}
