package inventory

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	// tidy is an address of a site as it should be written.
	tidy = regexp.MustCompile(`(?i)^(?:https?://)?[\pL\pN][\pL\pN._-]*\.\pL[\pL\pN-]+(?::\d+)?(?:[/?#].*)?$`)
	// schemes are the ways in which people write http:// once or several times:
	// https:name, http//name, www.http://name, htpp:/name, http://https://name.
	schemes = regexp.MustCompile(`^(?:(?:www\.)?(?:h?tt?pp?s?|htpps?|hhttps?|htttps?)[:;.]?(?:[:;]+/*|/+))+`)
	// wws are the ways in which people write "www.".
	wws = regexp.MustCompile(`^(?:w{2,5}[.,:;/]+)+`)
	// comma stands between two sites in one cell.
	comma = regexp.MustCompile(`(?i),\s*(https?:|www\.)`)
	// dots is what stands for one dot in a host: "comune,uno..example".
	dots = regexp.MustCompile(`[.,]+`)
	// pageEndings are not the end of a host.
	pageEndings = []string{"html", "htm", "php", "asp", "aspx", "jsp", "pdf", "jpg", "doc"}
)

// maxSite bounds the cell with the site; longer addresses do not work in all
// browsers either.
const maxSite = 2000

// foundSite is what the cell with the site gives.
type foundSite struct {
	domain string
	box    string // an e-mail address that stood in place of a site
	path   bool   // the address goes on after the host
	mended string // what was mended; empty: nothing
}

// readSite reads the cell with the site. Where it holds nothing, so does the
// answer.
func readSite(cell string) (foundSite, error) {
	if cell == "" {
		return foundSite{}, nil
	}
	if len(cell) > maxSite {
		return foundSite{}, fmt.Errorf("site %q: it is longer than any address", short(cell))
	}
	if asWritten(cell) {
		if domain, err := siteDomain(cell); err == nil {
			return foundSite{domain: domain, path: hasPath(cell)}, nil
		}
	}
	var box foundSite
	firstErr := errors.New("it is not a domain name")
	for n, part := range parts(cell) {
		found, err := mendSite(part)
		switch {
		case err != nil && n == 0:
			firstErr = err
		case err != nil:
		case found.box == "":
			found.mended = fmt.Sprintf("site %q was read as %s", short(cell), found.domain)
			return found, nil
		case box.box == "":
			box = found // only where no site follows
		}
	}
	if box.box != "" {
		return box, nil
	}
	return foundSite{}, fmt.Errorf("site %q: %w", short(cell), firstErr)
}

// asWritten tells whether the cell holds one address as it should be.
func asWritten(cell string) bool {
	rest := afterScheme(cell)
	www := wws.FindString(rest)
	return tidy.MatchString(cell) && !schemes.MatchString(rest) && (www == "" || www == "www.")
}

// parts takes a cell with several addresses apart. What a blank beside a dot has
// torn, "comune. uno.example", is put together.
func parts(cell string) []string {
	var list []string
	for _, text := range strings.FieldsFunc(comma.ReplaceAllString(cell, " $1"), func(c rune) bool { return c == ';' || c == '|' || c == ' ' }) {
		last := len(list) - 1
		if last >= 0 && (strings.HasPrefix(text, ".") || strings.HasSuffix(list[last], ".") && torn(list[last])) {
			list[last] += text
			continue
		}
		list = append(list, text)
	}
	return list[:min(len(list), maxInCell)]
}

// torn tells whether an address has no whole host: "www.comune.".
func torn(text string) bool {
	text = schemes.ReplaceAllString(strings.ToLower(text), "")
	return !strings.Contains(strings.Trim(wws.ReplaceAllString(text, ""), "."), ".")
}

// mendSite mends the usual slips in one address.
func mendSite(text string) (foundSite, error) {
	text = strings.ToLower(strings.Trim(text, " <>()[]\"'`.,;:"))
	text = strings.ReplaceAll(text, `\`, "/")
	text = schemes.ReplaceAllString(text, "")
	text = strings.TrimLeft(text, "/:.")
	if box, ok := strings.CutPrefix(text, "mailto:"); ok {
		text = box
	}
	host, rest, path := strings.Cut(text, "/")
	if strings.Count(host, "@") == 1 {
		_, at, _ := strings.Cut(host, "@")
		domain, err := siteDomain(at)
		return foundSite{domain: domain, box: host}, err
	}
	host = wws.ReplaceAllString(host, "")
	host = strings.Trim(dots.ReplaceAllString(host, "."), ".-")
	domain, err := siteDomain(host)
	return foundSite{domain: domain, path: path && rest != ""}, err
}

// siteDomain is the domain of an address, where it can be one at all.
func siteDomain(text string) (string, error) {
	domain, err := Domain(text)
	if err != nil {
		return "", reason(err)
	}
	ending := domain[strings.LastIndexByte(domain, '.')+1:]
	switch {
	case slices.Contains(pageEndings, ending):
		return "", errors.New("it is the name of a page, not of a host")
	case digits(ending), len(ending) < 2:
		return "", errors.New("it is not a domain name")
	case strings.HasPrefix(domain, "http."), strings.HasPrefix(domain, "https."), domain == "www.http", domain == "www.https":
		return "", errors.New("it is not a domain name")
	}
	return domain, nil
}

// reason shortens what Domain says to somebody who types a command.
func reason(err error) error {
	text := err.Error()
	for _, known := range []string{"is an address, not a domain", "has a space in it", "has no dot, so it is not a whole domain"} {
		if strings.Contains(text, known) {
			return errors.New("it " + known)
		}
	}
	return errors.New("it is not a domain name")
}

func afterScheme(text string) string {
	for _, scheme := range []string{"https://", "http://"} {
		if rest, ok := cutPrefixFold(text, scheme); ok {
			return strings.ToLower(rest)
		}
	}
	return strings.ToLower(text)
}

func hasPath(text string) bool {
	_, rest, found := strings.Cut(afterScheme(text), "/")
	return found && rest != ""
}
