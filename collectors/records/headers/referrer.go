package headers

import "strings"

// ReferrerPolicy gives the policy that browsers follow after the lines of the
// header and the contents of the meta elements called referrer, in the order of
// the page; empty where none is known to them.
func ReferrerPolicy(header, meta []string) string {
	policy := ""
	// Referrer Policy section 8.1: the last word that is known counts, so that new
	// ones can stand behind old ones.
	for _, word := range elements(header) {
		if word = strings.ToLower(word); isReferrerPolicy(word) {
			policy = word
		}
	}
	// HTML standard section 4.2.5.2: a meta element has one word, no list, and
	// counts from there on.
	for _, content := range meta {
		word := strings.ToLower(strings.Trim(bounded(content), "\t\n\f\r "))
		if former := formerPolicy(word); former != "" {
			word = former
		}
		if isReferrerPolicy(word) {
			policy = word
		}
	}
	return policy
}

// isReferrerPolicy knows the words of Referrer Policy section 3.
func isReferrerPolicy(word string) bool {
	switch word {
	case "unsafe-url", "origin", "origin-when-cross-origin", "no-referrer-when-downgrade":
		return true
	}
	return isPrivate(word)
}

// isPrivate recognises what gives other sites no more than the name of this one,
// and sites in clear nothing.
func isPrivate(word string) bool {
	switch word {
	case "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin":
		return true
	}
	return false
}

// formerPolicy translates the words that meta elements had before (HTML standard
// section 4.2.5.2).
func formerPolicy(word string) string {
	switch word {
	case "never":
		return "no-referrer"
	case "default":
		return "strict-origin-when-cross-origin"
	case "always":
		return "unsafe-url"
	case "origin-when-crossorigin":
		return "origin-when-cross-origin"
	}
	return ""
}

// Referrer judges what the header and the meta elements say.
func Referrer(header, meta []string) Result {
	policy := ReferrerPolicy(header, meta)
	switch {
	case len(header)+len(meta) == 0:
		return ReferrerMissing
	case policy == "":
		return ReferrerInvalid
	case isPrivate(policy):
		return ReferrerPrivate
	}
	return ReferrerUnsafe
}
