package checks

import (
	"cmp"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// hostForgotten fails a host whose name says that it was made for a while and
// that still has an address: nobody looks after such machines. What a wildcard
// answers for every name is no host.
func hostForgotten(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	var findings []Finding
	gap, searched := sought(b)
	for _, l := range b.DNS.Lookups {
		if !isAddress(l) || !soundsForgotten(b, l.Name) {
			continue
		}
		searched = true
		made := lookUp(b, b.DNS.MadeUp, l.Type)
		switch {
		case !l.Known():
			gap = l
		case l.State == evidence.Absent:
		case !made.Known():
			gap = evidence.Lookup{Name: cmp.Or(b.DNS.MadeUp, "*."+domain), Type: l.Type, Observation: made.Observation}
		case made.State == evidence.Absent || !alike(made, l):
			findings = addHost(findings, l.Name, "address", strings.Join(l.Records, ", "))
		}
	}
	switch {
	case searched:
		return orElse(findings, domain, gap)
	case existence(b, domain).State == evidence.Absent:
		return notApplicable(domain)
	}
	return unknown(domain, "dns A old."+domain, evidence.Observation{})
}

// sought starts the search among the names that are known: one that sounds
// forgotten and was not looked up is a question left open.
func sought(b *evidence.Bundle) (gap evidence.Lookup, searched bool) {
	gap.Observation = sound()
	for _, n := range b.Names {
		if soundsForgotten(b, n.Name) && !wasAsked(b, n.Name, "A") && !wasAsked(b, n.Name, "AAAA") {
			gap, searched = evidence.Lookup{Name: n.Name, Type: "A"}, true
		}
	}
	return gap, searched
}

// alike reports whether an answer is the wildcard's, which may hand out its
// addresses in turn: one in common is enough.
func alike(wildcard, l evidence.Lookup) bool {
	return slices.ContainsFunc(l.Records, func(record string) bool { return slices.Contains(wildcard.Records, record) }) ||
		len(l.Aliases) > 0 && slices.Equal(l.Aliases, wildcard.Aliases)
}

// forgotten are the words for what was made for a while, in the languages of the
// town halls. "new" is missing: many a new site has stayed under that name; so are
// words with another meaning in a town hall (stage, recette, archivio).
var forgotten = []string{
	"old", "oldsite", "oldweb", "oldwww", "wwwold", "vecchio", "vecchia", "vecchiosito", "ancien", "ancienne", "anciensite",
	"test", "testing", "tests", "prova", "prove", "essai", "essais", "collaudo", "uat", "sandbox",
	"dev", "devel", "develop", "development", "sviluppo", "staging", "preprod", "preproduzione", "preproduction",
	"demo", "beta", "legacy", "tmp", "temp", "bak", "backup",
}

// soundsForgotten reports whether a name below the domain has a label that is
// such a word, alone or beside others: old, test2, www-old. A server that mail or
// the zone itself relies on is in use, whatever its name.
func soundsForgotten(b *evidence.Bundle, name string) bool {
	relied := func(n evidence.Name) bool { return n.Name == name && (n.Source == "mx" || n.Source == "ns") }
	if slices.ContainsFunc(b.Names, relied) {
		return false
	}
	for _, label := range below(name, b.Target.Domain) {
		for word := range strings.FieldsFuncSeq(label, func(r rune) bool { return r == '-' || r == '_' }) {
			if slices.Contains(forgotten, strings.TrimRight(word, "0123456789")) {
				return true
			}
		}
	}
	return false
}
