package office

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// clean makes any text plain: white space becomes a space, and whatever has no
// shape of its own (control characters, marks that turn the direction of
// writing, zero-width and tag characters, what XML cannot hold) is spelled out,
// so that it is seen and does nothing. The report does the same before; here
// nothing depends on it.
func clean(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == noBreak || r == narrowNoBreak:
			b.WriteRune(noBreak)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// Spaces that keep two words on one line. Not every font has the narrow one.
const (
	noBreak       = '\u00A0'
	narrowNoBreak = '\u202F'
)

// clip shortens a text to at most limit characters and shows that it did.
func clip(text string, limit int) string {
	letters := []rune(text)
	if len(letters) <= limit {
		return text
	}
	return string(letters[:limit-1]) + "…"
}

// maxLink is how long an address may be; Word refuses documents with longer ones.
const maxLink = 2000

// outward gives the address of a link that leads out of the document, or
// nothing: a link may open a page or a message, and never run, read or fetch
// from this computer or its network shares.
func outward(link string) string {
	if len(link) > maxLink || clean(link) != link || strings.ContainsAny(link, ` \`) {
		return ""
	}
	address, err := url.Parse(link)
	if err != nil {
		return ""
	}
	switch address.Scheme {
	case "http", "https":
		// A name before the host makes one host look like another.
		if address.Host == "" || address.User != nil {
			return ""
		}
	case "mailto":
		if address.Opaque == "" {
			return ""
		}
	default:
		return ""
	}
	return address.String()
}

// inward gives the anchor of a link to a heading, or nothing.
func inward(link string) string {
	anchor, _ := strings.CutPrefix(link, "#")
	if anchor == link {
		return ""
	}
	return anchor
}
