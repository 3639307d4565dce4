package records

import "strings"

// HasMacro reports whether a domain-spec depends on the message.
func HasMacro(spec string) bool { return strings.Contains(spec, "%") }

// The letters of macros (RFC 7208 section 7.2): c, r and t are for the text of
// an explanation only.
const (
	nameLetter = "slodiphv"
	anyLetter  = nameLetter + "crt"
)

// validDomainSpec holds a domain-spec to its grammar (RFC 7208 section 7.1): a
// macro-string with a macro or a top label at its end. What macros expand to
// depends on the message; a name without any must be one that DNS can hold.
func validDomainSpec(spec string) bool {
	endsInMacro, ok := macroString(spec, nameLetter)
	if spec == "" || len(spec) > 512 || !ok {
		return false
	}
	if endsInMacro {
		return true
	}
	name := strings.TrimSuffix(spec, ".")
	dot := strings.LastIndexByte(name, '.')
	return dot >= 0 && isTopLabel(name[dot+1:]) && (HasMacro(spec) || hasLabels(name))
}

// isTopLabel keeps out addresses and what else is no top level of the DNS.
func isTopLabel(label string) bool {
	if label == "" || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for i := range len(label) {
		if c := label[i]; !isLetter(c) && !isDigit(c) && c != '-' {
			return false
		}
	}
	return !isNumber(label)
}

// hasLabels reports whether every label has a length that DNS allows. RFC 7208
// section 4.8 leaves open what receivers do where one has not.
func hasLabels(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return len(name) <= 253
}

// macroString reads visible characters and macros, and says whether a macro
// stands at the end.
func macroString(s, letters string) (endsInMacro, ok bool) {
	for i := 0; i < len(s); {
		length := 1
		if endsInMacro = s[i] == '%'; endsInMacro {
			length = macroLength(s[i:], letters)
		}
		if length == 0 || s[i] <= ' ' || s[i] > '~' {
			return false, false
		}
		i += length
	}
	return endsInMacro, true
}

// macroLength gives the length of the macro at the beginning of s, 0 when there
// is none.
func macroLength(s, letters string) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '%', '_', '-':
		return 2
	case '{':
		if end := strings.IndexByte(s, '}'); end > 2 && isMacro(s[2:end], letters) {
			return end + 1
		}
	}
	return 0
}

// isMacro reads what stands between the braces: a letter, how many labels, "r"
// for reversed, delimiters (RFC 7208 section 7.1). Of no label at all nothing
// would be left: section 7.3 forbids it.
func isMacro(body, letters string) bool {
	if strings.IndexByte(letters, body[0]|0x20) < 0 {
		return false
	}
	rest := strings.TrimLeft(body[1:], "0123456789")
	digits := body[1 : len(body)-len(rest)]
	if digits != "" && strings.Trim(digits, "0") == "" {
		return false
	}
	if rest != "" && rest[0]|0x20 == 'r' {
		rest = rest[1:]
	}
	return strings.Trim(rest, ".-+,/_=") == ""
}
