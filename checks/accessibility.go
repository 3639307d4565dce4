package checks

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"campanile/collectors/evidence"
)

// declarationMissing fails a home page that leads to no accessibility
// declaration (Directive (EU) 2016/2102 art. 7; Italy: L. 4/2004 art. 3-quater;
// France: loi 2005-102 art. 47, where a mention on the page says as much).
func declarationMissing(b *evidence.Bundle) []Finding {
	return duty(b, func(p *evidence.Page) evidence.State {
		if b.Target.Country == "fr" && slices.ContainsFunc(p.Mentions, statesConformity) {
			return evidence.Seen
		}
		return declaration(p)
	})
}

// declaration looks for the link. One that only speaks of accessibility may lead
// to the declaration, or to a page of tools: that is not known.
func declaration(p *evidence.Page) evidence.State {
	state := evidence.Absent
	for _, l := range p.Links {
		switch {
		case onlyObjectives(l):
		case declares(l) && leadsSomewhere(l):
			return evidence.Seen
		case declares(l), hints(l):
			state = evidence.Unknown
		}
	}
	return state
}

// onlyObjectives recognises the yearly objectives of Italian bodies, which lie
// at the same kind of address as the declaration.
func onlyObjectives(l evidence.Link) bool {
	text := fold(l.Text)
	return strings.Contains(text, "obiettiv") && !strings.Contains(text, "dichiarazione")
}

// declarationTitles are pairs of words that together name the declaration, in
// the languages of the model (Decision (EU) 2018/1523), folded.
var declarationTitles = [][2]string{
	{"dichiarazione", "accessibilit"},
	{"declaration", "accessibilit"},
	{"statement", "accessibility"},
	{"erklarung", "barrierefrei"},
	{"declaracion", "accesibilidad"},
}

// declares recognises the declaration by the mark of the Italian municipal
// model, by the address of AgID's form, by the French mention or by its title.
func declares(l evidence.Link) bool {
	text := fold(l.Text)
	return l.Mark == "accessibility-link" || agidForm(l.URL) || statesConformity(text) || text == "accessibilite numerique" ||
		slices.ContainsFunc(declarationTitles, func(title [2]string) bool {
			return strings.Contains(text, title[0]) && strings.Contains(text, title[1])
		})
}

// agidForm recognises the old and the new address of what was filed with AgID;
// the address of the empty form is neither.
func agidForm(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.EqualFold(u.Hostname(), "form.agid.gov.it") &&
		(strings.HasPrefix(u.Path, "/view/") || strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), "/dichiarazione"))
}

var accessibilityWords = []string{"accessibilit", "barrierefrei", "accesibilidad", "rgaa"}

// hints recognises a link to something about accessibility, but not that of
// buildings. In the middle of a page only the bare word counts: the rest is news.
func hints(l evidence.Link) bool {
	if !leadsSomewhere(l) || !mentions(l, accessibilityWords...) || slices.ContainsFunc(wordsOf(fold(l.Text)), ofBuildings) {
		return false
	}
	bare := !strings.Contains(fold(l.Text), " ") && mentions(evidence.Link{Text: l.Text}, accessibilityWords...)
	return l.Place != "main" || bare
}

// conformities are the three mentions of RGAA 4.1, and the two that are often
// written the wrong way round.
var conformities = []string{"totalement conforme", "partiellement conforme", "non conforme", "conforme totalement", "conforme partiellement"}

// statesConformity finds «Accessibilité : non conforme» and its sisters, also
// with a few words between, but not across the next item of a footer.
func statesConformity(text string) bool {
	for _, after := range strings.Split(fold(text), "accessibilite")[1:] {
		if end := strings.IndexAny(after, ",;|•·"); end >= 0 {
			after = after[:end]
		}
		words := wordsOf(after)
		for i := 0; i < min(len(words)-1, 7) && !ofBuildings(words[i]); i++ {
			if slices.Contains(conformities, words[i]+" "+words[i+1]) {
				return true
			}
		}
	}
	return false
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
}

// ofBuildings recognises the words of ramps, lifts and parking places, folded.
func ofBuildings(word string) bool {
	switch word {
	case "peba", "barriere", "parcheggi", "parcheggio", "edifici",
		"ad'ap", "adap", "pmr", "erp", "mairie", "batiment", "batiments", "voirie", "stationnement", "registre", "programmee", "commission":
		return true
	}
	return false
}
