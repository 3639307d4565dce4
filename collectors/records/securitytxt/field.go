package securitytxt

import (
	"net/url"
	"strings"
	"time"
)

// reader gathers what the lines of a file say.
type reader struct {
	file      File
	faults    map[Fault]bool
	expires   int
	languages int
}

// line reads one line: a field, a comment or nothing (section 4).
func (r *reader) line(line string) {
	if line == "" || strings.HasPrefix(line, "#") {
		return
	}
	name, value, found := strings.Cut(line, ":")
	if !found || !isName(name) {
		r.faults[LineForm] = true
		return
	}
	// Section 2.2: names are not case-sensitive.
	r.field(strings.ToLower(name), strings.TrimSpace(value))
}

func (r *reader) field(name, value string) {
	switch name {
	case "contact":
		r.faults[ContactForm] = r.faults[ContactForm] || !isAddress(value)
		r.file.Contacts = kept(r.file.Contacts, value)
	case "expires":
		r.expires++
		// Section 2.5.5; RFC 3339 section 5.6 lets T and Z be small.
		at, err := time.Parse(time.RFC3339, strings.ToUpper(value))
		r.faults[ExpiresMalformed] = r.faults[ExpiresMalformed] || err != nil
		r.file.Expires = at
	case "preferred-languages":
		r.languages++
	case "canonical":
		r.faults[FieldForm] = r.faults[FieldForm] || !isAddress(value)
		r.file.Canonical = kept(r.file.Canonical, value)
	case "acknowledgments", "encryption", "hiring", "policy":
		r.faults[FieldForm] = r.faults[FieldForm] || !isAddress(value)
	default:
		return // section 2.4: others may come, and are passed over
	}
	r.file.Fields++
}

func (r *reader) done() File {
	r.faults[NoContact] = len(r.file.Contacts) == 0
	r.faults[NoExpires] = r.expires == 0
	r.faults[SeveralExpires] = r.expires > 1
	r.faults[SeveralLanguages] = r.languages > 1
	if r.expires > 1 || r.faults[ExpiresMalformed] {
		r.file.Expires = time.Time{}
	}
	for _, fault := range order {
		if r.faults[fault] {
			r.file.Faults = append(r.file.Faults, fault)
		}
	}
	return r.file
}

func kept(list []string, value string) []string {
	if len(list) == maxList {
		return list
	}
	return append(list, value)
}

// isName: letters, digits and hyphens, as in the fields of mail (RFC 5322
// section 3.6.8, to which section 4 points).
func isName(name string) bool {
	for _, r := range name {
		if r <= ' ' || r >= 0x7F {
			return false
		}
	}
	return name != ""
}

// isAddress recognises an address with its scheme (RFC 3986 section 3). On the
// web it must be https (section 2.5.3 and the other fields alike).
func isAddress(value string) bool {
	u, err := url.Parse(value)
	if err != nil || strings.ContainsAny(value, " \t") {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "https":
		return u.Host != ""
	case "mailto":
		return strings.Contains(u.Opaque, "@") || strings.Contains(u.Opaque, "%40")
	case "http", "":
		return false
	}
	return u.Opaque != "" || u.Host != "" || u.Path != ""
}

const (
	signedHead    = "-----BEGIN PGP SIGNED MESSAGE-----"
	signatureHead = "-----BEGIN PGP SIGNATURE-----"
	signatureEnd  = "-----END PGP SIGNATURE-----"
)

// unframed takes the text out of the frame of a cleartext signature (section
// 2.3; RFC 9580 section 7). A frame that is not whole is a fault.
func unframed(text string) (inner string, signed, broken bool) {
	head := strings.TrimLeft(text, " \t\r\n")
	if !strings.HasPrefix(head, signedHead) {
		return text, false, strings.Contains(text, signatureHead)
	}
	var kept strings.Builder
	inside := false
	for line := range strings.Lines(head[len(signedHead):]) {
		plain := strings.TrimRight(line, " \t\r\n")
		switch {
		case plain == signatureHead:
			// RFC 9580 section 7.1: lines of the text that begin so are escaped.
			return kept.String(), true, !strings.Contains(head, signatureEnd)
		case inside:
			kept.WriteString(strings.TrimPrefix(line, "- "))
		case plain == "" && kept.Len() == 0 && strings.Contains(line, "\n"):
			// The first line is the rest of the head's own; an empty one behind the
			// names of the hashes begins the text.
			inside = true
		}
	}
	return kept.String(), true, true
}
