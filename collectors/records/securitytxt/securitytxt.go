// Package securitytxt reads security.txt (RFC 9116): whom to tell about a
// weakness, until when the file counts, and what is wrong with its form.
//
// It is given the text of a file. It must not reach the network or look at the
// clock, and it does not verify signatures.
package securitytxt

import (
	"mime"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// Fault is a way in which a file breaks RFC 9116.
type Fault string

// The faults, the gravest first.
const (
	NotText          Fault = "not-text"          // section 3: text/plain
	NotUTF8          Fault = "not-utf8"          // section 3: in UTF-8
	NoContact        Fault = "no-contact"        // section 2.5.3: at least one
	ContactForm      Fault = "contact-form"      // section 2.5.3: an address with its scheme, on the web https
	NoExpires        Fault = "no-expires"        // section 2.5.5: exactly one
	SeveralExpires   Fault = "several-expires"   // section 2.5.5
	ExpiresMalformed Fault = "expires-malformed" // section 2.5.5: a time as RFC 3339 writes it
	SeveralLanguages Fault = "several-languages" // section 2.5.8: at most one
	NotCanonical     Fault = "not-canonical"     // section 2.5.2: none of the addresses given is that of the file
	FieldForm        Fault = "field-form"        // sections 2.5.1 to 2.5.7: another field without an address, or on http
	LineForm         Fault = "line-form"         // section 4: neither a field nor a comment
	SignatureForm    Fault = "signature-form"    // section 2.3: a signed text that does not end as one
)

// order of the faults; it never changes.
var order = []Fault{
	NotText, NotUTF8, NoContact, ContactForm, NoExpires, SeveralExpires, ExpiresMalformed, SeveralLanguages, NotCanonical, FieldForm, LineForm, SignatureForm,
}

// File is what a security.txt says.
type File struct {
	Signed    bool     // it has the frame of an OpenPGP signature
	Contacts  []string // in the order of preference
	Canonical []string
	Expires   time.Time // the zero time where there is none, or more than one
	Fields    int       // how many fields of RFC 9116 it has
	Faults    []Fault   // each once, the gravest first
}

// bounds of one file: a person reads it.
const (
	maxText  = 64 << 10 // bytes
	maxLines = 2000
	maxList  = 50
)

// Parse reads a file.
func Parse(text string) File {
	text = text[:min(len(text), maxText)]
	r := reader{faults: map[Fault]bool{}}
	r.faults[NotUTF8] = !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError)
	text = strings.TrimPrefix(text, "\ufeff")
	text, r.file.Signed, r.faults[SignatureForm] = unframed(text)
	lines := 0
	for line := range strings.Lines(text) {
		if lines++; lines > maxLines {
			break
		}
		r.line(strings.TrimRight(line, " \t\r\n"))
	}
	return r.done()
}

// ContentType tells what is wrong with the header of that name, "" for nothing. A
// missing charset is taken for the default that section 3 demands.
func ContentType(value string) Fault {
	kind, parameters, err := mime.ParseMediaType(value)
	if err != nil && kind == "" || kind != "text/plain" {
		return NotText
	}
	switch strings.ToLower(parameters["charset"]) {
	case "", "utf-8", "utf8", "us-ascii", "ascii": // ASCII is a part of UTF-8
		return ""
	}
	return NotUTF8
}

// Names reports whether the file says that it stands at one of the addresses, or
// does not say where it stands.
func (f File) Names(addresses ...string) bool {
	for _, canonical := range f.Canonical {
		for _, address := range addresses {
			if sameAddress(canonical, address) {
				return true
			}
		}
	}
	return len(f.Canonical) == 0
}

// Sort puts faults in their order, each once.
func Sort(faults []Fault) []Fault {
	there := map[Fault]bool{}
	for _, fault := range faults {
		there[fault] = true
	}
	var list []Fault
	for _, fault := range order {
		if there[fault] {
			list = append(list, fault)
		}
	}
	return list
}

func sameAddress(a, b string) bool {
	one, err := url.Parse(a)
	other, wrong := url.Parse(b)
	return err == nil && wrong == nil && strings.EqualFold(one.Scheme, other.Scheme) && strings.EqualFold(one.Host, other.Host) && one.EscapedPath() == other.EscapedPath()
}
