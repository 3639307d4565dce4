package records

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

func parseTerm(raw string) (SPFTerm, error) {
	term := SPFTerm{Raw: raw, Bits4: -1, Bits6: -1}
	name, value, isModifier := cutModifier(raw)
	if isModifier {
		return modifier(term, strings.ToLower(name), value)
	}
	rest := raw
	term.Qualifier = '+'
	if strings.IndexByte("+-~?", rest[0]) >= 0 {
		term.Qualifier, rest = rest[0], rest[1:]
	}
	end := strings.IndexAny(rest, ":/")
	if end < 0 {
		end = len(rest)
	}
	term.Name, rest = strings.ToLower(rest[:end]), rest[end:]
	return mechanism(term, rest)
}

// cutModifier tells name=value from a mechanism: the name starts with a letter
// and ends at the first "=" that no ":" or "/" precedes (RFC 7208 section 12).
func cutModifier(raw string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(raw, "=")
	if !ok || name == "" || !isLetter(name[0]) {
		return "", "", false
	}
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && !isDigit(c) && c != '-' && c != '_' && c != '.' {
			return "", "", false
		}
	}
	return name, value, true
}

// modifier reads redirect and exp (RFC 7208 section 6). Any other is ignored by
// receivers, but has to be a macro-string all the same (section 12). It keeps
// its "=", so that "all=x" is never taken for the mechanism.
func modifier(term SPFTerm, name, value string) (SPFTerm, error) {
	term.Name, term.Value = name, value
	if name == "redirect" || name == "exp" {
		if !validDomainSpec(value) {
			return term, errors.New("not a domain name")
		}
		return term, nil
	}
	term.Name += "="
	if _, ok := macroString(value, anyLetter); !ok {
		return term, errors.New("not a macro string")
	}
	return term, nil
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// mechanism reads what follows the name of a mechanism (RFC 7208 section 5).
func mechanism(term SPFTerm, rest string) (SPFTerm, error) {
	switch term.Name {
	case "all":
		if rest != "" {
			return term, errors.New("all takes no value")
		}
		return term, nil
	case "include", "exists":
		term.Value = strings.TrimPrefix(rest, ":")
		if !strings.HasPrefix(rest, ":") || !validDomainSpec(term.Value) {
			return term, fmt.Errorf("%s needs a domain name", term.Name)
		}
		return term, nil
	case "ptr":
		term.Value = strings.TrimPrefix(rest, ":")
		if rest != "" && (!strings.HasPrefix(rest, ":") || !validDomainSpec(term.Value)) {
			return term, errors.New("not a domain name")
		}
		return term, nil
	case "a", "mx":
		return hostTerm(term, rest)
	case "ip4", "ip6":
		return networkTerm(term, rest)
	}
	return term, errUnknownMechanism
}

// errUnknownMechanism is a term that no version of SPF knows (RFC 7208 section
// 4.6.2).
var errUnknownMechanism = errors.New("unknown mechanism")

// hostTerm reads [":" domain] ["/" n] ["//" n] (RFC 7208 section 5.3). A domain
// may hold slashes, so the lengths are taken from the end.
func hostTerm(term SPFTerm, rest string) (SPFTerm, error) {
	rest, six := cutLength(rest, "//")
	rest, four := cutLength(rest, "/")
	switch {
	case strings.HasPrefix(rest, ":"):
		if term.Value = rest[1:]; !validDomainSpec(term.Value) {
			return term, errors.New("not a domain name")
		}
	case rest != "":
		return term, errors.New("not a prefix length")
	}
	var err4, err6 error
	if four != "" {
		term.Bits4, err4 = prefixLength(four, 32)
	}
	if six != "" {
		term.Bits6, err6 = prefixLength(six, 128)
	}
	return term, cmp.Or(err4, err6)
}

// cutLength takes a number off the end, with the slashes before it.
func cutLength(s, slashes string) (rest, number string) {
	i := strings.LastIndex(s, slashes)
	if i < 0 || !isNumber(s[i+len(slashes):]) {
		return s, ""
	}
	return s[:i], s[i+len(slashes):]
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func networkTerm(term SPFTerm, rest string) (SPFTerm, error) {
	if !strings.HasPrefix(rest, ":") {
		return term, errors.New("an address is missing")
	}
	term.Value = rest[1:]
	address, bits, hasBits := strings.Cut(term.Value, "/")
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Zone() != "" || ip.Is4() != (term.Name == "ip4") {
		return term, fmt.Errorf("not an address of %s", term.Name)
	}
	length := ip.BitLen()
	if hasBits {
		if length, err = prefixLength(bits, ip.BitLen()); err != nil {
			return term, err
		}
	}
	if ip.Is4() {
		term.Bits4 = length
	} else {
		term.Bits6 = length
	}
	return term, nil
}

// prefixLength reads a length without leading zeros (RFC 7208 section 12).
func prefixLength(s string, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || !isNumber(s) || n > most || len(s) > 1 && s[0] == '0' {
		return -1, errors.New("not a prefix length")
	}
	return n, nil
}
