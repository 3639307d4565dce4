package declaration

import (
	"net/url"
	"strings"
)

// unescaped reads the escapes of an address, where they are right.
func unescaped(address string) string {
	if plain, err := url.PathUnescape(address); err == nil {
		return plain
	}
	return address
}

// digital are words that make clear that a site is meant, whatever else stands
// in the label: «Accessibilité du site de la mairie».
func (k label) digital() bool {
	return contains(k.padded, "site", "sito", "siti", "sites", "web", "website", "webseite", "internet", "numerique", "digitale", "digital", "digitaler",
		"digitalen", "online", "en ligne", "rgaa", "wcag", "sitio", "app", "applicazione", "application") || k.mention.State == Seen
}

// ofBuildings recognises ramps, lifts, parking places and the plans for them:
// PEBA in Italy, Ad'AP and the public register in France.
func (k label) ofBuildings() bool {
	if contains(k.padded, "peba", "p e b a", "ad ap", "adap", "sd ap", "pmr", "pave", "barriere architettoniche", "barreras arquitectonicas",
		"accessibilite programmee", "registre public d accessibilite", "registre d accessibilite", "registre accessibilite") {
		return !contains(k.padded, "site", "sito", "web", "digitale", "numerique")
	}
	if contains(k.padded, "erp") && begins(k.padded, "accessib") {
		return !k.digital()
	}
	if !begins(k.padded, accessible...) || k.digital() {
		return false
	}
	return begins(k.padded, "edific", "parchegg", "parking", "stationnement", "batiment", "voirie", "transport", "trasport", "commission", "handicap",
		"gebaude", "rathaus", "wohn", "parkpl", "building", "wheelchair", "carrozz", "fauteuil", "ascensor", "ascenseur", "rampe", "spiagg", "plage",
		"sentier", "museo", "musei", "musee", "turism", "tourism", "urban", "ayuntamiento", "espacios") ||
		contains(k.padded, "mairie", "hotel de ville", "sede", "sedi", "municipio", "locaux", "locali", "fisica", "espaces publics", "town hall", "salle", "salles",
			"lieux", "luoghi", "scuole", "ecoles")
}

// ofObjectives recognises the yearly objectives of Italian bodies. A label that
// names the declaration as well is the declaration's.
func (k label) ofObjectives() bool {
	return begins(k.padded, "obiettiv") && (begins(k.padded, "accessib") || contains(k.padded, "agid")) && !begins(k.padded, "dichiarazion")
}

// ofPlan recognises the plan over several years and its yearly part (décret
// 2019-768 art. 5). Plans for streets and buses have other names.
func (k label) ofPlan() bool {
	if begins(k.padded, "declaration", "dichiarazion") || k.mention.State == Seen {
		return false
	}
	switch {
	case contains(k.padded, "schema pluriannuel", "plan pluriannuel"):
		return begins(k.padded, "accessib", "rgaa") || k.count <= 4
	case contains(k.padded, "plan d actions", "plan d action", "plan annuel", "plan d accessibilite", "plans annuels", "bilan des actions"):
		return begins(k.padded, "accessib", "rgaa")
	}
	return false
}

// ofFeedback recognises the way to tell the body of what cannot be used.
func (k label) ofFeedback() bool {
	if contains(k.padded, "meccanismo di feedback", "barriere melden", "barrieren melden", "feedback accessibilita") {
		return true
	}
	report := begins(k.padded, "feedback", "segnala", "signal", "report", "melden", "notific", "comunicar", "comunica", "reclam", "contact", "contatt", "contactar", "probl")
	return report && begins(k.padded, accessible...)
}

// widgets are words of tool bars, and the hosts of products that lay one over a
// page.
var (
	widgets = []string{
		"alto contrasto", "aumenta testo", "ingrandisci testo", "dimensione carattere", "contraste eleve", "high contrast", "hoher kontrast", "alto contraste",
	}
	tools = []string{"strument", "menu", "barra", "toolbar", "widget", "opzioni", "options", "outils", "tools", "hilfen", "herramient", "regola", "regler", "parametr", "pannello", "attiva", "apri", "ouvrir", "open", "impostazion", "reset", "modalit"}
	hosts = []string{
		"userway.org", "accessibe.com", "acsbapp.com", "equalweb.com", "eye-able.com", "readspeaker.com", "facil-iti.com", "facil-iti.app", "recite.me",
		"accessiway.com", "audioeye.com", "max-access.com",
	}
)

// ofWidget recognises what changes the look of the page.
func (k label) ofWidget() bool {
	for _, host := range hosts {
		if k.host == host || strings.HasSuffix(k.host, "."+host) {
			return true
		}
	}
	raw := strings.ToLower(k.Raw)
	if strings.HasPrefix(raw, "javascript:") && (strings.Contains(raw, "accessib") || strings.Contains(raw, "contrast")) {
		return true
	}
	return contains(k.padded, widgets...) && k.count <= 8 || k.count <= 8 && begins(k.padded, tools...) && begins(k.padded, accessible...)
}
