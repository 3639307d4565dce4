package declaration

import (
	"net/url"
	"strings"
	"time"
)

// Form is the kind of an address of AgID's form.
type Form string

// The addresses that AgID's form has, had, or never filled in.
const (
	OldForm   Form = "old"   // /view/UUID, from 2020 to December 2025
	NewForm   Form = "new"   // /IPA/TITLE/dichiarazione
	EmptyForm Form = "empty" // an address of the form that holds no declaration
)

// Filed is what the address of something filed with AgID tells without a
// request. The zero value is no address of AgID's form.
type Filed struct {
	Form    Form
	UUID    string    // lower case, of the old address
	Version int       // of the UUID (RFC 9562 section 4.2)
	Created time.Time // of the UUID when its version is 1, and not before there was a form: the link appears to have been created then
	IPA     string    // lower case code of the body, of the new address
	Title   string    // that the body gave, of the new address, as it stands there
	Subject string    // last part of the new address, dichiarazione
}

// Of reports whether the new address names the body with the given IPA code;
// false says nothing where there is no code.
func (f Filed) Of(ipa string) bool { return f.IPA != "" && strings.EqualFold(f.IPA, ipa) }

// Day is the day in Italy on which the link appears to have been created; the
// zero Date where the address does not tell it.
func (f Filed) Day() Date {
	if f.Created.IsZero() {
		return Date{}
	}
	return DateOf(f.Created, italy)
}

// maxAddress bounds the addresses that are looked at, in bytes.
const maxAddress = 4096

// ReadAddress reads an address of AgID's form.
func ReadAddress(address string) Filed {
	if len(address) > maxAddress {
		return Filed{}
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !strings.EqualFold(strings.TrimSuffix(u.Hostname(), "."), "form.agid.gov.it") {
		return Filed{}
	}
	parts := strings.FieldsFunc(u.EscapedPath(), func(r rune) bool { return r == '/' })
	switch {
	case len(parts) >= 2 && strings.EqualFold(parts[0], "view"):
		return old(parts[1])
	case len(parts) >= 3 && isIPA(parts[0]):
		if subject := strings.ToLower(parts[len(parts)-1]); subject == "dichiarazione" || strings.HasPrefix(subject, "obiettivi") {
			// A title may hold a slash of its own.
			title := strings.Join(parts[1:len(parts)-1], "/")
			if plain, err := url.PathUnescape(title); err == nil {
				title = strings.ToValidUTF8(plain, "\uFFFD")
			}
			return Filed{Form: NewForm, IPA: strings.ToLower(parts[0]), Title: title, Subject: subject}
		}
	}
	return Filed{Form: EmptyForm}
}

// isIPA tells an identifier of the index of public bodies: letters, digits and
// the underscore, as in c_x000 and 0X0XX000.
func isIPA(code string) bool {
	return len(code) <= 20 && strings.Trim(strings.ToLower(code), "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func old(id string) Filed {
	if plain, err := url.PathUnescape(id); err == nil {
		id = strings.TrimSpace(plain)
	}
	id = strings.ToLower(id)
	version, created, ok := readUUID(id)
	if !ok {
		return Filed{Form: EmptyForm}
	}
	return Filed{Form: OldForm, UUID: id, Version: version, Created: created}
}

// firstForm is the year in which AgID's form began.
const firstForm = 2020

// gregorian is the beginning of the calendar from which version 1 counts, as
// seconds of Unix time (RFC 9562 section 5.1).
const gregorian = -12219292800

// readUUID reads the version and, where it is 1, the time inside. A UUID of
// nothing but zeros or ones stands for none (RFC 9562 sections 5.9 and 5.10).
func readUUID(id string) (version int, created time.Time, ok bool) {
	groups := strings.Split(id, "-")
	if len(groups) != 5 {
		return 0, time.Time{}, false
	}
	for i, length := range []int{8, 4, 4, 4, 12} {
		if len(groups[i]) != length || strings.Trim(groups[i], "0123456789abcdef") != "" {
			return 0, time.Time{}, false
		}
	}
	if strings.Trim(id, "0-") == "" || strings.Trim(id, "f-") == "" {
		return 0, time.Time{}, false
	}
	version = int(hex(groups[2][:1]))
	// Section 4.1: only with these two bits the version means anything.
	if !strings.Contains("89ab", groups[3][:1]) {
		return 0, time.Time{}, true
	}
	if version == 1 {
		ticks := hex(groups[2][1:])<<48 | hex(groups[1])<<32 | hex(groups[0])
		created = time.Unix(gregorian+ticks/1e7, ticks%1e7*100).UTC()
	}
	if created.Year() < firstForm {
		created = time.Time{} // made up: there was no form yet
	}
	return version, created, true
}

// hex reads digits that were looked at before, at most eight.
func hex(digits string) int64 {
	value := int64(0)
	for _, c := range digits {
		value = value<<4 | int64(strings.IndexRune("0123456789abcdef", c))
	}
	return value
}
