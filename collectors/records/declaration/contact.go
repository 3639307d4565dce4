package declaration

import (
	"slices"
	"strconv"
	"strings"
)

// feedback: the section is there, or a sentence invites to tell what cannot be
// used. A bare «feedback» or «segnala» is on every page of many sites.
func (r *reader) feedback() bool {
	if r.headed[feedbackSection] {
		return true
	}
	for _, s := range r.all {
		if s.alone && s.count <= 3 && contains(s.padded, "feedback") && r.headed[statusSection] {
			return true
		}
		if begins(s.padded, "segnal", "comunicar", "comunicaz", "inviare", "scriv", "notific", "contatt", "signal", "contacter", "contactez", "report", "notify", "contact us",
			"let us know", "melden", "mitteil", "informar", "ponerse en contacto", "comunic") && !titledIn(s.padded) && s.count > 4 &&
			begins(s.padded, "accessibil", "accesibil", "inaccessib", "accessible", "accessibile", "barrier", "barriere", "non conform", "acceder a un contenu", "wcag", "nicht barrierefrei", "zuganglich") {
			return true
		}
	}
	return false
}

// enforcement: the section is there, or the body to which it leads.
func (r *reader) enforcement() bool {
	if r.headed[enforcementSection] {
		return true
	}
	for _, s := range r.all {
		if contains(s.padded, "difensore civico per il digitale", "difensore civico digitale", "defenseur des droits", "enforcement body", "enforcement procedure",
			"schlichtungsstelle", "durchsetzungsstelle", "durchsetzungsverfahren", "schlichtungsverfahren", "procedimiento de aplicacion", "procedimiento de reclamacion",
			"procedura di attuazione") {
			return true
		}
	}
	return false
}

// rate reads the per cent of the criteria that are met. A number beside other
// words is of something else.
func (r *reader) rate() (float64, bool) {
	for _, s := range r.all {
		if !begins(s.padded, "critere", "taux", "rgaa") {
			continue
		}
		for i, t := range s.tokens {
			if t.text != "%" && (t.text != "pour" || i+1 == len(s.tokens) || s.tokens[i+1].text != "cent") {
				continue
			}
			if value, ok := before(s.tokens[:i]); ok {
				return value, true
			}
		}
	}
	return 0, false
}

// before reads the number at the end of the tokens: 72, 72,5 or 72.5.
func before(tokens []token) (float64, bool) {
	n := len(tokens)
	if n == 0 || !tokens[n-1].digits() {
		return 0, false
	}
	text := tokens[n-1].text
	if n >= 3 && (tokens[n-2].text == "," || tokens[n-2].text == ".") && !tokens[n-1].blank && !tokens[n-2].blank && tokens[n-3].digits() {
		text = tokens[n-3].text + "." + text
	}
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil && value >= 0 && value <= 100
}

// contact looks in the section of the feedback, and at the links of the page
// that its frame does not hold.
func (r *reader) contact(whole bool) Contact {
	mailbox, telephone, form := false, false, false
	for i, s := range r.all {
		if r.parts[i] != feedbackSection {
			continue
		}
		mailbox = mailbox || hasMailbox(s.tokens)
		telephone = telephone || hasTelephone(s)
		form = form || begins(s.padded, "modulo", "formulaire", "formular", "form ", "contact form", "kontaktformular")
	}
	for _, l := range r.page.Links {
		if l.Place != "main" && l.Place != "" {
			continue
		}
		mailbox = mailbox || strings.HasPrefix(strings.ToLower(l.URL), "mailto:")
		telephone = telephone || strings.HasPrefix(strings.ToLower(l.URL), "tel:")
		form = form || Read(l).Kind == Feedback && !strings.HasPrefix(l.URL, "mailto:") && l.URL != ""
	}
	return Contact{r.has(mailbox, whole), r.has(telephone, whole), r.has(form, whole)}
}

// hasMailbox finds name@host, and the ways to hide it from harvesters.
func hasMailbox(tokens []token) bool {
	for i := 1; i+1 < len(tokens); i++ {
		if tokens[i].text == "@" && !tokens[i].blank && !tokens[i+1].blank {
			return true
		}
		if i+2 < len(tokens) && strings.Contains("[(", tokens[i-1].text) && slices.Contains([]string{"at", "chiocciola", "arobase", "a"}, tokens[i].text) &&
			strings.Contains("])", tokens[i+1].text) {
			return true
		}
	}
	return false
}

// hasTelephone: a word for it and enough figures behind.
func hasTelephone(s sentence) bool {
	if !begins(s.padded, "tel", "phone", "fon ", "fono", "numero verde") {
		return false
	}
	figures := 0
	for _, t := range s.tokens {
		if t.digits() {
			figures += len(t.text)
		}
	}
	return figures >= 6
}
