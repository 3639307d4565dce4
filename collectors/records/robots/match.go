package robots

import "strings"

// matches tells whether a pattern matches a path from its beginning (RFC 9309
// section 2.2.3): "*" stands for anything, "$" at the end for the end.
func matches(pattern, path string) bool {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	for i, part := range parts[1:] {
		if anchored && i == len(parts)-2 {
			return strings.HasSuffix(rest, part)
		}
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return !anchored || rest == ""
}

// normalPath and normalPattern bring both sides to the form in which they are
// compared octet by octet (RFC 9309 section 2.2.2). In a path, the two characters
// that mean something in a pattern are percent-encoded; in a pattern, a "$" is
// that has something behind it.
func normalPath(path string) string { return normal(path, "*$") }

func normalPattern(pattern string) string {
	pattern, anchored := strings.CutSuffix(pattern, "$")
	pattern = normal(pattern, "$")
	if anchored {
		pattern += "$"
	}
	return pattern
}

const (
	unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~" // RFC 3986 section 2.3
	reserved   = ":/?#[]@!$&'()*+,;="                                                 // section 2.2
	generic    = ":/?#[]@"                                                            // those of them that part an address
	digits     = "0123456789ABCDEF"
)

// normal decodes what needs no encoding and encodes the rest: octets outside
// ASCII, the given ones, and in a query what parts an address, as RFC 9309 section
// 2.2.2 shows it. What is reserved and encoded stays so.
func normal(text, special string) string {
	var b strings.Builder
	b.Grow(len(text))
	query := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		if octet, ok := escaped(text[i:]); ok {
			i += 2
			if strings.IndexByte(unreserved, octet) >= 0 {
				b.WriteByte(octet)
			} else {
				escape(&b, octet)
			}
			continue
		}
		literal := strings.IndexByte(unreserved, c) >= 0 || strings.IndexByte(reserved, c) >= 0
		if !literal || strings.IndexByte(special, c) >= 0 || query && strings.IndexByte(generic, c) >= 0 {
			escape(&b, c)
		} else {
			b.WriteByte(c)
		}
		query = query || c == '?'
	}
	return b.String()
}

// escaped reads the octet of "%C3".
func escaped(text string) (octet byte, ok bool) {
	if len(text) < 3 || text[0] != '%' {
		return 0, false
	}
	high, low := hex(text[1]), hex(text[2])
	return byte(high<<4 | low), high >= 0 && low >= 0
}

func hex(c byte) int {
	if c >= 'a' && c <= 'f' {
		c -= 'a' - 'A'
	}
	return strings.IndexByte(digits, c)
}

func escape(b *strings.Builder, octet byte) {
	b.WriteByte('%')
	b.WriteByte(digits[octet>>4])
	b.WriteByte(digits[octet&15])
}
