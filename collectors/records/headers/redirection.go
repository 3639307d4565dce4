package headers

import (
	"net/url"
	"strings"
)

// Route is the way of a visitor who begins at http://host/.
type Route struct {
	Addresses []string // every address visited, that one first; none where nobody answers on http
	Trusted   bool     // every certificate on the way is one that browsers take
}

// Redirection judges whether the way leads to https, at once and on the same
// host first.
func Redirection(r Route) Result {
	scheme := func(i int) string { s, _ := place(r.Addresses[i]); return s }
	host := func(i int) string { _, h := place(r.Addresses[i]); return h }
	switch last := len(r.Addresses) - 1; {
	case last < 0:
		return RedirectionNoHTTP
	case !r.Trusted:
		return RedirectionInvalidChain
	case last == 0:
		return RedirectionMissing
	case scheme(last) != "https":
		return RedirectionNotToHTTPS
	case scheme(1) == "http":
		return RedirectionNotAtOnce
	case host(0) != host(1):
		return RedirectionOffHost
	}
	return RedirectionToHTTPS
}

// place gives the scheme and the host of an address.
func place(address string) (scheme, host string) {
	u, err := url.Parse(address)
	if err != nil {
		return "", ""
	}
	return u.Scheme, strings.ToLower(u.Hostname())
}
