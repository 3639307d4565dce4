package report

import (
	"cmp"
	"strconv"
	"strings"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// Exposure is what the addresses of the municipality answer beyond web, mail and
// DNS, for whoever looks after the network: all of it in words and harmless.
type Exposure struct {
	Mandate []Line // who permitted it; empty where nobody did
	Looked  []Line // what was looked at
	Hosts   []HostView
}

// Line is one thing that is told, with its name.
type Line struct{ Name, Text string }

// HostView is one address.
type HostView struct {
	Address string
	Names   []string
	Note    string // what was asked, or why nothing was
	Ports   []PortView
}

// PortView is one port that answers.
type PortView struct {
	Port       string // "3389 (TCP)"
	Service    string
	Program    string // product and version, as the service states them
	Facts      []Line // what matters for its safety
	Algorithms []Line // of SSH, which are long
}

// connectionPace is how many connections in a second profile full begins to one
// address, at most, when it looks at services.
const connectionPace = 5

// exposure tells what was seen of the services; nil where nobody asked.
func exposure(w words, b *evidence.Bundle) *Exposure {
	s := b.Services
	if !b.Asked(evidence.ServicesFamily) || b.Profile != evidence.Full {
		return nil
	}
	e := &Exposure{Mandate: mandateLines(w, s.Mandate), Looked: lookedAt(w, s)}
	for _, h := range s.Hosts {
		e.Hosts = append(e.Hosts, hostView(w, h))
	}
	return e
}

func mandateLines(w words, m evidence.Mandate) []Line {
	if m == (evidence.Mandate{}) {
		return nil
	}
	short := func(text string) string { return cmp.Or(clean(clip(text, maxInText)), w.say("not-stated")) }
	return []Line{
		{w.say("mandate.body"), short(m.Body)},
		{w.say("mandate.by"), short(m.By)},
		{w.say("mandate.valid"), w.say("mandate.days", "From", short(w.day(m.From)), "Until", short(w.day(m.Until)))},
		{w.say("mandate.digest"), short(m.Digest)},
	}
}

// lookedAt says how many addresses, ports and templates there were, and how fast
// they were asked.
func lookedAt(w words, s evidence.Services) []Line {
	var list []Line
	add := func(name, text string) { list = append(list, Line{w.say(name), text}) }
	asked, most := 0, 0
	for _, h := range s.Hosts {
		if h.State == evidence.Seen || h.Asked > 0 {
			asked, most = asked+1, max(most, h.Asked)
		}
	}
	addresses := w.count("services.addresses", asked)
	if most > 0 {
		addresses += ", " + w.count("services.ports", most)
	}
	add("services.asked", addresses)
	if left := len(s.Hosts) - asked; left > 0 {
		add("services.left", w.count("services.addresses", left))
	}
	add("services.templates", templatesTried(w, s))
	add("services.pace", w.count("services.connections", connectionPace))
	return list
}

// templatesTried says how many templates were tried at how many places, and
// where they were not, why.
func templatesTried(w words, s evidence.Services) string {
	places := 0
	for _, t := range s.Tried {
		if t.State == evidence.Seen {
			places++
		}
	}
	why := w.code("problem", string(s.Engine.Problem)+".name")
	if places == 0 && len(s.Templates) == 0 && s.Engine.Problem != "" {
		return w.say("services.none", "Problem", why)
	}
	text := w.count("services.loaded", len(s.Templates)) + w.say("semicolon") + " " + w.count("services.places", places)
	if s.Engine.Version != "" {
		text += " (nuclei " + clean(clip(s.Engine.Version, maxInText)) + ")"
	}
	if s.Engine.Problem != "" {
		text += w.say("semicolon") + " " + w.say("services.why", "Problem", why)
	}
	return text
}

func hostView(w words, h evidence.Host) HostView {
	v := HostView{Address: clean(clip(h.Address, maxInText)), Note: hostNote(w, h)}
	for _, name := range h.Names {
		v.Names = append(v.Names, shown(name))
	}
	for _, p := range h.Ports {
		v.Ports = append(v.Ports, portView(w, p))
	}
	return v
}

// hostNote says how much was asked of an address; where nothing could be made of
// it, why.
func hostNote(w words, h evidence.Host) string {
	var parts []string
	if h.Asked > 0 {
		parts = append(parts, w.count("host.asked", h.Asked))
	}
	if h.Silent > 0 {
		parts = append(parts, w.count("host.silent", h.Silent))
	}
	problem := h.Problem
	if h.Tarpit {
		problem = evidence.Tarpit
	}
	why := w.code("problem", string(problem)+".name")
	switch {
	case problem != "" && h.Asked == 0:
		parts = append(parts, w.say("host.left", "Problem", why))
	case problem != "":
		parts = append(parts, w.say("services.why", "Problem", why))
	case len(h.Ports) == 0:
		parts = append(parts, w.say("host.nothing"))
	}
	return strings.Join(parts, w.say("semicolon")+" ")
}

func portView(w words, p evidence.Port) PortView {
	v := PortView{
		Port:    strconv.Itoa(int(p.Number)) + " (" + clean(clip(strings.ToUpper(p.Transport), 8)) + ")",
		Service: w.service(p),
		Program: strings.TrimSpace(clean(clip(p.Product, maxInText)) + " " + clean(clip(p.Version, maxInText))),
	}
	if p.TLS {
		v.Facts = append(v.Facts, Line{w.say("fact.tls"), w.say("fact-value.tls.always")})
	}
	for _, name := range weighty {
		if !p.TLS || name != "tls" {
			v.Facts = w.withFact(v.Facts, p, name)
		}
	}
	for _, name := range algorithms {
		v.Algorithms = w.withFact(v.Algorithms, p, name)
	}
	return v
}

func (w words) withFact(list []Line, p evidence.Port, name string) []Line {
	if value := p.Fact(name); value != "" {
		list = append(list, Line{w.say("fact." + name), w.factValue(name, value)})
	}
	return list
}

// weighty are the facts that matter for the safety of a service, in the order of
// the page.
var weighty = []string{
	"tls", "network-level-authentication", "security", "login", "methods", "signing", "dialect", "protocol",
	"authentication", "recursion", "factor", "title",
}

// algorithms are the lists that an SSH server offers (RFC 4253 section 7.1).
var algorithms = []string{"kex", "host-key", "ciphers", "macs"}

// factValue puts the codes of the evidence into words; lists get room to break.
func (w words) factValue(name, value string) string {
	if strings.Contains(value, " ") {
		return clean(clip(value, maxInText))
	}
	parts := strings.Split(value, ",")
	for i, part := range parts {
		parts[i] = w.code("fact-value."+name, part)
	}
	return clip(strings.Join(parts, ", "), maxInText)
}

// service names what answers at a port as people know it. Where nothing is known
// of it, that is said.
func (w words) service(p evidence.Port) string {
	switch {
	case p.Identity.State == evidence.Absent || p.Service == "" && p.Identity.State != evidence.Unknown:
		return w.say("service.unknown")
	case p.Service == "":
		return w.say("service.silent", "Problem", w.code("problem", string(p.Identity.Problem)+".name"))
	}
	return w.serviceName(p.Service, cmp.Or(checks.ServiceNames()[p.Service], clean(clip(p.Service, maxInText))))
}

// serviceName gives the name of a service in the language, and the name it has
// everywhere where the language has none of its own.
func (w words) serviceName(id, everywhere string) string {
	if text := w.code("service-name", id); text != clean(clip(id, maxInText)) {
		return text
	}
	return everywhere
}

// serviceNames translates a list of names as the checks put it together.
func (w words) serviceNames(list string) string {
	ids := map[string]string{}
	for id, name := range checks.ServiceNames() {
		ids[name] = max(ids[name], id) // one name, one word, whichever of its identifiers
	}
	names := strings.Split(list, ", ")
	for i, name := range names {
		if id := ids[name]; id != "" {
			names[i] = w.serviceName(id, name)
		}
	}
	return strings.Join(names, ", ")
}
