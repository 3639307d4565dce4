package declaration

import "strings"

// section is a part of a declaration, in the order of the annex of Decision (EU)
// 2018/1523 and of the Italian Allegato 1, which follows it.
type section int

const (
	noSection section = iota
	statusSection
	contentSection
	preparationSection
	feedbackSection
	enforcementSection
	sections
)

// headings are the titles of the sections, folded, in the five languages.
var headings = [sections][]string{
	statusSection: {
		"stato di conformita", "stato della conformita", "livello di conformita", "stato di accessibilita", "etat de conformite", "niveau de conformite",
		"compliance status", "conformance status", "status of compliance", "conformity status",
		"stand der vereinbarkeit", "stand der konformitat", "vereinbarkeitsstatus", "konformitatsstatus", "status der vereinbarkeit", "stand der barrierefreiheit",
		"situacion de cumplimiento", "estado de cumplimiento", "estado de conformidad", "nivel de cumplimiento",
	},
	contentSection: {
		"contenuti non accessibili", "contenus non accessibles", "contenu non accessible", "resultats des tests", "resultat des tests", "non accessible content",
		"content that is not accessible", "inaccessible content", "nicht barrierefreie inhalte", "nicht zugangliche inhalte", "contenido no accesible", "contenidos no accesibles",
	},
	preparationSection: {
		"redazione della dichiarazione", "redazione della presente dichiarazione", "etablissement de cette declaration", "etablissement de la declaration",
		"preparation of this", "preparation of the", "erstellung dieser erklarung", "erstellung der erklarung",
		"preparacion de la presente declaracion", "preparacion de esta declaracion", "preparacion de la declaracion",
	},
	feedbackSection: {
		"feedback e", "feedback and", "feedback und", "meccanismo di feedback", "retour d information", "amelioration et contact", "retours d information",
		"observaciones y datos de contacto", "feedback mechanism", "feedback mechanismus", "barrieren melden", "barriere melden",
		"kontakt und feedback", "segnalazioni sull accessibilita", "comunicaciones sobre requisitos",
	},
	enforcementSection: {
		"procedura di attuazione", "procedure di attuazione", "voies de recours", "voie de recours", "enforcement procedure", "enforcement procedures",
		"durchsetzungsverfahren", "schlichtungsverfahren", "procedimiento de aplicacion", "procedimiento de reclamacion",
	},
}

const longestHeading = 14 // words

// sectionOf recognises the heading of a section: a short line, or the first
// words of a sentence where the page has lost its line breaks.
func sectionOf(s sentence) section {
	for which, phrases := range headings {
		for _, phrase := range phrases {
			if s.alone && s.count <= longestHeading && contains(s.padded, phrase) || opens(s.padded, phrase) {
				return section(which)
			}
		}
	}
	return noSection
}

// opens looks for a phrase at the beginning, behind a number or an article.
func opens(padded, phrase string) bool {
	at := strings.Index(padded, " "+phrase+" ")
	return at >= 0 && at <= 4
}

// divide gives each sentence the section in which it stands.
func divide(all []sentence) []section {
	list := make([]section, len(all))
	now := noSection
	for i, s := range all {
		if which := sectionOf(s); which != noSection {
			now = which
		}
		list[i] = now
	}
	return list
}
