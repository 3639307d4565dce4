package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/network"
)

// target gives the address that a redirect leads to (RFC 9110 section 15.4), nil
// when the answer leads nowhere. What stands elsewhere than on the web, such as a
// file or an application, is not for us.
func target(from *url.URL, answer fetch.Answer) (*url.URL, error) {
	value := answer.Header.Get("Location")
	switch answer.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	if value == "" {
		return nil, nil
	}
	if len(value) > evidence.MaxText {
		return nil, &network.Error{Problem: string(evidence.TooLarge), Err: fmt.Errorf("a Location of %d bytes", len(value))}
	}
	next, err := resolve(from, value)
	if err != nil {
		return nil, &network.Error{Problem: string(evidence.Malformed), Err: fmt.Errorf("the Location: %w", err)}
	}
	if !isWeb(next.Scheme) {
		scheme := evidence.Clip(next.Scheme, 32)
		return nil, &network.Error{Problem: string(evidence.NotPermitted), Err: fmt.Errorf("leads to an address of %q, which is not the web", scheme)}
	}
	next.Fragment, next.RawFragment = "", ""
	if length := len(next.String()); length > evidence.MaxText { // its escapes are longer than what they stand for
		return nil, &network.Error{Problem: string(evidence.TooLarge), Err: fmt.Errorf("a Location of %d bytes", length)}
	}
	return next, nil
}

// location is the resolved Location for the evidence; one that cannot be
// resolved stays as it is written.
func location(from *url.URL, answer fetch.Answer) string {
	value := answer.Header.Get("Location")
	if value == "" {
		return ""
	}
	if next, err := resolve(from, value); err == nil {
		value = next.String()
	}
	return evidence.Clip(value, evidence.MaxText)
}

// resolve reads a reference as browsers do (URL standard, section 4.4): blanks
// around it and line breaks inside do not count, a backslash is a slash, and a
// stray percent sign is itself. The host comes out in ASCII.
func resolve(base *url.URL, reference string) (*url.URL, error) {
	reference = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, strings.TrimSpace(reference))
	if scheme := schemeOf(reference); scheme == "" || isWeb(scheme) {
		path, query, found := strings.Cut(reference, "?")
		reference = strings.ReplaceAll(path, `\`, "/")
		if found {
			reference += "?" + query
		}
	}
	u, err := base.Parse(reference)
	if err != nil {
		u, err = base.Parse(strayPercent(reference))
	}
	if err != nil {
		if broken, ok := errors.AsType[*url.Error](err); ok {
			err = broken.Err // without the address, which may be long
		}
		return nil, err
	}
	if !isWeb(u.Scheme) {
		return u, nil
	}
	return u, tidy(u)
}

// schemeOf gives what stands before the colon (RFC 3986 section 3.1).
func schemeOf(reference string) string {
	scheme, _, found := strings.Cut(reference, ":")
	if !found || strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") != "" {
		return ""
	}
	return scheme
}

// strayPercent escapes every percent sign that begins no escape.
func strayPercent(reference string) string {
	parts := strings.Split(reference, "%")
	for i, part := range parts[1:] {
		if _, err := url.PathUnescape("%" + part[:min(2, len(part))]); err != nil {
			parts[i+1] = "25" + part
		}
	}
	return strings.Join(parts, "%")
}

func isWeb(scheme string) bool {
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}

// encoded escapes what may not stand in a query on the wire (URL standard, section
// 1.3, special-query percent-encode set); a blank would end the address.
func encoded(query string) string {
	var out strings.Builder
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c >= 0x7F || strings.IndexByte("\"#'<>", c) >= 0 {
			fmt.Fprintf(&out, "%%%02X", c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

var standardPorts = map[string]string{"http": "80", "https": "443"}

// tidy brings an address to the form in which it is asked for and compared.
func tidy(u *url.URL) error {
	host := strings.ToLower(u.Hostname())
	if host == "" {
		return errors.New("an address without a host")
	}
	ascii, err := idna.Lookup.ToASCII(host)
	switch {
	case err == nil:
		host = ascii
	case strings.IndexFunc(host, func(r rune) bool { return r > 127 }) >= 0:
		return fmt.Errorf("the host %q: %w", evidence.Clip(host, 100), err)
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != standardPorts[u.Scheme] {
		host += ":" + port
	}
	u.Host, u.User, u.RawQuery = host, nil, encoded(u.RawQuery)
	if u.Path == "" {
		u.Path = "/"
	}
	return nil
}
