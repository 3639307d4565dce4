package records

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// SPF is one record of RFC 7208, term by term.
type SPF struct {
	Terms []SPFTerm
}

// SPFTerm is one mechanism or modifier.
type SPFTerm struct {
	Raw       string
	Qualifier byte   // '+', '-', '~' or '?'; 0 for a modifier
	Name      string // lower case: all, include, a, mx, ptr, ip4, ip6, exists, redirect, exp ...
	Value     string // domain-spec or network, as written; empty when left out
	Bits4     int    // prefix length for IPv4 (a, mx, ip4); -1 when left out
	Bits6     int    // prefix length for IPv6 (a, mx, ip6); -1 when left out
}

// IsSPF reports whether a TXT record is an SPF record: the version, then a
// blank or the end (RFC 7208 section 4.5).
func IsSPF(text string) bool {
	const version = "v=spf1"
	if len(text) < len(version) || !strings.EqualFold(text[:len(version)], version) {
		return false
	}
	return len(text) == len(version) || text[len(version)] == ' '
}

// SPFRecords picks the SPF records out of TXT records in presentation form.
func SPFRecords(rdata []string) []string {
	var list []string
	for _, text := range Texts(rdata) {
		if IsSPF(text) {
			list = append(list, text)
		}
	}
	return list
}

// ParseSPF reads a record. A syntax error anywhere makes the whole record
// invalid (RFC 7208 section 4.6); the terms read so far are returned with it.
func ParseSPF(text string) (SPF, error) {
	var record SPF
	if !IsSPF(text) {
		return record, errors.New("not an SPF record")
	}
	var problem error
	for _, raw := range strings.FieldsFunc(text[len("v=spf1"):], func(r rune) bool { return r == ' ' }) {
		term, err := parseTerm(raw)
		if err != nil && problem == nil {
			problem = fmt.Errorf("%s: %w", raw, err)
		}
		if err == nil {
			record.Terms = append(record.Terms, term)
		}
	}
	if problem == nil {
		problem = record.onceOnly()
	}
	return record, problem
}

// onceOnly refuses a second redirect or exp (RFC 7208 section 6).
func (r SPF) onceOnly() error {
	seen := map[string]bool{}
	for _, term := range r.Terms {
		if term.Name == "redirect" || term.Name == "exp" {
			if seen[term.Name] {
				return fmt.Errorf("%s: a second %s", term.Raw, term.Name)
			}
			seen[term.Name] = true
		}
	}
	return nil
}

func parseTerm(raw string) (SPFTerm, error) {
	term := SPFTerm{Raw: raw, Bits4: -1, Bits6: -1}
	name, value, isModifier := cutModifier(raw)
	if isModifier {
		term.Name, term.Value = strings.ToLower(name), value
		if (term.Name == "redirect" || term.Name == "exp") && !validDomainSpec(value) {
			return term, errors.New("not a domain name")
		}
		return term, nil
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
	return term, errors.New("unknown mechanism")
}

// hostTerm reads [":" domain] ["/" n] ["//" n] (RFC 7208 section 5.3).
func hostTerm(term SPFTerm, rest string) (SPFTerm, error) {
	if strings.HasPrefix(rest, ":") {
		end := lengthOfDomain(rest)
		term.Value, rest = rest[1:end], rest[end:]
		if !validDomainSpec(term.Value) {
			return term, errors.New("not a domain name")
		}
	}
	four, six, both := strings.Cut(rest, "//")
	var err error
	if four != "" {
		if term.Bits4, err = prefixLength(strings.TrimPrefix(four, "/"), 32); err != nil || four[0] != '/' {
			return term, errors.New("not a prefix length")
		}
	}
	if both {
		if term.Bits6, err = prefixLength(six, 128); err != nil {
			return term, err
		}
	}
	return term, nil
}

// lengthOfDomain finds the first slash outside a macro: %{d/} may hold one.
func lengthOfDomain(s string) int {
	depth := 0
	for i := range len(s) {
		switch {
		case s[i] == '{':
			depth++
		case s[i] == '}':
			depth--
		case s[i] == '/' && depth <= 0:
			return i
		}
	}
	return len(s)
}

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

func prefixLength(s string, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > most || len(s) > 1 && s[0] == '0' {
		return -1, errors.New("not a prefix length")
	}
	return n, nil
}

// validDomainSpec accepts macros and names that end in a top label
// (RFC 7208 section 7.1). What macros expand to depends on the message.
func validDomainSpec(spec string) bool {
	if spec == "" || len(spec) > 512 {
		return false
	}
	for i := range len(spec) {
		if spec[i] <= ' ' || spec[i] > '~' {
			return false
		}
	}
	if HasMacro(spec) {
		return true
	}
	labels := strings.Split(strings.TrimSuffix(spec, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	top := labels[len(labels)-1]
	return len(labels) > 1 && strings.Trim(top, "0123456789") != "" && !strings.HasPrefix(top, "-") && !strings.HasSuffix(top, "-")
}

// HasMacro reports whether a domain-spec depends on the message.
func HasMacro(spec string) bool { return strings.Contains(spec, "%") }

// Asks reports whether the term costs a DNS look-up of the ten that a record
// may have (RFC 7208 section 4.6.4).
func (t SPFTerm) Asks() bool {
	switch t.Name {
	case "include", "a", "mx", "ptr", "exists", "redirect":
		return true
	}
	return false
}

// Follows gives the record that the term refers to, or "" when there is none or
// when it depends on the message.
func (t SPFTerm) Follows() string {
	if (t.Name == "include" || t.Name == "redirect") && !HasMacro(t.Value) {
		return strings.ToLower(strings.TrimSuffix(t.Value, "."))
	}
	return ""
}

// Redirects reports whether the redirect counts: after an "all" it is dead
// (RFC 7208 section 6.1).
func (r SPF) Redirects() bool {
	_, hasAll := r.All()
	return !hasAll
}

// All gives the qualifier of the first "all", and whether there is one.
func (r SPF) All() (qualifier byte, found bool) {
	for _, term := range r.Terms {
		if term.Name == "all" {
			return term.Qualifier, true
		}
	}
	return 0, false
}
