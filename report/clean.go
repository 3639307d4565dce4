package report

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// Bounds of what a page shows of a stranger's text; the JSON keeps all of it.
const (
	maxInText = 300  // runes of a value inside a sentence
	maxInList = 1000 // runes of a value among the technical facts
)

// clean makes text harmless for a terminal, a page and a printer: whatever has
// no shape of its own (control characters, escape sequences, marks that turn
// the direction of writing, zero-width characters) is spelled out, so that it
// is seen and does nothing. White space becomes a plain space.
func clean(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == noBreak || unicode.IsPrint(r):
			b.WriteRune(r)
		case r == narrowNoBreak:
			b.WriteRune(noBreak)
		case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case r <= unicode.MaxLatin1:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// noBreak keeps two words on one line; French puts it before a colon.
const (
	noBreak       = '\u00A0'
	narrowNoBreak = '\u202F'
)

// clip shortens text to at most limit runes and shows that it did.
func clip(text string, limit int) string {
	count := 0
	for i := range text {
		if count == limit {
			return text[:i] + "…"
		}
		count++
	}
	return text
}

// shown gives the form of a host name that people read (RFC 5890 section
// 2.3.2.1). A name that is not a valid IDN stays as it is on the wire.
func shown(name string) string {
	if unicodeForm, err := idna.Display.ToUnicode(name); err == nil {
		name = unicodeForm
	}
	return clean(name)
}

// shownWithASCII adds the form on the wire where it differs: whoever edits a
// DNS zone needs it.
func shownWithASCII(name string) string {
	if unicodeForm := shown(name); unicodeForm != clean(name) {
		return unicodeForm + " (" + clean(name) + ")"
	}
	return clean(name)
}

// quoted makes a word safe to paste into a shell.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-_,:@/", r))
	}
	word = clean(word)
	if word != "" && word[0] != '-' && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
