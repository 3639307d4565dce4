// Package observe turns what the network says into evidence: an answer into a
// look-up, an error into an observation with its problem code. It adds nothing
// and judges nothing.
package observe

import (
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Failure is the observation of a question that the network did not answer.
func Failure(at time.Time, err error) evidence.Observation {
	problem := evidence.Problem(network.Problem(err))
	// crypto/tls keeps the type of an alert to itself; the operation names it.
	var operation *net.OpError
	if errors.As(err, &operation) && operation.Op == "remote error" {
		problem = evidence.TLSAlert
	}
	return evidence.UnknownAt(at, problem, detail(err))
}

// detail leaves the problem word out of the explanation: it stands beside it.
func detail(err error) string {
	var own *network.Error
	if errors.As(err, &own) {
		return own.Err.Error()
	}
	return err.Error()
}

// Lookup is the evidence of one DNS answer.
func Lookup(a network.Answer) evidence.Lookup {
	l := evidence.Lookup{
		Name:   Name(a.Name),
		Type:   dns.TypeToString[a.Type],
		Signed: a.Signed(),
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
	return l
}

// Name is a domain name as evidence writes it: lower case, no final dot.
func Name(name string) string {
	name = strings.ToLower(name)
	if name == "." {
		return name
	}
	return strings.TrimSuffix(name, ".")
}
