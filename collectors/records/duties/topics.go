package duties

import (
	"strings"

	"campanile/collectors/records/internal/plain"
)

// Topic is something that a page speaks of.
type Topic = string

// The topics, in the order of their words.
const (
	CookieUse    Topic = "cookies"
	LicenceOther Topic = "licence" // of the contents, another one or not said which
	LicenceCCBY4 Topic = "licence-cc-by-4.0"
	PersonalData Topic = "personal-data"
	Publisher    Topic = "publisher" // who answers for the site and who keeps it (France: loi 2004-575)
)

// maxText bounds how much of a page is read, in bytes.
const maxText = 512 << 10

// leastCookies is how often a page that explains cookies names them; a banner
// that every page carries does so less often.
const leastCookies = 4

// Topics tells what the visible text of a page speaks of, sorted.
func Topics(text string) []Topic {
	words := plain.Words(plain.Text(clip(text, maxText)))
	var found []Topic
	add := func(topic Topic, is bool) {
		if is {
			found = append(found, topic)
		}
	}
	ccby := plain.Contains(words, "cc by 4 0", "ccby 4 0", "creative commons attribuzione 4 0", "creative commons attribution 4 0", "attribuzione 4 0 internazionale",
		"attribution 4 0 international", "namensnennung 4 0", "atribucion 4 0")
	add(CookieUse, strings.Count(words, " cookie") >= leastCookies || plain.Contains(words, "politique de cookies", "duree de vie des cookies", "durata dei cookie"))
	add(LicenceOther, !ccby && plain.Contains(words, "cc by", "cc 0", "creative commons", "licence ouverte", "open licence", "licenza dei contenuti", "licenza aperta",
		"iodl", "odbl", "etalab"))
	add(LicenceCCBY4, ccby)
	add(PersonalData, plain.Contains(words, personalData...))
	add(Publisher, plain.Contains(words, publisher...))
	return found
}

var (
	personalData = []string{
		"dati personali", "protezione dei dati", "titolare del trattamento", "donnees personnelles", "donnees a caractere personnel", "informatique et libertes", "rgpd", "gdpr",
		"personal data", "data protection", "personenbezogene daten", "personenbezogener daten", "personenbezogenen daten", "datenschutz", "datos personales", "proteccion de datos",
	}
	publisher = []string{
		"directeur de la publication", "directrice de la publication", "directeur de publication", "directrice de publication", "responsable de la publication",
		"responsable de publication", "editeur du site", "editeur du present site", "site est edite par", "edite par", "proprietaire du site", "hebergeur", "hebergement du site", "heberge par",
	}
)
