package checks

import (
	"strings"
	"unicode"
)

// fold makes labels comparable: lower case, without the accents of Italian,
// French, German and Spanish, one kind of apostrophe and single blanks.
func fold(text string) string {
	text = folder.Replace(strings.ToLower(text))
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1 // an accent written as a character of its own
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// folder never changes; a Replacer is safe for use by several goroutines.
var folder = strings.NewReplacer(
	"à", "a", "á", "a", "â", "a", "ä", "a", "ã", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e", "ì", "i", "í", "i", "î", "i", "ï", "i",
	"ñ", "n", "ò", "o", "ó", "o", "ô", "o", "ö", "o", "ù", "u", "ú", "u", "û", "u", "ü", "u", "ÿ", "y", "œ", "oe", "æ", "ae", "ß", "ss",
	"’", "'", "‘", "'", "ʼ", "'", "`", "'", "´", "'", "\u200b", "", "\u00ad", "",
)
