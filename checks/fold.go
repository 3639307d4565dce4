package checks

import "strings"

// fold makes labels comparable: lower case, without the accents of Italian,
// French, German and Spanish, one kind of apostrophe and single blanks.
func fold(text string) string {
	text = folder.Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

// folder never changes; a Replacer is safe for use by several goroutines.
var folder = strings.NewReplacer(
	"à", "a", "á", "a", "â", "a", "ä", "a", "ã", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e", "ì", "i", "í", "i", "î", "i", "ï", "i",
	"ñ", "n", "ò", "o", "ó", "o", "ô", "o", "ö", "o", "ù", "u", "ú", "u", "û", "u", "ü", "u", "ÿ", "y", "œ", "oe", "æ", "ae", "ß", "ss",
	"a\u0300", "a", "a\u0301", "a", "e\u0300", "e", "e\u0301", "e", "e\u0302", "e", "i\u0300", "i", "o\u0300", "o", "u\u0300", "u", "c\u0327", "c",
	"’", "'", "‘", "'", "ʼ", "'", "`", "'", "´", "'",
	"\u00a0", " ", "\u202f", " ", "\u2009", " ", "\u200b", "", "\u00ad", "",
)
