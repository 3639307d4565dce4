package checks

import (
	"strings"

	"campanile/collectors/evidence"
)

// declarationMissing fails a home page that leads to no accessibility
// declaration, in the form that the country asks for.
func declarationMissing(b *evidence.Bundle) []Finding {
	switch b.Target.Country {
	case "it":
		return duty(b, declarationItaly)
	case "fr":
		return duty(b, declarationFrance)
	}
	return duty(b, declarationEurope)
}

// declarationItaly looks for the link to the declaration (L. 4/2004 art.
// 3-quater): the address of AgID's form, the mark of the municipal site model,
// or the label. Objectives and the accessibility of buildings are other things.
func declarationItaly(p *evidence.Page) evidence.State {
	state := evidence.Absent
	for _, l := range p.Links {
		text := fold(l.Text)
		switch {
		case aboutBuildings(text), strings.Contains(text, "obiettiv"):
		case l.Mark == "accessibility-link", hostOf(l.URL) == "form.agid.gov.it", strings.Contains(text, "dichiarazione di accessibilit"):
			return evidence.Seen
		case leadsSomewhere(l) && bareLabel(text):
			state = evidence.Unknown // may be the declaration, or a page of tools
		}
	}
	return state
}

// declarationFrance looks for the mention that must stand on the home page
// (loi 2005-102 art. 47; RGAA 4.1) or for a link to the declaration.
func declarationFrance(p *evidence.Page) evidence.State {
	for _, mention := range p.Mentions {
		if statesConformity(fold(mention)) {
			return evidence.Seen
		}
	}
	state := evidence.Absent
	for _, l := range p.Links {
		text := fold(l.Text)
		switch {
		case aboutBuildings(text):
		case statesConformity(text), strings.Contains(text, "declaration d'accessibilite"), strings.Contains(text, "accessibilite numerique"):
			return evidence.Seen
		case leadsSomewhere(l) && bareLabel(text):
			state = evidence.Unknown
		}
	}
	return state
}

// statesConformity finds «Accessibilité : totalement | partiellement | non
// conforme» whatever stands between the words.
func statesConformity(text string) bool {
	_, after, found := strings.Cut(text, "accessibilite")
	if !found {
		return false
	}
	words := strings.FieldsFunc(after, func(r rune) bool { return r == ' ' || r == ':' || r == '-' || r == '–' || r == '(' || r == ')' })
	for i, word := range words[:min(len(words), 4)] {
		switch word {
		case "totalement", "partiellement", "non":
			return i+1 < len(words) && strings.HasPrefix(words[i+1], "conforme")
		case "conforme":
			return i+1 < len(words) && (words[i+1] == "totalement" || words[i+1] == "partiellement")
		}
	}
	return false
}

// europeanTitles are the names of the declaration in the model of Decision (EU)
// 2018/1523, folded.
var europeanTitles = []string{
	"dichiarazione di accessibilit", "declaration d'accessibilite", "accessibility statement",
	"erklarung zur barrierefreiheit", "declaracion de accesibilidad",
}

// declarationEurope looks for a link to the statement of Directive (EU)
// 2016/2102 art. 7 in five languages.
func declarationEurope(p *evidence.Page) evidence.State {
	state := evidence.Absent
	for _, l := range p.Links {
		text := fold(l.Text)
		for _, title := range europeanTitles {
			if strings.Contains(text, title) {
				return evidence.Seen
			}
		}
		if leadsSomewhere(l) && bareLabel(text) {
			state = evidence.Unknown
		}
	}
	return state
}

// aboutBuildings recognises what concerns ramps and parking places.
func aboutBuildings(text string) bool {
	for _, word := range []string{"peba", "barriere architettoniche", "ad'ap", "pmr", "erp", "accessibilite de la mairie", "batiment", "parchegg", "stationnement"} {
		for _, each := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '.' }) {
			if each == word {
				return true
			}
		}
		if strings.Contains(word, " ") && strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// bareLabel recognises a link that says only "accessibility".
func bareLabel(text string) bool {
	switch text {
	case "accessibilita", "accessibilita'", "accessibilite", "accessibility", "barrierefreiheit", "accesibilidad":
		return true
	}
	return false
}

// leadsSomewhere tells a link from a button of a toolbar.
func leadsSomewhere(l evidence.Link) bool { return l.URL != "" && l.Raw == "" }
