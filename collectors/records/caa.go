package records

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// CAA says who may issue certificates for a name (RFC 8659 section 4.1).
type CAA struct {
	Critical bool   // bit 128 of the flags: who does not know the tag must not issue
	Flags    uint8  // as they are
	Tag      string // in lower case, where it is made of letters and digits
	Value    string
}

// ParseCAA reads a record in presentation form. With an error comes what could
// be read: to an authority such a record still counts, as one that forbids.
func ParseCAA(rdata string) (CAA, error) {
	record, err := readCAA(rdata)
	if err != nil {
		return record, err
	}
	return record, record.fault()
}

func readCAA(rdata string) (CAA, error) {
	if wire, ok, err := generic(rdata); ok {
		if err != nil {
			return CAA{}, err
		}
		return unpackCAA(wire)
	}
	list, rest, err := numbers(rdata, 255)
	if err != nil {
		return CAA{}, err
	}
	tag, rest := field(rest)
	record := newCAA(byte(list[0]), tag)
	switch {
	case tag == "":
		return record, errors.New("no tag")
	case !isOneString(rest):
		// RFC 8659 section 4.1.1: in quotes, or without blanks.
		return record, errors.New("the value is not one string")
	}
	record.Value, err = Text(rest)
	return record, err
}

func unpackCAA(wire []byte) (CAA, error) {
	if len(wire) < 2 || len(wire) < 2+int(wire[1]) {
		return CAA{}, errors.New("shorter than its tag")
	}
	end := 2 + int(wire[1])
	record := newCAA(wire[0], string(wire[2:end]))
	record.Value = string(wire[end:])
	return record, nil
}

func newCAA(flags uint8, tag string) CAA {
	if !strings.ContainsFunc(tag, notInTag) {
		tag = strings.ToLower(tag)
	}
	return CAA{Critical: flags&128 != 0, Flags: flags, Tag: tag}
}

// isOneString reports whether a value is one quoted string, or one without
// quotes and blanks.
func isOneString(value string) bool {
	quoted := strings.HasPrefix(value, `"`)
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\':
			i++
		case c == '"' && i > 0:
			return quoted && i == len(value)-1
		case !quoted && strings.IndexByte(blanks, c) >= 0:
			return false
		}
	}
	return value != "" && !quoted
}

// fault says what is wrong with the record's content.
func (c CAA) fault() error {
	if c.Tag == "" || strings.ContainsFunc(c.Tag, notInTag) {
		return fmt.Errorf("tag %q is not made of letters and digits", short(c.Tag))
	}
	switch c.Tag {
	case "issue", "issuewild", "issuemail", "issuevmc":
		if _, ok := issuerDomain(c.Value); !ok {
			return fmt.Errorf("%s: %q is not the domain of an authority with its parameters", c.Tag, short(c.Value))
		}
	case "iodef":
		// RFC 8659 section 4.4: a URL of mail or of the web.
		scheme, _, _ := strings.Cut(strings.ToLower(c.Value), ":")
		if !slices.Contains([]string{"mailto", "http", "https"}, scheme) || !isReportURI(c.Value) {
			return fmt.Errorf("iodef: %q is not a mailto, http or https address", short(c.Value))
		}
	}
	return nil
}

func notInTag(r rune) bool { return r > '~' || !isLetter(byte(r)) && !isDigit(byte(r)) }

// Issuer gives the domain of the authority that a record lets in, empty for
// nobody, in lower case. ok is false for another tag than issue and issuewild, and
// for a value that cannot be read, which lets in nobody (RFC 8659 section 4.2).
func (c CAA) Issuer() (domain string, ok bool) {
	if c.Tag != "issue" && c.Tag != "issuewild" {
		return "", false
	}
	return issuerDomain(c.Value)
}

// issuerDomain reads the issue-value of RFC 8659 section 4.2.
func issuerDomain(value string) (domain string, ok bool) {
	domain, parameters, more := strings.Cut(value, ";")
	domain, parameters = strings.ToLower(strings.Trim(domain, blanks)), strings.Trim(parameters, blanks)
	if domain != "" {
		for label := range strings.SplitSeq(domain, ".") {
			if !isCAALabel(label) {
				return "", false
			}
		}
	}
	if !more || parameters == "" {
		return domain, true
	}
	for parameter := range strings.SplitSeq(parameters, ";") {
		tag, content, found := strings.Cut(parameter, "=")
		if !found || !isCAALabel(strings.Trim(tag, blanks)) || strings.ContainsFunc(strings.Trim(content, blanks), notPrinted) {
			return "", false
		}
	}
	return domain, true
}

// isCAALabel reads letters and digits with hyphens between them.
func isCAALabel(label string) bool {
	for i := range len(label) {
		if c := label[i]; !isLetter(c) && !isDigit(c) && c != '-' {
			return false
		}
	}
	return label != "" && label[0] != '-' && label[len(label)-1] != '-'
}

func notPrinted(r rune) bool { return r < '!' || r > '~' }

// CAAAllows reports whether the set of records that counts for a name lets an
// authority with these identifiers issue a certificate, for a wildcard name or
// for an ordinary one. Parameters bind an authority further, to an account for
// instance, which cannot be seen from outside; they are passed over.
func CAAAllows(set []CAA, wildcard bool, identifiers []string) bool {
	// RFC 8659 section 4.1: what is critical and unknown forbids.
	if slices.ContainsFunc(set, func(c CAA) bool { return c.Critical && !isKnownCAA(c.Tag) }) {
		return false
	}
	tagged := func(tag string) func(CAA) bool { return func(c CAA) bool { return c.Tag == tag } }
	tag := "issue"
	// RFC 8659 section 4.3: for a wildcard name issuewild, where there is one,
	// takes the place of issue; otherwise it does not count.
	if wildcard && slices.ContainsFunc(set, tagged("issuewild")) {
		tag = "issuewild"
	}
	// RFC 8659 section 4.2: without an issue property nothing is restricted.
	if !slices.ContainsFunc(set, tagged(tag)) {
		return true
	}
	return slices.ContainsFunc(set, func(c CAA) bool {
		domain, ok := c.Issuer()
		return c.Tag == tag && ok && domain != "" && slices.ContainsFunc(identifiers, func(id string) bool { return strings.EqualFold(id, domain) })
	})
}

// isKnownCAA names the tags of the registry that authorities read (RFC 8659
// section 7, RFC 9495, and those of the CA/Browser Forum).
func isKnownCAA(tag string) bool {
	switch tag {
	case "issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone":
		return true
	}
	return false
}
