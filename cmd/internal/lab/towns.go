package lab

import (
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
)

// Town is one municipality of the territory, and what a scan must say of it.
type Town struct {
	Domain      string // ASCII, lower case, no final dot
	Name        string
	Country     string             // it or fr
	Code        string             // an IPA or INSEE code that no body bears
	Personality map[string]string  // one sentence in it, fr and en
	Mailboxes   []evidence.Mailbox // official ones, as the inventory has them
	Former      []string           // older official domains
	Own         []string           // addresses and networks for which it gives a mandate; nil: it gives none

	// Planted are the rules that must fail, on one subject at least. Of the rules
	// that exist for the town's country no other may fail; a rule that is new
	// adds itself here where it fails rightly.
	Planted []string
	// Unknown are the rules that must be inconclusive on one subject at least,
	// and fail on none.
	Unknown []string
}

// Target is the town as an inventory hands it to a scan.
func (t Town) Target() evidence.Target {
	return evidence.Target{
		Domain: t.Domain, Name: t.Name, Country: t.Country, Code: t.Code,
		Mailboxes: t.Mailboxes, Former: t.Former,
	}
}

// town is a municipality with its servers.
type town struct {
	Town
	place
}

// territory is the whole of the Valli del Campanile. The names are invented; no
// municipality in Italy or France is known to bear one of them.
func territory() []town {
	return []town{
		roccafinta(),
		borgodimenticato(),
		gemello("gemellodisopra", "Comune di Gemello di Sopra", "c_x003", ""),
		gemello("gemellodisotto", "Comune di Gemello di Sotto", "c_x004", "declaration"),
		valscaduta(),
		montebugia(),
		castelfandonia(),
		fable(),
		portachiusa(),
		selvastregata(),
		pontespezzato(),
		isolachenonce(),
		vocidiscordi(),
		tuttilosanno(),
		firmamenti(),
		lettereperse(),
		serraturavecchia(),
		sigillodicera(),
		sceaulebref(),
		plisenattente(),
		occhidappertutto(),
		soffittadelweb(),
		altrocampanile(),
		segnapostopievano(),
		sanssouci(),
	}
}

// in gives the zone of an Italian town of the lab.
func in(name string) string { return "comune." + name + ".campanile.test." }

// domain is a zone's origin as people write it.
func domain(origin string) string { return strings.TrimSuffix(origin, ".") }

const signed = dns.ECDSAP256SHA256

// wellGuarded are the headers of a site that does everything right.
func wellGuarded() map[string]string {
	return map[string]string{
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; " +
			"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		"X-Content-Type-Options": "nosniff",
		"X-Frame-Options":        "DENY",
		"Referrer-Policy":        "strict-origin-when-cross-origin",
		"Permissions-Policy":     "camera=(), geolocation=(), microphone=()",
	}
}

// goodSite is a site of an Italian town that does everything right.
func goodSite(hosts ...string) site {
	return site{
		hosts: hosts, tls: &identity{}, page: "comune.html", inner: innerPages(), pages: legalPages(),
		headers: wellGuarded(), files: map[string]string{"/.well-known/security.txt": securityTxt},
	}
}

// innerPages are those that the footer of the model page leads to.
func innerPages() map[string]string {
	return map[string]string{
		"/amministrazione":             "Amministrazione",
		"/novita":                      "Novità",
		"/servizi":                     "Servizi",
		"/vivere-il-comune":            "Vivere il Comune",
		"/cookie":                      "Informativa sui cookie",
		"/amministrazione-trasparente": "Amministrazione trasparente",
		"/albo-pretorio":               "Albo pretorio online",
		"/domande-frequenti":           "Domande frequenti",
		"/segnalazione-disservizio":    "Segnalazione disservizio",
		"/appuntamento":                "Prenotazione appuntamento",
		"/obiettivi-di-accessibilita":  "Obiettivi di accessibilità",
		"/dati-aperti":                 "Dati aperti",
	}
}

// legalPages are those whose text counts.
func legalPages() map[string]string {
	return map[string]string{"/note-legali": "note.html", "/privacy": "privacy.html"}
}

// securityTxt is a valid file of RFC 9116.
const securityTxt = `# Comune inventato - laboratorio Campanile
Contact: mailto:sicurezza@{domain}
Expires: {expires}
Preferred-Languages: it, fr, en
Canonical: https://{domain}/.well-known/security.txt
Canonical: https://www.{domain}/.well-known/security.txt
`
