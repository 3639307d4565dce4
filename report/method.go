package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// Method says how the report came about, so that anybody can repeat it and
// tell whether the town changed or the program did.
type Method struct {
	Judge    evidence.Tool // the program that judged and wrote
	Taker    evidence.Tool // the program that took the evidence
	Schema   int
	Rules    string // digest
	Evidence string // digest
	Taken    time.Time
	Profile  evidence.Profile
	Families []string // in words
	Vantage  evidence.Vantage
	Sent     evidence.Sent
	Address  []SentTo // what was sent, by address, most connections first
	Command  string   // repeats the scan
	Page     string   // repeats it and writes the page

	Suppliers []Recognised
	Names     []Named
	Left      []string // hosts that are there and were not looked at, as the evidence has them
}

// Recognised is a supplier behind one of the municipality's services, or the
// product of its pages.
type Recognised struct{ Role, Name, Evidence string }

// Named is a name of the municipality and where it comes from.
type Named struct {
	Name, Source string
	Visited      bool // as a site
}

// SentTo is what one address was sent.
type SentTo struct {
	Address string
	evidence.SentTo
}

func method(w words, in Input) Method {
	b := in.Bundle
	command := strings.Join(arguments(b), " ")
	m := Method{
		Judge:    evidence.Tool{Name: clean(in.Tool.Name), Version: clean(in.Tool.Version)},
		Taker:    evidence.Tool{Name: clean(b.Tool.Name), Version: clean(b.Tool.Version)},
		Schema:   b.Schema,
		Rules:    in.Rules.Digest,
		Evidence: in.Digest,
		Taken:    b.Taken.UTC(),
		Profile:  b.Profile,
		Vantage: evidence.Vantage{
			Contact: clean(b.Vantage.Contact),
			Anchor:  clean(b.Vantage.Anchor),
			Roots:   clean(b.Vantage.Roots),
		},
		Sent:    b.Sent,
		Address: byAddress(b.Sent.ByAddress),
		Command: command,
		Left:    Left(b),
		Page:    command + " --lang " + string(in.Language) + " --format html --out " + quoted(b.Target.Domain+".html"),
	}
	for _, s := range b.Suppliers {
		m.Suppliers = append(m.Suppliers, Recognised{w.code("role", s.Role), clean(clip(s.Name, maxInText)), clean(clip(s.Evidence, maxInText))})
	}
	for _, p := range b.Platforms {
		name := clean(clip(p.Name, maxInText))
		if p.Company != "" {
			name += ", " + clean(clip(p.Company, maxInText))
		}
		if !p.Definite {
			name = w.say("method.likely", "Name", name)
		}
		m.Suppliers = append(m.Suppliers, Recognised{w.code("role", p.Use), name, clean(clip(p.Evidence, maxInText))})
	}
	for _, n := range b.Names {
		m.Names = append(m.Names, Named{shown(n.Name), w.code("source", n.Source), n.Site})
	}
	for _, family := range b.Families {
		m.Families = append(m.Families, w.say("family."+string(family)))
	}
	for _, resolver := range b.Vantage.Resolvers {
		m.Vantage.Resolvers = append(m.Vantage.Resolvers, clean(resolver))
	}
	return m
}

// arguments gives the command that asks the same questions again. Words from
// the evidence are quoted: people paste commands.
func arguments(b *evidence.Bundle) []string {
	args := []string{"campanile", "scan", quoted(b.Target.Domain)}
	if b.Profile != evidence.Standard {
		args = append(args, "--profile", quoted(string(b.Profile)))
	}
	if b.Profile == evidence.Full {
		args = append(args, "--mandate", "FILE") // the reader's own: evidence keeps its digest
	}
	if b.Target.Country != "" {
		args = append(args, "--country", quoted(b.Target.Country))
	}
	if names, some := chosen(b); some {
		args = append(args, "--only", quoted(strings.Join(names, ",")))
	}
	return args
}

// chosen gives the families asked for, and whether they are fewer than what
// the profile asks by itself: exposed services belong to the full profile.
func chosen(b *evidence.Bundle) ([]string, bool) {
	names, some := []string{}, false
	for _, family := range evidence.Families {
		switch {
		case b.Asked(family):
			names = append(names, string(family))
		case family != evidence.ServicesFamily || b.Profile == evidence.Full:
			some = true
		}
	}
	return names, some && len(names) > 0
}

func byAddress(sent map[string]evidence.SentTo) []SentTo {
	list := make([]SentTo, 0, len(sent))
	for _, address := range slices.Sorted(maps.Keys(sent)) {
		list = append(list, SentTo{clean(address), sent[address]})
	}
	slices.SortStableFunc(list, func(a, b SentTo) int { return cmp.Compare(b.Connections, a.Connections) })
	return list
}
