package declaration

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"campanile/collectors/records/internal/plain"
)

// fold makes texts comparable.
func fold(text string) string { return plain.Text(text) }

// token is a run of letters, a run of digits, or one sign.
type token struct {
	text  string
	blank bool // a blank stands before it
	fresh bool // it begins a line, though not the first
}

func (t token) letters() bool {
	first, _ := utf8.DecodeRuneInString(t.text)
	return unicode.IsLetter(first)
}

func (t token) digits() bool { return t.text[0] >= '0' && t.text[0] <= '9' }

// tokensOf cuts folded text into tokens.
func tokensOf(text string) []token {
	var tokens []token
	fresh := false
	for i := 0; i < len(text); {
		if text[i] == ' ' || text[i] == '\n' {
			fresh = fresh || text[i] == '\n'
			i++
			continue
		}
		size := runOf(text[i:])
		blank := i > 0 && (text[i-1] == ' ' || text[i-1] == '\n')
		tokens = append(tokens, token{text[i : i+size], blank, fresh && len(tokens) > 0})
		fresh = false
		i += size
	}
	return tokens
}

// runOf gives how many bytes the token at the beginning of the text has.
func runOf(text string) int {
	class := func(r rune) int {
		switch {
		case r >= '0' && r <= '9':
			return 1
		case r >= 'a' && r <= 'z', r >= utf8.RuneSelf && unicode.IsLetter(r):
			return 2
		}
		return 0
	}
	first, size := utf8.DecodeRuneInString(text)
	if class(first) == 0 {
		return size
	}
	for i, r := range text {
		if class(r) != class(first) {
			return i
		}
	}
	return len(text)
}

// words are the runs of letters and digits among tokens.
func words(tokens []token) []string {
	var list []string
	for _, t := range tokens {
		if t.letters() || t.digits() {
			list = append(list, t.text)
		}
	}
	return list
}

// padded joins words so that contains finds them whole.
func padded(words []string) string { return " " + strings.Join(words, " ") + " " }

// contains looks for any of the phrases, whole words each, in padded words.
func contains(padded string, phrases ...string) bool {
	for _, phrase := range phrases {
		if strings.Contains(padded, " "+phrase+" ") {
			return true
		}
	}
	return false
}

// begins looks for a word that begins with any of the stems.
func begins(padded string, stems ...string) bool {
	for _, stem := range stems {
		if strings.Contains(padded, " "+stem) {
			return true
		}
	}
	return false
}

// sentence is one sentence of a text, or one of its lines without a full stop.
type sentence struct {
	tokens []token
	padded string // its words
	count  int    // of its words
	line   int
	alone  bool // it is all of its line
}

// sentencesOf cuts folded text at its line breaks and full stops.
func sentencesOf(text string) []sentence {
	var all []sentence
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		before := len(all)
		tokens := tokensOf(line)
		for from := 0; from < len(tokens); {
			to := from + 1
			for to < len(tokens) && !ends(tokens, to-1) {
				to++
			}
			list := words(tokens[from:to])
			all = append(all, sentence{tokens[from:to], padded(list), len(list), number, false})
			from = to
		}
		if len(all) == before+1 {
			all[before].alone = true
		}
	}
	return all
}

// ends reports whether a sentence ends with the token at i: not at the point of
// an abbreviation or of a day («1. März»).
func ends(tokens []token, i int) bool {
	switch tokens[i].text {
	case "!", "?", ";":
		return true
	case ".":
	default:
		return false
	}
	if i == 0 || i+1 < len(tokens) && !tokens[i+1].blank {
		return false
	}
	switch before := tokens[i-1]; {
	case monthOf(before.text) > 0 && i+1 < len(tokens) && tokens[i+1].digits():
		return false
	case before.digits():
		return len(before.text) > 2
	case before.letters():
		return len(before.text) > 3 || len(before.text) == 3 && !shortened(before.text)
	}
	return true
}

// shortened tells abbreviations of three letters, those of months among them.
func shortened(word string) bool {
	switch word {
	case "art", "lgs", "abs", "sig", "nov", "set", "ott", "dic", "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "tel", "avr", "bzw",
		"usw", "jan", "oct", "dec", "ene", "abr", "cap", "par", "num", "ecc", "etc", "sep", "okt", "dez", "jul", "jun", "aug":
		return true
	}
	return false
}
