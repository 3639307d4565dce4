package headers

import "strings"

// ContentType judges the lines of X-Content-Type-Options.
func ContentType(lines []string) Result {
	// Fetch standard section 3.6 (determine nosniff): the first word counts.
	words := elements(lines)
	switch {
	case len(words) == 0:
		return TypeMissing
	case strings.EqualFold(words[0], "nosniff"):
		return TypeNosniff
	}
	return TypeInvalid
}

// Resource judges the lines of Cross-Origin-Resource-Policy.
func Resource(lines []string) Result {
	if len(lines) == 0 {
		return ResourceMissing
	}
	// Fetch standard section 3.7: one word in lower case, and no list.
	switch strings.Join(elements(lines), ",") {
	case "same-origin":
		return ResourceSameOrigin
	case "same-site":
		return ResourceSameSite
	case "cross-origin":
		return ResourceCrossOrigin
	}
	return ResourceInvalid
}

// Sharing is the answer to a request that asks, with the method OPTIONS, whether
// another origin may read the page (Fetch standard section 4.8).
type Sharing struct {
	Origin             string // the one that asked
	Allow, Credentials []string
}

// ResourceSharing judges the lines of Access-Control-Allow-Origin and
// Access-Control-Allow-Credentials that came for an origin.
func ResourceSharing(s Sharing) Result {
	allow := strings.Join(s.Allow, ", ")
	credentials := strings.Join(s.Credentials, ", ")
	switch {
	case allow == "":
		return SharingNone
	case strings.Trim(allow, blanks) == "*":
		return SharingPublic
	case allow == s.Origin && strings.EqualFold(strings.Trim(credentials, blanks), "true"):
		return SharingUniversal
	}
	return SharingRestricted
}
