// Package plain makes texts in Italian, French, English, German and Spanish
// comparable: what a person reads as the same is the same. It must not know what
// a text is about.
package plain

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text makes texts comparable: lower case, without the accents of Italian,
// French, German and Spanish, wide forms and ligatures as plain letters, every
// blank a space. Line breaks stay. An entity that was escaped twice is what it
// was meant to be.
func Text(text string) string {
	var out strings.Builder
	for _, r := range html.UnescapeString(strings.ToValidUTF8(text, "\uFFFD")) {
		r = unicode.ToLower(r)
		switch {
		case r == '\n':
			out.WriteByte('\n')
		case r < utf8.RuneSelf && r > ' ':
			out.WriteRune(r)
		case unicode.IsSpace(r), r < ' ':
			out.WriteByte(' ')
		case r >= 0xFF01 && r <= 0xFF5E: // the wide forms of the printable part of ASCII
			out.WriteRune(unicode.ToLower(r - 0xFF01 + '!'))
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			// An accent of its own, a soft hyphen, a joiner: nothing that is read.
		default:
			out.WriteString(letters(r))
		}
	}
	return out.String()
}

// letters gives the letters without accents that stand for one with.
func letters(r rune) string {
	switch r {
	case 'à', 'á', 'â', 'ä', 'ã', 'å', 'ª':
		return "a"
	case 'ç':
		return "c"
	case 'è', 'é', 'ê', 'ë':
		return "e"
	case 'ì', 'í', 'î', 'ï':
		return "i"
	case 'ñ':
		return "n"
	case 'ò', 'ó', 'ô', 'ö', 'õ', 'º':
		return "o"
	case 'ù', 'ú', 'û', 'ü':
		return "u"
	case 'ÿ', 'ý':
		return "y"
	case 'œ':
		return "oe"
	case 'æ':
		return "ae"
	case 'ß':
		return "ss"
	case 'ﬀ':
		return "ff"
	case 'ﬁ':
		return "fi"
	case 'ﬂ':
		return "fl"
	case 'ﬃ':
		return "ffi"
	case '’', '‘', 'ʼ', '`', '´', '′':
		return "'"
	case '‐', '‑', '‒', '–', '—', '−':
		return "-"
	}
	return string(r)
}

// Words are the runs of letters and the runs of digits of a folded text, joined
// by single blanks with one at each end, so that Contains finds them whole.
func Words(folded string) string {
	var out strings.Builder
	last := other
	for i, r := range folded {
		class := classOf(r)
		if class != last || i == 0 {
			out.WriteByte(' ')
		}
		if last = class; class != other {
			out.WriteRune(r)
		}
	}
	return " " + strings.Join(strings.Fields(out.String()), " ") + " "
}

const (
	other = iota
	digit
	letter
)

func classOf(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return digit
	case r >= 'a' && r <= 'z', r >= utf8.RuneSelf && unicode.IsLetter(r):
		return letter
	}
	return other
}

// Contains looks for any of the phrases, of whole words each, in Words.
func Contains(words string, phrases ...string) bool {
	return slices.ContainsFunc(phrases, func(phrase string) bool { return find(words, phrase, true) })
}

// Begins looks for a word that begins with any of the stems, in Words.
func Begins(words string, stems ...string) bool {
	return slices.ContainsFunc(stems, func(stem string) bool { return find(words, stem, false) })
}

// find looks for a text behind a blank, and before one where it must be whole.
func find(words, text string, whole bool) bool {
	for from := 0; ; {
		at := strings.Index(words[from:], text)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(text)
		if at > 0 && words[at-1] == ' ' && (!whole || end < len(words) && words[end] == ' ') {
			return true
		}
		if from = at + 1; from > len(words) {
			return false
		}
	}
}
