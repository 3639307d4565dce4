package declaration

import (
	"slices"
	"strings"
)

// Mention is what a page says of its own accessibility in one line: France wants
// exactly one of «Accessibilité : totalement conforme», «partiellement conforme»
// and «non conforme» on the home page (loi 2005-102 art. 47; décret 2019-768).
type Mention struct {
	State  State  // seen also where the word is missing or there are two
	Status Status // "" where the mention says none
	Exact  bool   // the words of the decree, in their order
	Remark string // what stands behind in brackets, folded: «audit en cours»
}

// maxPassages bounds the passages in which a mention is looked for.
const maxPassages = 4096

// ReadMention looks for the mention in passages of a page: the texts of its
// links and the text around its mentions of accessibility, or all of its text. A
// line break parts two items of a list where no colon stands before it. Whole
// says that nothing of the page is missing.
func ReadMention(passages []string, whole bool) Mention {
	list := passages[:min(len(passages), maxPassages)]
	cut := slices.ContainsFunc(list, func(passage string) bool { return len(passage) > maxText })
	found := Mention{State: absentIn(whole && !cut && len(list) == len(passages))}
	var statuses []Status
	for _, passage := range list {
		for _, m := range mentionsIn(tokensOf(fold(clip(passage, maxText)))) {
			switch {
			case found.State != Seen, found.Status == "" && m.Status != "":
				found = m
			case m.Status != "":
				found.Exact = found.Exact && m.Exact
			}
			if m.Status != "" {
				statuses = append(statuses, m.Status)
			}
		}
	}
	if len(statuses) > 0 {
		found.Status = sum(statuses)
		found.Exact = found.Exact && found.Status != Contradictory
	}
	return found
}

// mentionsIn finds every mention in a text.
func mentionsIn(tokens []token) []Mention {
	var list []Mention
	for i := range tokens {
		if !strings.HasPrefix(tokens[i].text, "accessibilit") {
			continue
		}
		m, ok := mentionAfter(tokens, i)
		if !ok {
			m, ok = mentionBefore(tokens, i)
		}
		if ok {
			list = append(list, m)
		}
	}
	return list
}

// between are the words that may stand between «accessibilité» and its status;
// any other speaks of something else, such as the town hall's ramp.
func between(word string) bool {
	switch word {
	case "du", "de", "la", "le", "des", "ce", "au", "l", "d", "rgaa", "niveau", "statut", "etat", "conformite", "taux", "est", "service", "en", "ligne", "a", "actuellement", "encore", "n", "pour", "notre", "page", "et", "declaration":
		return true
	}
	return false
}

// digitalWord makes clear that a site is meant.
func digitalWord(word string) bool {
	switch word {
	case "numerique", "web", "site", "sites", "internet", "portail":
		return true
	}
	return false
}

const maxBetween = 12 // tokens

// mentionAfter reads «Accessibilité : non conforme» from its first word on.
func mentionAfter(tokens []token, i int) (Mention, bool) {
	colon, site := false, false
	for at := i + 1; at < len(tokens) && at <= i+maxBetween; at++ {
		t := tokens[at]
		if t.fresh && !colon && t.text != ":" {
			return Mention{}, false
		}
		if status, size, straight := conformity(tokens[at:]); size > 0 {
			return Mention{
				State: Seen, Status: status, Remark: bracketed(tokens[at+size:]),
				Exact: straight && colon && at == i+2,
			}, true
		}
		switch {
		case t.text == "non" && colon && !follows(tokens, at+1):
			// The word that matters was left out: «Accessibilité : non».
			return Mention{State: Seen, Remark: bracketed(tokens[at+1:])}, true
		case t.text == ":":
			colon = true
		case digitalWord(t.text):
			site = true
		case t.letters() && site && !colon: // «du site de la mairie», «du site d'Exemple»
		case t.digits(), t.letters() && between(t.text), strings.Contains("-'\"().=«“„©\uFFFD", t.text):
			// The last two are what is left of an é that was read in a wrong character set.
		default:
			return Mention{}, false
		}
	}
	return Mention{}, false
}

// follows reports whether a word comes next.
func follows(tokens []token, i int) bool { return i < len(tokens) && tokens[i].letters() }

// mentionBefore reads «Non conforme : accessibilité» backwards from its last
// word.
func mentionBefore(tokens []token, i int) (Mention, bool) {
	for size := 4; size >= 2; size-- {
		for gap := range 4 {
			at := i - gap - size
			if at < 0 || tokens[i].fresh || !all(tokens[at+size:i], func(t token) bool {
				return t.text == ":" || t.text == "-" || t.text == "'" || t.letters() && (t.text == "l" || t.text == "a" || t.text == "d")
			}) {
				continue
			}
			// What belongs to a mention that stands before is no second one.
			if status, used, _ := conformity(tokens[at:]); used == size && !mentioned(tokens, at) && onItsOwn(tokens, i) {
				return Mention{State: Seen, Status: status, Remark: bracketed(tokens[i+1:])}, true
			}
		}
	}
	return Mention{}, false
}

// onItsOwn: «non conforme – accessibilité de la mairie» is about the town hall.
func onItsOwn(tokens []token, i int) bool {
	for _, t := range tokens[i+1 : min(len(tokens), i+1+maxBetween)] {
		if !t.letters() {
			continue
		}
		return digitalWord(t.text) || between(t.text) && t.text != "de" && t.text != "la" && t.text != "des"
	}
	return true
}

func mentioned(tokens []token, at int) bool {
	for i := max(0, at-maxBetween); i < at; i++ {
		if strings.HasPrefix(tokens[i].text, "accessibilit") {
			return true
		}
	}
	return false
}

func all(tokens []token, holds func(token) bool) bool {
	for _, t := range tokens {
		if !holds(t) {
			return false
		}
	}
	return true
}

// conformity reads one of the three statuses at the beginning, also the wrong
// way round or in one word, and gives how many tokens it has. Straight says
// that the words are those of the decree.
func conformity(tokens []token) (status Status, size int, straight bool) {
	at := func(i int) string {
		if i < len(tokens) {
			return tokens[i].text
		}
		return ""
	}
	first, second := at(0), at(1)
	if second == "-" {
		second, size = at(2), 1
	}
	switch {
	case first == "nonconforme":
		return None, 1, false
	case first == "pas" && conform(second):
		return None, 2 + size, false
	case degreeOf(first) != "" && conform(second):
		s := degreeOf(first)
		return s, 2 + size, size == 0 && second == "conforme" && (first == "totalement" || first == "partiellement" || first == "non")
	case conform(first) && degreeOf(second) != "" && second != "non":
		return degreeOf(second), 2 + size, false
	case first == "pas" && degreeOf(second) == Full && conform(at(2)):
		return NotFull, 3, false
	}
	return "", 0, false
}

// conform also knows how the word is often mistyped.
func conform(word string) bool {
	switch word {
	case "conforme", "conformes", "conform", "confome", "comforme":
		return true
	}
	return false
}

func degreeOf(word string) Status {
	switch word {
	case "totalement", "entierement", "pleinement", "completement", "integralement":
		return Full
	case "partiellement":
		return Partial
	case "non":
		return None
	}
	return ""
}

// bracketed gives the words in brackets that stand at the beginning.
func bracketed(tokens []token) string {
	if len(tokens) == 0 || tokens[0].text != "(" {
		return ""
	}
	var list []string
	for _, t := range tokens[1:min(len(tokens), 1+maxBetween)] {
		if t.text == ")" {
			return strings.Join(list, " ")
		}
		list = append(list, t.text)
	}
	return ""
}

// clip cuts a text at a number of bytes; half a character at the end is
// repaired by fold.
func clip(text string, limit int) string { return text[:min(len(text), limit)] }
