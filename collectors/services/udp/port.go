package udp

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records/datagram"
)

// Facts that are measured and not stated by the protocol. A factor above one
// means that whoever forges the address of a victim sends it more than he spends;
// it holds for our question, and there are worse ones that we do not put.
const (
	BytesSent     = "bytes-sent"
	BytesReceived = "bytes-received"
	Factor        = "factor" // with one decimal
)

// maxValues bounds how many values of one fact are kept.
const maxValues = 16

// take reads all datagrams that came. The first that is recognised says what
// answers; others of the same service add their facts.
func (a *Answer) take(at time.Time, answers [][]byte, read func([]byte) (datagram.Said, bool)) {
	var first datagram.Said
	facts := map[string][]string{}
	for _, answer := range answers {
		a.Received += len(answer)
		said, ok := read(answer)
		if !ok || first.Service != "" && said.Service != first.Service {
			continue
		}
		if first.Service == "" {
			first = said
		}
		for _, f := range said.Facts {
			if f.Value != "" && len(facts[f.Name]) < maxValues && !slices.Contains(facts[f.Name], f.Value) {
				facts[f.Name] = append(facts[f.Name], f.Value)
			}
		}
	}
	a.Port = evidence.Port{
		Number: a.Number, Transport: "udp", Identity: identity(at, first, a.Received),
		Service: first.Service, Product: first.Product, Version: first.Version, Greeting: first.Greeting,
		Facts: append(stated(facts), a.measured()...),
	}
}

// identity says whether what came is in a protocol that is known.
func identity(at time.Time, said datagram.Said, received int) evidence.Observation {
	switch {
	case said.Service != "":
		return evidence.SeenAt(at)
	case received == 0:
		return evidence.UnknownAt(at, evidence.Malformed, "the answer is an empty datagram")
	}
	return evidence.AbsentAt(at)
}

// stated gives the facts by name, each with its values in order.
func stated(facts map[string][]string) []evidence.Fact {
	list := make([]evidence.Fact, 0, len(facts)+3)
	for name, values := range facts {
		slices.Sort(values)
		list = append(list, evidence.Fact{Name: name, Value: evidence.Clip(strings.Join(values, ", "), evidence.MaxDetail)})
	}
	slices.SortFunc(list, func(a, b evidence.Fact) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

func (a *Answer) measured() []evidence.Fact {
	factor := float64(a.Received) / float64(max(a.Sent, 1))
	return []evidence.Fact{
		{Name: BytesReceived, Value: strconv.Itoa(a.Received)},
		{Name: BytesSent, Value: strconv.Itoa(a.Sent)},
		{Name: Factor, Value: strconv.FormatFloat(factor, 'f', 1, 64)},
	}
}

// Add writes the answers into the evidence of a host: the ports that answer, and
// what became of each question.
func Add(host *evidence.Host, answers []Answer) {
	for _, a := range answers {
		host.Datagrams = append(host.Datagrams, evidence.Datagram{Service: a.Service, Number: a.Number, Observation: a.Observation})
		if a.State == evidence.Seen {
			host.Ports = append(host.Ports, a.Port)
		}
		if a.asked() {
			host.Asked++
		}
	}
}

// asked reports that the question may have left this machine.
func (a Answer) asked() bool {
	switch a.Problem {
	case evidence.NotPermitted, evidence.BudgetSpent, evidence.Interrupted, evidence.Stopped, evidence.NoRoute:
		return false
	default:
		return true
	}
}
