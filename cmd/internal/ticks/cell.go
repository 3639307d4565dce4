package ticks

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// spelled writes what has no shape of its own (control characters, marks that
// turn the direction of writing) as \x1b or \u202e, so that it is seen in a
// spreadsheet and does nothing there. unspelled gives back the same text.
func spelled(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case !unicode.IsPrint(r) && !bareBlank(r), r == '\\' && decodes(text[i:]), r == '_' && workbookCode.MatchString(text[i:]):
			b.WriteString(escaped(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// bareBlank reports whether a rune is a blank that French needs.
func bareBlank(r rune) bool { return r == '\u00A0' || r == '\u202F' }

func escaped(r rune) string {
	switch {
	case r <= unicode.MaxLatin1:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xFFFF:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

var (
	escape = regexp.MustCompile(`\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})`)
	// workbookCode stands for a character in a workbook (ECMA-376 part 1, 22.9.2.19).
	workbookCode = regexp.MustCompile(`^_[xX][0-9A-Fa-f]{4}`)
)

func decodes(text string) bool {
	at := escape.FindStringIndex(text)
	return at != nil && at[0] == 0 && unspelled(text[:at[1]]) != text[:at[1]]
}

// unspelled reads what spelled has written. A backslash that somebody has typed,
// as in the name of a file, stays one.
func unspelled(text string) string {
	return escape.ReplaceAllStringFunc(text, func(code string) string {
		n, err := strconv.ParseInt(code[2:], 16, 64)
		if err != nil || n > unicode.MaxRune {
			return code
		}
		if r := rune(n); r == '\\' || r == '_' || !unicode.IsPrint(r) && !bareBlank(r) {
			return string(r)
		}
		return code
	})
}

// unarmed takes away the apostrophes that a CSV file of ours has before whatever
// a spreadsheet could take for a formula: at the start of a cell, and after a
// separator inside it.
func unarmed(text string) string {
	var b strings.Builder
	start := true
	runes := []rune(text)
	for i, r := range runes {
		if start && r == '\'' && i+1 < len(runes) && strings.ContainsRune("=+-@\t＝＋－＠", runes[i+1]) {
			start = false
			continue
		}
		switch {
		case strings.ContainsRune(";,|\t", r):
			start = true
		case r != '"' && r != '\'' && !unicode.IsSpace(r):
			start = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// inYAML writes a text in double quotes.
func inYAML(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case !unicode.IsPrint(r) && !bareBlank(r):
			b.WriteString(escaped(r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
