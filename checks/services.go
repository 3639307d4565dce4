package checks

import (
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
)

// serviceRule is one rule on what an address shows to the whole internet.
type serviceRule struct {
	// port says what one open port shows: absent is the defect, seen is nothing of
	// it, anything else leaves the rule open.
	port func(p evidence.Port) evidence.Observation
	// datagrams are the questions over UDP without whose answers there is no pass,
	// by service of records/datagram.
	datagrams []string
	// facts adds to the facts of a failure.
	facts func(facts Facts, ports []evidence.Port)
}

// judge gives one finding for each address, or one on the domain where no
// address was looked at.
func (r serviceRule) judge(b *evidence.Bundle) []Finding {
	if len(b.Services.Hosts) == 0 {
		o := b.Services.Observation
		if o.State == evidence.Seen {
			o = evidence.Observation{State: evidence.Unknown, Problem: evidence.NoAddress}
		}
		return unknown(b.Target.Domain, "services "+b.Target.Domain, o)
	}
	var findings []Finding
	for _, h := range b.Services.Hosts {
		findings = append(findings, r.at(h)...)
	}
	return findings
}

// at judges one address. What a trap says is no evidence; else what was found
// stands, however the look at the address ended.
func (r serviceRule) at(h evidence.Host) []Finding {
	whole := "services " + h.Address
	if h.Tarpit {
		return unknown(h.Address, whole, evidence.Observation{State: evidence.Unknown, Problem: evidence.Tarpit})
	}
	failing, open := r.ports(h)
	switch {
	case failing != nil:
		facts := servicesFacts(h, failing, r.datagrams != nil)
		if r.facts != nil {
			r.facts(facts, failing)
		}
		return fail(h.Address, facts)
	case h.State != evidence.Seen:
		return unknown(h.Address, whole, h.Observation)
	case open != nil:
		return open
	}
	return r.silences(h)
}

// ports gives the ports that show the defect, the riskiest service first, and the
// first of which that is not known.
func (r serviceRule) ports(h evidence.Host) (failing []evidence.Port, open []Finding) {
	for _, p := range slices.Concat(h.Ports, filtered(h)) {
		switch o := r.port(p); {
		case o.State == evidence.Absent:
			failing = append(failing, p)
		case o.State != evidence.Seen && open == nil:
			open = unknown(h.Address, p.Transport+" "+socket(h.Address, p.Number), o)
		}
	}
	sortByRisk(failing)
	return failing, open
}

// filtered are the ports behind which anything may be: our own line may keep us
// from them.
func filtered(h evidence.Host) []evidence.Port {
	var list []evidence.Port
	for _, number := range h.Filtered {
		list = append(list, evidence.Port{Number: number, Transport: "tcp", Identity: evidence.Observation{State: evidence.Unknown, Problem: evidence.Timeout}})
	}
	return list
}

// silences passes an address at which every question over UDP on which the rule
// rests was settled. RFC 1122 section 4.1.3.1: a host says that nobody is at a
// port; that it says nothing tells nothing.
func (r serviceRule) silences(h evidence.Host) []Finding {
	for _, service := range r.datagrams {
		asked := false
		for _, d := range h.Datagrams {
			if d.Service != service {
				continue
			}
			if asked = true; !d.Known() {
				return unknown(h.Address, "udp "+socket(h.Address, d.Number), d.Observation)
			}
		}
		if !asked {
			return unknown(h.Address, "udp "+h.Address+" "+service, evidence.Observation{})
		}
	}
	return pass(h.Address, Facts{"host": hostName(h), "address": h.Address})
}

// hostName is what people call an address: the first name that leads there.
func hostName(h evidence.Host) string {
	if len(h.Names) == 0 {
		return h.Address
	}
	return h.Names[0]
}

// socket writes an address with a port; RFC 3986 section 3.2.2 puts IPv6 in
// brackets.
func socket(address string, port uint16) string {
	if strings.Contains(address, ":") {
		address = "[" + address + "]"
	}
	return address + ":" + strconv.Itoa(int(port))
}
