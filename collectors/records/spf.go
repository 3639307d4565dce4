package records

import (
	"cmp"
	"errors"
	"fmt"
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
	Name      string // lower case: all, include, a, mx, ptr, ip4, ip6, exists, redirect, exp; "name=" for any other modifier
	Value     string // domain-spec or network, as written; empty when left out
	Bits4     int    // prefix length for IPv4 (a, mx: -1 when left out; ip4: 32 when left out)
	Bits6     int    // prefix length for IPv6 (a, mx: -1 when left out; ip6: 128 when left out)
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

// maxTerm is how much of a term a message repeats: more than a name that is too
// long, and what stands before and behind it.
const maxTerm = 600

// ParseSPF reads a record. A syntax error anywhere makes the whole record
// invalid (RFC 7208 section 4.6); the terms read so far are returned with it.
func ParseSPF(text string) (SPF, error) {
	var record SPF
	if !IsSPF(text) {
		return record, errors.New("not an SPF record")
	}
	var problem, twice error
	once := map[string]bool{}
	for _, raw := range spfTerms(text) {
		term, err := parseTerm(raw)
		if err != nil {
			problem = cmp.Or(problem, fmt.Errorf("%s: %w", clip(raw, maxTerm), err))
			continue
		}
		record.Terms = append(record.Terms, term)
		if err := onceOnly(term, once); err != nil {
			twice = cmp.Or(twice, fmt.Errorf("%s: %w", clip(raw, maxTerm), err))
		}
	}
	return record, cmp.Or(problem, twice)
}

// spfTerms splits what follows the version. Only blanks part terms (RFC 7208
// section 4.6.1).
func spfTerms(text string) []string {
	return strings.FieldsFunc(text[len("v=spf1"):], func(r rune) bool { return r == ' ' })
}

// onceOnly refuses a second redirect or exp (RFC 7208 section 6).
func onceOnly(term SPFTerm, once map[string]bool) error {
	if term.Name != "redirect" && term.Name != "exp" {
		return nil
	}
	if once[term.Name] {
		return fmt.Errorf("a second %s", term.Name)
	}
	once[term.Name] = true
	return nil
}

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
