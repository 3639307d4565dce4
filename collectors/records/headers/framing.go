package headers

import (
	"slices"
	"strings"
)

// Framing judges whether other sites may show the page inside their own: the
// lines of X-Frame-Options and those of the content security policy header.
func Framing(options, policy []string) Result {
	// HTML standard section 7.6: where a policy has frame-ancestors,
	// X-Frame-Options does not count.
	policies := ParseCSP(policy)
	if slices.ContainsFunc(policies, hasAncestors) {
		if Open(policies).AnyFrames {
			return FramingMissing
		}
		return FramingByPolicy
	}
	words := frameOptions(options)
	known := func(word string) bool { return word == "deny" || word == "sameorigin" || word == "allowall" }
	switch {
	case len(words) == 0:
		return FramingMissing
	// The same section: words that contradict each other shut everybody out.
	case len(words) > 1 && slices.ContainsFunc(words, known), words[0] == "deny", words[0] == "sameorigin":
		return FramingByOptions
	// Browsers no longer know this word; the Observatory does.
	case strings.HasPrefix(words[0], "allow-from"):
		return FramingAllowFrom
	}
	return FramingInvalid
}

func hasAncestors(p Policy) bool {
	_, found := p.Values("frame-ancestors")
	return found
}

// frameOptions gives the different words of the header, in lower case.
func frameOptions(lines []string) []string {
	var words []string
	seen := map[string]bool{}
	for _, word := range elements(lines) {
		if word = strings.ToLower(word); !seen[word] {
			seen[word] = true
			words = append(words, word)
		}
	}
	return words
}
