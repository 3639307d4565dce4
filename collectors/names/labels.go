package names

import (
	"context"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// maxQuestions bounds the questions for names that nothing but habit suggests.
const maxQuestions = 40

// everywhere are labels that towns of all countries use, the forgotten hosts of
// a move or a trial among them.
var everywhere = []string{
	"webmail", "mail", "autodiscover", "cloud", "vpn", "remote", "intranet", "ftp", "cpanel", "gis",
	"old", "new", "test", "dev", "staging", "demo", "backup", "beta",
}

// byCountry are the labels of one country's towns.
var byCountry = map[string][]string{
	"it": {
		"servizi", "servizionline", "sportello", "trasparenza", "albo", "albopretorio", "portale", "suap", "sue", "sit", "cartografia",
		"biblioteca", "pagamenti", "prenotazioni", "posta", "pec", "vecchio", "nuovo", "prova",
	},
	"fr": {
		"portail", "famille", "mairie", "services", "demarches", "extranet", "mediatheque", "bibliotheque", "agenda", "urbanisme", "sig",
		"carte", "marches", "paiement", "reservation", "courrier", "ancien", "nouveau", "archives",
	},
	"eu": {"services", "portal", "library", "maps", "payments", "booking", "extranet", "archive", "legacy"},
}

// forPrograms are labels of hosts that programs look for, and no visitor.
var forPrograms = []string{
	"autodiscover", "autoconfig", "lyncdiscover", "sip", "msoid", "enterpriseregistration", "enterpriseenrollment", "mta-sts",
	"ftp", "smtp", "imap", "pop", "pop3", "pec", "mx", "ns1", "ns2", "cpanel", "whm", "webdisk", "cpcontacts", "cpcalendars",
}

// searchLabels asks for the labels that towns use, and lists those that exist.
// Where a made-up name has an address too (RFC 4592), only another answer than
// its own shows a host; where that is not known, no answer would show anything
// and nothing is asked.
func searchLabels(ctx context.Context, s *network.Session, b *evidence.Bundle, known []evidence.Name) ([]evidence.Name, []evidence.Lookup) {
	madeUp := b.DNS.Lookup(b.DNS.MadeUp, "A")
	if b.DNS.MadeUp == "" || !madeUp.Known() {
		return nil, nil
	}
	var hosts []string
	for _, label := range labelsOf(b.Target.Country) {
		if host := label + "." + b.Target.Domain; !has(known, host) {
			hosts = append(hosts, host)
		}
	}
	lookups := search(ctx, s, hosts, maxQuestions)
	var names []evidence.Name
	for _, host := range hosts {
		if slices.ContainsFunc(lookups, func(l evidence.Lookup) bool {
			return l.Name == host && exists(l) && (madeUp.NXDomain() || differs(l, b.DNS.Lookup(b.DNS.MadeUp, l.Type)))
		}) {
			names = append(names, evidence.Name{Name: host, Source: "label"})
		}
	}
	return names, lookups
}

// labelsOf gives the labels to ask for in a country; the rest of Europe has a
// list of its own.
func labelsOf(country string) []string {
	list, ok := byCountry[country]
	if !ok {
		list = byCountry["eu"]
	}
	return slices.Concat(everywhere, list)
}

// exists reports whether the name leads somewhere: to an address, or by an
// alias, which may lead to nothing any more.
func exists(l evidence.Lookup) bool { return l.State == evidence.Seen || len(l.Aliases) > 0 }

// differs reports whether an answer is not the one that every name gets. A
// wildcard may hand out its addresses in turn: one in common is enough.
func differs(l, wildcard evidence.Lookup) bool {
	if !wildcard.Known() || len(l.Aliases) > 0 && slices.Equal(l.Aliases, wildcard.Aliases) {
		return false
	}
	return !slices.ContainsFunc(l.Records, func(record string) bool { return slices.Contains(wildcard.Records, record) })
}
