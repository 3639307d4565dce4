package headers

import (
	"slices"
	"strings"
)

// anywhere recognises a source that lets in content from every host: a star, or
// the scheme of ordinary addresses without a host (CSP Level 3 section 6.7.2.8).
func anywhere(source string) bool {
	source = strings.ToLower(source)
	switch source {
	case "http:", "https:", "ftp:":
		return true
	}
	host := source
	if scheme, rest, found := strings.Cut(source, "://"); found {
		if scheme != "http" && scheme != "https" && scheme != "ftp" {
			return false
		}
		host = rest
	}
	if end := strings.IndexAny(host, ":/"); end >= 0 {
		host = host[:end]
	}
	return host == "*"
}

// inClear recognises a source of unencrypted content.
func inClear(source string) bool {
	source = strings.ToLower(source)
	return strings.HasPrefix(source, "http:") || strings.HasPrefix(source, "ftp:")
}

// holds reports whether a keyword stands in a list; case does not matter.
func holds(sources []string, keyword string) bool {
	return slices.ContainsFunc(sources, func(s string) bool { return strings.EqualFold(s, keyword) })
}

// isNonceOrHash recognises the nonce-source and the hash-source of CSP Level 3
// section 2.3.1. A template that nobody filled in, such as 'nonce-{{nonce}}', is
// none.
func isNonceOrHash(source string) bool {
	text, ok := strings.CutPrefix(source, "'")
	text, closed := strings.CutSuffix(text, "'")
	kind, value, found := strings.Cut(text, "-")
	switch strings.ToLower(kind) {
	case "nonce", "sha256", "sha384", "sha512":
		return ok && closed && found && isBase64(value)
	}
	return false
}

// isBase64 reads the base64-value of CSP Level 3 section 2.3.1.
func isBase64(text string) bool {
	for range 2 {
		text = strings.TrimSuffix(text, "=")
	}
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("+/-_", r)
	})
}

// isNone recognises a list that nothing matches: empty, or 'none' alone (CSP
// Level 3 section 6.7.2.7).
func isNone(sources []string) bool {
	return len(sources) == 0 || len(sources) == 1 && strings.EqualFold(sources[0], "'none'")
}
