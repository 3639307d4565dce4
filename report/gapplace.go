package report

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// byPlace gathers the questions about services: one address that drops whatever
// comes is one line, not one for each port and rule.
func byPlace(w words, list []Question) []Question {
	var gathered []Question
	var places []place
	at := map[string]int{}
	for _, q := range list {
		p, ok := placeOf(q.What)
		if !ok || q.Family != w.say("family.services") {
			gathered, places = append(gathered, q), append(places, place{})
			continue
		}
		i, known := at[p.name]
		if !known {
			i = len(gathered)
			at[p.name] = i
			gathered, places = append(gathered, Question{Family: q.Family, What: q.What}), append(places, p)
		}
		gathered[i].Checks += q.Checks
		places[i] = places[i].with(p)
	}
	for i, p := range places {
		if p.name != "" {
			gathered[i].Words = p.words(w)
		}
	}
	return gathered
}

// place is where questions about services were asked: an address with all of its
// ports or with some, or the web servers at which the templates were tried.
type place struct {
	name  string
	web   bool
	whole bool
	parts []string // ports, or web servers
}

// placeOf reads the technical name of a question: "services 192.0.2.10", "tcp
// 192.0.2.10:3389", "udp [2001:db8::1]:161", "udp 192.0.2.10 snmp", "templates https://www.comune.example".
func placeOf(what string) (place, bool) {
	kind, rest, _ := strings.Cut(what, " ")
	switch {
	case rest == "":
		return place{}, false
	case kind == "services":
		return place{name: rest, whole: true}, true
	case kind == "templates":
		return place{name: kind, web: true, parts: []string{rest}}, true
	case kind == "tcp" || kind == "udp":
		return portOf(kind, rest)
	}
	return place{}, false
}

// portOf reads an address with a port, or with the service that was asked for.
func portOf(transport, rest string) (place, bool) {
	address, service, named := strings.Cut(rest, " ")
	if at, err := netip.ParseAddrPort(rest); err == nil {
		address, service, named = at.Addr().String(), strconv.Itoa(int(at.Port())), true
	}
	if _, err := netip.ParseAddr(address); err != nil || !named {
		return place{}, false
	}
	return place{name: address, parts: []string{service + " (" + strings.ToUpper(transport) + ")"}}, true
}

func (p place) with(other place) place {
	p.whole = p.whole || other.whole
	for _, part := range other.parts {
		if !slices.Contains(p.parts, part) {
			p.parts = append(p.parts, part)
		}
	}
	return p
}

func (p place) words(w words) string {
	switch {
	case p.web:
		return w.say("question.templates", "Place", w.list(p.parts))
	case p.whole:
		return w.say("question.whole", "Place", p.name)
	}
	return w.count("question.ports", len(p.parts), "List", w.list(p.parts), "Place", p.name)
}
