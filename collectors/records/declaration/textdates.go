package declaration

import (
	"slices"
	"strings"
)

// role is what a date in a declaration is the date of.
type role int

const (
	noRole role = iota
	prepared
	reviewed
	ofSiteRole // the site was published or last changed
	ofPageRole // the page was last changed
	updated    // something was updated: the page, or the declaration
	roles
)

// Words before or behind a date that tell its role: stems, folded.
var (
	reviewWords = []string{
		"riesamin", "revision", "rivist", "aggiorn", "verificat", "validat", "mise a jour", "mis a jour", "actualise", "revue", "reexamin", "revise",
		"review", "updated", "last update", "last revised", "uberpruf", "aktualisier", "uberarbeit", "actualiza", "revisad",
	}
	prepareWords = []string{
		"redatt", "redazione", "compilat", "etabli", "redige", "publie", "cree", "prepared", "created", "drawn up", "published", "pubblicat", "erstellt", "erstellung",
		"verfasst", "veroffentlicht", "preparad", "preparo", "preparacion", "elaborad", "redactad", "publicad", "fecha de la declaracion", "data della dichiarazione",
		"date de la declaration", "date of the statement", "date de declaration", "erklarung vom", "dichiarazione del", "declaration du",
		"dichiarazione effettuata",
	}
	// reviewsOnly are said of declarations, not of pages.
	reviewsOnly = []string{
		"riesamin", "reexamin", "ultima revisione", "ultima revision", "derniere revision", "last review", "letzte uberprufung", "revisada por ultima",
	}
	siteWords     = []string{"pubblicazione del", "publication du", "publication of the", "veroffentlichung der", "veroffentlichung des", "publicacion del", "mise en ligne", "messa online"}
	pageWords     = []string{"pagina aggiornata", "pagina modificata", "ultima modifica", "page mise a jour", "page modifiee", "page updated", "page last", "last modified", "derniere modification", "seite aktualisiert", "ultima modificacion", "contenuto aggiornato"}
	ofDeclaration = []string{"dichiarazion", "declaration", "statement", "erklarung", "declaracion"}
	ofTheSite     = []string{"sito", "site", "website", "webseite", "internetseite", "sitio", "app", "applicazione", "application", "anwendung", "aplicacion", "portale"}
)

// Words that name laws, whose dates are nobody's business here, and the small
// words that stand before such a date.
var (
	laws      = []string{"legge", "decreto", "dlgs", "lgs", "dpr", "dm", "direttiva", "decisione", "regolamento", "loi", "decret", "ordonnance", "arrete", "directive", "decision", "gesetz", "verordnung", "richtlinie", "beschluss", "durchfuhrungsbeschluss", "ley", "directiva", "reglamento", "act", "regulations", "regulation", "circolare", "deliberazione", "determinazione", "code"}
	ofLaw     = []string{"del", "dell", "di", "du", "of", "vom", "de", "d", "'", ","}
	statement = []string{"il", "le", "on", "am", "el", ":", "data", "date", "datum", "fecha", "dal", "seit", "since"}
)

// dates gives the dates of the text their roles.
func (r *reader) dates(t *Text, whole bool) {
	var got [roles]Date
	for i, s := range r.all {
		for _, f := range datesIn(s.tokens) {
			which, counts := r.roleOf(i, f)
			if !counts {
				continue
			}
			first := got[which].IsZero()
			later := got[which].before(f.date)
			// It is made once and reviewed again and again.
			if first || which != prepared && later {
				got[which] = f.date
			}
		}
	}
	if t.Prepared = factOf(got[prepared], !got[prepared].IsZero(), whole); t.Prepared.State == Absent && !got[noRole].IsZero() {
		t.Prepared.State = Unknown // one of the dates may be it
	}
	if t.Reviewed = factOf(got[reviewed], !got[reviewed].IsZero(), whole); t.Reviewed.State == Absent && !got[updated].IsZero() {
		t.Reviewed.State = Unknown // what was updated may be the declaration
	}
	if got[ofPageRole].before(got[updated]) {
		got[ofPageRole] = got[updated]
	}
	t.Site = factOf(got[ofSiteRole], !got[ofSiteRole].IsZero(), whole)
	t.Page = factOf(got[ofPageRole], !got[ofPageRole].IsZero(), whole)
}

// roleOf tells what a date is the date of; that of a law does not count.
func (r *reader) roleOf(i int, f found) (which role, counts bool) {
	s := r.all[i]
	if ofALaw(s.tokens, f) {
		return noRole, false
	}
	before, behind := window(s.tokens, f.from-30, f.from), window(s.tokens, f.to, f.to+8)
	around := before + behind
	if f.from <= 3 && i > 0 && r.all[i-1].count <= longestHeading && r.all[i-1].alone {
		// The label stands in the line above, or in the cell beside.
		before = r.all[i-1].padded + before
		around = before + behind
	}
	switch {
	case begins(around, pageWords...):
		return ofPageRole, true
	case !begins(around, ofDeclaration...) && (begins(before, siteWords...) && begins(around, ofTheSite...) || begins(around, "ultimo aggiornamento sostanziale", "last substantial")):
		return ofSiteRole, true
	}
	which = nearest(before, behind)
	if which != reviewed || begins(around, ofDeclaration...) || begins(around, reviewsOnly...) || r.near(i) {
		return which, true
	}
	return updated, true
}

// near: the sentence stands where dates of the declaration do, or right behind
// one that speaks of it.
func (r *reader) near(i int) bool {
	if r.parts[i] == preparationSection {
		for back := 0; back < 8 && i-back >= 0; back++ {
			if sectionOf(r.all[i-back]) == preparationSection {
				return true
			}
		}
	}
	return i > 0 && begins(r.all[i-1].padded, ofDeclaration...) && r.all[i-1].line == r.all[i].line ||
		begins(r.all[i].padded, "elle", "riesamin", "es wurde", "sie wurde")
}

// nearest takes the word that stands next to the date, before it if there is one.
func nearest(before, behind string) role {
	if which := lastOf(before); which != noRole {
		// «wurde am 12.3.2020 erstellt und am 4.5.2024 überprüft»: in German the word
		// that belongs to a date stands behind it.
		if strings.HasSuffix(before, " am ") {
			if next := firstOf(behind); next != noRole {
				return next
			}
		}
		return which
	}
	return firstOf(behind)
}

func lastOf(text string) role {
	review, prepare := lastIndex(text, reviewWords), lastIndex(text, prepareWords)
	switch {
	case review < 0 && prepare < 0:
		return noRole
	case review > prepare:
		return reviewed
	}
	return prepared
}

func firstOf(text string) role {
	review, prepare := firstIndex(text, reviewWords), firstIndex(text, prepareWords)
	switch {
	case review < 0 && prepare < 0:
		return noRole
	case prepare < 0 || review >= 0 && review < prepare:
		return reviewed
	}
	return prepared
}

func lastIndex(text string, stems []string) int {
	best := -1
	for _, stem := range stems {
		best = max(best, strings.LastIndex(text, " "+stem))
	}
	return best
}

func firstIndex(text string, stems []string) int {
	best := -1
	for _, stem := range stems {
		if at := strings.Index(text, " "+stem); at >= 0 && (best < 0 || at < best) {
			best = at
		}
	}
	return best
}

func window(tokens []token, from, to int) string {
	from, to = max(from, 0), min(to, len(tokens))
	if from >= to {
		return " "
	}
	return padded(words(tokens[from:to]))
}

// ofALaw: «D.lgs 10 agosto 2018, n. 106», «loi du 11 février 2005».
func ofALaw(tokens []token, f found) bool {
	if f.to+1 < len(tokens) && (tokens[f.to].text == "n" || tokens[f.to].text == "," && tokens[f.to+1].text == "n") {
		return true
	}
	direct := ""
	if f.from > 0 {
		direct = tokens[f.from-1].text
	}
	if slices.Contains(statement, direct) {
		return false
	}
	far := 5
	if slices.Contains(ofLaw, direct) {
		far = 12
	}
	for at := f.from - 1; at >= 0 && at >= f.from-far; at-- {
		if slices.Contains(laws, tokens[at].text) {
			return true
		}
	}
	return false
}
