package inventory

import (
	_ "embed" // the table of hosts
	"encoding/csv"
	"strings"

	"campanile/collectors/records"
)

// hostsTable holds the names that belong to no municipality: retired ones, hosts
// that many bodies share, and platforms below whose name each has one.
//
//go:embed places/hosts.csv
var hostsTable string

// host is a row of the table.
type host struct {
	kind string // retired, shared, below
	why  string
}

// hosts finds a row by its pattern; a pattern begins with "*." or is a name.
type hosts map[string]host

func newHosts() (hosts, error) {
	rows, err := csv.NewReader(strings.NewReader(hostsTable)).ReadAll()
	if err != nil {
		return nil, err
	}
	h := make(hosts, len(rows))
	for _, row := range rows[1:] {
		h[row[1]] = host{kind: row[0], why: row[2]}
	}
	return h, nil
}

// of finds what is known of a name, by itself or by the names above it.
func (h hosts) of(domain string) (host, bool) {
	if known, ok := h[domain]; ok {
		return known, true
	}
	for {
		_, above, found := strings.Cut(domain, ".")
		if !found {
			return host{}, false
		}
		if known, ok := h["*."+above]; ok {
			return known, true
		}
		domain = above
	}
}

// public tells whose mailboxes anybody can open, or many bodies share: such a
// domain is no body's own.
func public(domain string, suppliers []records.Supplier) bool {
	for _, s := range suppliers {
		for _, list := range [][]string{s.Consumer, s.PEC} {
			for _, name := range list {
				if domain == name || strings.HasSuffix(domain, "."+name) {
					return true
				}
			}
		}
	}
	return false
}

// officeWords begin the labels that public bodies have in their names.
var officeWords = []string{"comune", "commune", "mairie", "ville", "unione", "unionmontana", "cm-", "cc-", "provincia", "regione", "consorzio"}

// ownName tells whether a domain speaks of the body: by a word that public
// bodies have in their names, or by the longest word of its own name. No supplier
// of mailboxes is taken for a municipality.
func ownName(domain, name string, suppliers []records.Supplier) bool {
	if public(domain, suppliers) {
		return false
	}
	for label := range strings.SplitSeq(domain, ".") {
		for _, word := range officeWords {
			if strings.HasPrefix(label, word) {
				return true
			}
		}
	}
	longest := ""
	for word := range strings.FieldsSeq(plain(name)) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	return len(longest) >= 5 && strings.Contains(domain, longest)
}
