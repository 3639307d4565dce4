package rules_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"campanile/report/score"
)

// TestSentencesAreShort: under thirty words on average in every part of every
// text, and no staff member has to hold forty in mind at once.
func TestSentencesAreShort(t *testing.T) {
	t.Parallel()
	const longest = 40
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range set.Rules {
		for _, p := range places(rule) {
			for part, text := range p.forStaff() {
				if average := perSentence(text); average >= maxAverage {
					t.Errorf("%s: %s.%s: %.1f words a sentence", rule.ID, p.field, part, average)
				}
				for _, sentence := range sentences(text) {
					if n := countWords(sentence); n > longest {
						t.Errorf("%s: %s.%s: %d words in %q", rule.ID, p.field, part, n, sentence)
					}
				}
			}
			if average := perSentence(p.text.ToSupplier); average >= maxAverage {
				t.Errorf("%s: %s.to_supplier: %.1f words a sentence", rule.ID, p.field, average)
			}
		}
	}
}

func TestSentencesAreCountedAsPeopleRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text      string
		sentences int
		words     int
	}{
		"two-sentences":                  {"Il sito {host} non risponde. Chiami il fornitore.", 2, 8},
		"a-name-is-no-end":               {"Open form.agid.gov.it and art. 3 of law 4/2004.", 1, 8},
		"french-marks-are-no-words":      {"Relancez « campanile scan {domain} » ; ce point : conforme ?", 1, 7},
		"a-step-is-a-sentence":           {"Ask the supplier\nWait two days", 2, 6},
		"a-quoted-end-is-an-end":         {"Il dit « oui. » Le site répond.", 2, 6},
		"a-number-may-begin-a-sentence":  {"Es reicht. 443 is the port.", 2, 6},
		"nothing-is-no-sentence-at-all":  {" \n", 0, 0},
		"a-semicolon-is-no-end-of-a-one": {"Ask; wait; check.", 1, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := sentences(c.text); len(got) != c.sentences || countWords(c.text) != c.words {
				t.Errorf("%d sentences %q of %d words, want %d of %d", len(got), got, countWords(c.text), c.sentences, c.words)
			}
		})
	}
}

// ends is where a sentence ends: a stop, quotes perhaps, white space, and then
// what can begin another one.
var ends = regexp.MustCompile(`([.!?])([\s\x{00A0}\x{202F}]?[»”"’)])?[\s\x{00A0}\x{202F}]+([«“"(‘][\s\x{00A0}\x{202F}]?)?([\p{Lu}\p{Nd}{])`)

// sentences parts a text at its stops and line breaks. A semicolon or a colon
// ends none.
func sentences(text string) []string {
	// Legal texts are cited with stops: art. 3, n. 33, l. 4.
	text = abbreviations.ReplaceAllString(text, "$1$2")
	text = ends.ReplaceAllString(text, "$1$2\n$3$4")
	var list []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

var abbreviations = regexp.MustCompile(`(?i)(\b(?:art|n|l|par|sect|sez))\.([\s\x{00A0}])`)

// perSentence is how many words a sentence of the text has on average.
func perSentence(text string) float64 {
	list := sentences(text)
	if len(list) == 0 {
		return 0
	}
	return float64(countWords(text)) / float64(len(list))
}

// countWords counts what has a letter or a digit; a placeholder is one word.
func countWords(text string) int {
	count := 0
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '\u00A0' || r == '\u202F' }) {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			count++
		}
	}
	return count
}
