package inventory

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// nothing is what people write into a cell that ought to be empty.
var nothing = []string{
	"-", "--", "---", ".", "/", "//", "0", "n.d.", "n.d", "nd", "n/d", "n.p.", "n/a", "null", "none", "nan", "nessuno", "nessuna", "assente", "non presente",
	"non disponibile", "non pervenuto", "in costruzione", "sito in costruzione", "en construction", "aucun", "aucune", "neant", "néant", "http://", "https://",
	"http:", "https:", "http://www.", "https://www.", "www", "www.", "da_indicare", "da indicare",
}

// cell gives the text of a cell, and tells in the row what was mended.
func (r *row) cell(text string, latin bool) string {
	if !utf8.ValidString(text) {
		if !latin {
			r.note("text that is not UTF-8 was read as Windows-1252")
		}
		text = fromWindows(text)
	}
	if whole, twice := unscrambled(text); twice {
		r.note("letters with accents were encoded twice; %q was read as %q", short(text), short(whole))
		text = whole
	}
	if strings.ContainsFunc(text, special) {
		text = blanked(text)
		r.note("control characters were taken out of %q", short(strings.TrimSpace(text)))
	}
	text = strings.Join(strings.Fields(text), " ")
	if slices.Contains(nothing, strings.ToLower(text)) {
		return ""
	}
	return text
}

// special are characters that act on a terminal or a page and belong to no name:
// controls, marks of writing direction, and characters of no width.
func special(c rune) bool { return unicode.Is(unicode.C, c) && !unicode.IsSpace(c) }

// blanked has a blank in place of each special character.
func blanked(text string) string {
	return strings.Map(func(c rune) rune {
		if special(c) {
			return ' '
		}
		return c
	}, text)
}

// entity is a character as pages write it.
var entity = regexp.MustCompile(`&(?:[a-zA-Z]{2,8}|#\d{2,5});`)

// title is a cell with a name: characters are written out that were copied from
// the source of a page.
func (r *row) title(text string) string {
	if !entity.MatchString(text) {
		return text
	}
	r.note("%q was copied from the source of a page; its signs were written out", short(text))
	return strings.Join(strings.Fields(blanked(html.UnescapeString(text))), " ")
}

func fromWindows(text string) string {
	whole, err := charmap.Windows1252.NewDecoder().String(text)
	if err != nil {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return whole
}

// unscrambled mends letters whose UTF-8 was taken for Windows-1252 and encoded
// again: "CittÃ " for "Città".
func unscrambled(text string) (string, bool) {
	if !strings.ContainsAny(text, "ÃÂ") {
		return text, false
	}
	whole, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil || !utf8.ValidString(whole) || whole == text {
		return text, false
	}
	return whole, true
}

// decimal is what spreadsheets add to a code that they take for a number.
var decimal = regexp.MustCompile(`^(\d+)[.,]0+$`)

// code gives a statistical code at its full width. Spreadsheets drop the zeros
// in front.
func (r *row) code(text string, width int) string {
	whole := strings.ToUpper(strings.Trim(text, "'\"= "))
	whole = decimal.ReplaceAllString(whole, "$1")
	if digits(whole) && len(whole) > 0 && len(whole) < width {
		whole = strings.Repeat("0", width-len(whole)) + whole
	}
	if whole != text {
		r.note("code %q was read as %s", short(text), whole)
	}
	return whole
}

func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// number reads how many people live in a place, with or without points between
// the thousands.
func (r *row) number(text string) int {
	if whole, ok := strings.CutSuffix(text, ".0"); ok && digits(whole) {
		text = whole
	}
	plain := strings.Map(func(c rune) rune {
		if strings.ContainsRune(".' ,", c) {
			return -1
		}
		return c
	}, text)
	n := 0
	for _, c := range plain {
		if c < '0' || c > '9' || n > 100_000_000 {
			r.note("the population %q is no number; it was left empty", short(text))
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}
