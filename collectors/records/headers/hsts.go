package headers

import (
	"errors"
	"fmt"
	"strings"
)

// HSTS is a Strict-Transport-Security header (RFC 6797 section 6.1).
type HSTS struct {
	MaxAge            int64 // seconds; 0 tells browsers to forget the host
	IncludeSubDomains bool
	Preload           bool // no directive of the RFC: the site asks to be in the browsers' lists
}

// maxAgeKept is the most that MaxAge holds; what is written above it is no
// longer time for anybody.
const maxAgeKept = 1 << 40

// ParseHSTS reads a header line. An error means that browsers must ignore it
// (RFC 6797 section 6.1, item 4).
func ParseHSTS(line string) (HSTS, error) {
	var h HSTS
	seen := map[string]bool{}
	for rest, more := bounded(line), true; more; {
		var d hstsDirective
		var err error
		if d, rest, more, err = cutDirective(rest); err != nil {
			return HSTS{}, err
		}
		if d.name == "" {
			continue // RFC 6797 section 6.1: directives are optional between semicolons
		}
		// Item 2: all directives appear only once.
		if seen[d.name] {
			return HSTS{}, fmt.Errorf("directive %q appears more than once", short(d.name))
		}
		seen[d.name] = true
		if err := h.set(d); err != nil {
			return HSTS{}, err
		}
	}
	// Section 6.1.1: max-age is required.
	if !seen["max-age"] {
		return HSTS{}, errors.New("no max-age")
	}
	return h, nil
}

// set takes a directive; those of other standards are ignored (item 5).
func (h *HSTS) set(d hstsDirective) error {
	switch d.name {
	case "max-age":
		age, ok := deltaSeconds(d.value)
		if !ok {
			return fmt.Errorf("max-age %q is not a number of seconds", short(d.value))
		}
		h.MaxAge = age
	case "includesubdomains":
		// Section 6.1.2: the directive has no value.
		if d.valued {
			return errors.New("includeSubDomains has a value")
		}
		h.IncludeSubDomains = true
	case "preload":
		h.Preload = !d.valued
	}
	return nil
}

// hstsDirective is one directive; the name is in lower case (item 3).
type hstsDirective struct {
	name, value string
	valued      bool
}

// cutDirective takes the directive up to the next semicolon. Blanks may stand
// between its parts, and a value may be a quoted string (RFC 6797 section 6.1,
// with the grammar of RFC 2616 section 2.2).
func cutDirective(text string) (d hstsDirective, rest string, more bool, err error) {
	text = strings.TrimLeft(text, blanks)
	end := strings.IndexFunc(text, func(r rune) bool { return !isToken(r) })
	if end < 0 {
		end = len(text)
	}
	d.name, text = strings.ToLower(text[:end]), strings.TrimLeft(text[end:], blanks)
	if value, ok := strings.CutPrefix(text, "="); ok && d.name != "" {
		d.valued = true
		if d.value, text, ok = cutValue(strings.TrimLeft(value, blanks)); !ok {
			return d, "", false, fmt.Errorf("directive %q has no proper value", short(d.name))
		}
		text = strings.TrimLeft(text, blanks)
	}
	rest, more = strings.CutPrefix(text, ";")
	if !more && text != "" {
		return d, "", false, fmt.Errorf("%q stands where a semicolon should", short(text))
	}
	return d, rest, more, nil
}

// cutValue takes a token or a quoted string off the text.
func cutValue(text string) (value, rest string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexFunc(text, func(r rune) bool { return !isToken(r) })
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:], end > 0
	}
	var plain strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return plain.String(), text[i+1:], true
		case c == '\\' && i+1 < len(text):
			i++
			plain.WriteByte(text[i])
		default:
			plain.WriteByte(c)
		}
	}
	return "", "", false
}

// isToken reports whether a character may stand in a token (RFC 9110 section 5.6.2).
func isToken(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r < 0x80 && strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}

// deltaSeconds reads one digit or more.
func deltaSeconds(text string) (seconds int64, ok bool) {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
		seconds = min(seconds*10+int64(text[i]-'0'), maxAgeKept)
	}
	return seconds, text != ""
}

// SixMonths is what the Observatory takes for six months, in seconds: 180 days,
// as many sites do.
const SixMonths = 180 * 24 * 60 * 60

// StrictTransport judges the header lines of one answer on https, where the
// certificate is one that browsers take.
func StrictTransport(lines []string) Result {
	if len(lines) == 0 {
		return TransportMissing
	}
	// RFC 6797 section 8.1: of several headers only the first counts.
	h, err := ParseHSTS(lines[0])
	switch {
	case err != nil:
		return TransportInvalid
	case h.MaxAge < SixMonths:
		return TransportShort
	}
	return TransportSixMonths
}
