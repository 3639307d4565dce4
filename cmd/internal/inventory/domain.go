// Package inventory turns what people write (a domain, an address, a list) and
// what registers publish (IndicePA, ISTAT, the Annuaire, INSEE) into targets and
// bodies. It never drops a line in silence: each is taken, or refused with its
// place and reason.
package inventory

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// lookup is the profile for names that are about to be looked up (RFC 5891
// section 5), but for underscores, which some older names have.
var lookup = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false))

// Domain reads what somebody wrote as a domain: a plain name, a name with
// accents, or the address of a page. It gives the ASCII form in lower case,
// without "www." and without a final dot.
func Domain(text string) (string, error) {
	name := strings.TrimSpace(text)
	if name == "" {
		return "", errors.New("no domain given; write for example comune.example")
	}
	if err := looksWrong(name); err != nil {
		return "", err
	}
	name, err := ascii(strings.TrimSuffix(hostPart(name), "."))
	if err != nil {
		return "", fmt.Errorf("%q %w; write it like comune.example", text, err)
	}
	if rest, isWWW := strings.CutPrefix(name, "www."); isWWW && strings.Contains(rest, ".") {
		return rest, nil
	}
	return name, nil
}

// ascii gives the form of a host name that is looked up (RFC 5891 section 5).
func ascii(name string) (string, error) {
	form, err := lookup.ToASCII(name)
	if err == nil {
		form, err = lookup.ToASCII(form) // what it becomes must be a name itself
	}
	switch {
	case err != nil || !utf8.ValidString(name):
		return "", errors.New("is not a domain name")
	case !strings.Contains(form, "."):
		return "", errors.New("has no dot, so it is not a whole domain")
	case len(form) > 253 || slices.ContainsFunc(strings.Split(form, "."), badLabel):
		return "", errors.New("is not a domain name")
	}
	return form, nil
}

// looksWrong recognises what people often give in place of a domain, and says
// what to give instead.
func looksWrong(name string) error {
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return fmt.Errorf("%q is an address, not a domain; give the domain of the municipality", name)
	}
	if strings.ContainsAny(name, " \t") {
		return fmt.Errorf("%q has a space in it; put each domain on its own, like comune.example", name)
	}
	if box, domain, ok := strings.Cut(name, "@"); ok && !strings.Contains(box, "/") {
		if box == "" {
			return fmt.Errorf("%q is a list only with a file name after the @; write @list.csv", name)
		}
		return fmt.Errorf("%q is an e-mail address; give the domain: %s", name, domain)
	}
	return nil
}

// hostPart takes the host out of an address of a page, tolerating the usual
// slips: https:name, http//name.
func hostPart(name string) string {
	for _, scheme := range []string{"https://", "http://", "https:", "http:", "//"} {
		if rest, ok := cutPrefixFold(name, scheme); ok {
			name = rest
			break
		}
	}
	name = strings.TrimLeft(name, "/")
	if end := strings.IndexAny(name, "/?#"); end >= 0 {
		name = name[:end]
	}
	if host, port, ok := strings.Cut(name, ":"); ok && strings.Trim(port, "0123456789") == "" {
		name = host
	}
	return name
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// badLabel refuses what no host name has (RFC 1123 section 2.1); underscores
// stand in some older names and resolve.
func badLabel(label string) bool {
	if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
		return true
	}
	return strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != ""
}

// frenchEndings are the extensions that French local authorities use (RPNT 1.2).
var frenchEndings = []string{"fr", "bzh", "corsica", "alsace", "paris", "re", "gp", "mq", "gf", "yt", "pm", "wf", "tf"}

// Country guesses whose law applies from the domain alone: the extension first,
// then the words that town halls put in their names.
func Country(domain string) string {
	labels := strings.Split(domain, ".")
	ending := labels[len(labels)-1]
	switch {
	case ending == "it":
		return "it"
	case slices.Contains(frenchEndings, ending):
		return "fr"
	}
	for _, label := range labels {
		switch {
		case label == "comune", strings.HasPrefix(label, "comune-"), strings.HasPrefix(label, "comunedi"):
			return "it"
		case strings.HasPrefix(label, "mairie"), strings.HasPrefix(label, "commune"), strings.HasPrefix(label, "ville-"):
			return "fr"
		}
	}
	return "eu"
}
