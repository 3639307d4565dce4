package records

import (
	"errors"
	"fmt"
	"strings"
)

// TLSRPT is a record that asks for reports about TLS in the delivery of mail
// (RFC 8460 section 3).
type TLSRPT struct {
	Reports []string // rua: the valid addresses, as written; mailto or https
}

// TLSRPTRecords picks the TLS-RPT records out of the TXT records at _smtp._tls:
// those that begin with the version and a semicolon. Several count as none
// (RFC 8460 section 3).
func TLSRPTRecords(rdata []string) []string { return versioned(rdata, "v=TLSRPTv1") }

// versioned picks the records that begin with a version and a semicolon.
func versioned(rdata []string, version string) []string {
	var list []string
	for _, text := range Texts(rdata) {
		if first, _, ok := strings.Cut(text, ";"); ok && strings.TrimRight(first, blanks) == version {
			list = append(list, text)
		}
	}
	return list
}

// ParseTLSRPT reads a record. An error means that senders have no address that
// they could report to.
func ParseTLSRPT(text string) (TLSRPT, error) {
	var record TLSRPT
	fields, err := versionedFields(text, "v=TLSRPTv1", "rua")
	if err != nil {
		return record, err
	}
	rua, ok := fields["rua"]
	if !ok {
		return record, errors.New("no field rua")
	}
	for uri := range strings.SplitSeq(rua, ",") {
		if uri = strings.Trim(uri, blanks); isTLSReportURI(uri) {
			record.Reports = append(record.Reports, uri)
		}
	}
	if len(record.Reports) == 0 {
		return record, fmt.Errorf("rua %q has no valid address; mailto and https are", short(rua))
	}
	return record, nil
}

// isTLSReportURI wants mailto or https (RFC 8460 section 3); commas, exclamation
// marks and semicolons in it are written with a per cent sign.
func isTLSReportURI(uri string) bool {
	scheme, rest, _ := strings.Cut(uri, ":")
	switch {
	case strings.Contains(uri, "!"):
		return false
	case strings.EqualFold(scheme, "https"):
		host, found := strings.CutPrefix(rest, "//")
		return found && host != "" && host[0] != '/' && isReportURI(uri)
	}
	return strings.EqualFold(scheme, "mailto") && isReportURI(uri)
}

// versionedFields reads the fields behind a version, as RFC 8460 section 3 and
// RFC 8461 section 3.1 write them: one that is known, whose value the caller reads,
// and extensions. Of several with one name the first counts.
func versionedFields(text, version, known string) (map[string]string, error) {
	parts := strings.Split(text, ";")
	if strings.TrimRight(parts[0], blanks) != version || len(parts) == 1 {
		return nil, fmt.Errorf("does not begin with %q", version+";")
	}
	if last := len(parts) - 1; strings.Trim(parts[last], blanks) == "" {
		parts = parts[:last]
	}
	fields := map[string]string{}
	for i, part := range parts[1:] {
		part = strings.Trim(part, blanks)
		name, value, ok := strings.Cut(part, "=")
		if !ok || value == "" || !isExtensionName(name) || name != known && strings.ContainsFunc(value, notInExtension) {
			return nil, fmt.Errorf("field %d, %q, is not a name with its value", i+1, short(part))
		}
		if _, seen := fields[name]; !seen {
			fields[name] = value
		}
	}
	return fields, nil
}

func notInExtension(r rune) bool { return notPrinted(r) || r == '=' }

// isExtensionName reads the name of a field: a letter or digit, and up to 31 of
// these, "_", "-" and ".".
func isExtensionName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && !isDigit(c) && (i == 0 || c != '_' && c != '-' && c != '.') {
			return false
		}
	}
	return name != "" && len(name) <= 32
}
