// Package observe turns what the network says into evidence: an answer into a
// look-up, an error into an observation with its problem code. It adds nothing
// and judges nothing.
package observe

import (
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Failure is the observation of a question that the network did not answer.
func Failure(at time.Time, err error) evidence.Observation {
	return evidence.UnknownAt(at, evidence.Problem(network.Problem(err)), network.Reason(err))
}

// Lookup is the evidence of one DNS answer.
func Lookup(a network.Answer) evidence.Lookup {
	l := evidence.Lookup{
		Name: Name(a.Name),
		Type: dns.TypeToString[a.Type],
	}
	for _, alias := range a.Aliases {
		l.Aliases = append(l.Aliases, Name(alias))
	}
	if a.Err != nil {
		l.Observation = Failure(a.At, a.Err)
		return l
	}
	l.Rcode = dns.RcodeToString[a.Rcode]
	l.Observation = evidence.AbsentAt(a.At)
	if len(a.Records) == 0 {
		return l
	}
	if len(a.Records) > evidence.MaxRecords {
		l.Observation = evidence.UnknownAt(a.At, evidence.TooMany, "more records than we keep")
		return l
	}
	l.Observation = evidence.SeenAt(a.At)
	for _, rr := range a.Records {
		l.Records = append(l.Records, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	slices.Sort(l.Records)
	l.Reserved = reserved(a.Records)
	return l
}

// reserved lists the addresses that no public host can have.
func reserved(records []dns.RR) []string {
	var list []string
	for _, address := range network.AddressesOf(records) {
		if _, no := network.Reserved(address); no {
			list = append(list, address.String())
		}
	}
	slices.Sort(list)
	return list
}

// Name is a domain name as evidence writes it: lower case, no final dot.
func Name(name string) string {
	name = strings.ToLower(name)
	if name == "." {
		return name
	}
	return strings.TrimSuffix(name, ".")
}
