package headers

import (
	"strconv"
	"strings"
)

// Cookie is a Set-Cookie line without its value.
type Cookie struct {
	Name         string
	Domain, Path string // as written; a leading dot of the domain is left out
	Secure       bool
	HTTPOnly     bool
	SameSite     string // as written
	HasSameSite  bool   // the attribute is there, with or without a word
	Session      bool   // neither Max-Age nor Expires: it goes when the browser closes
	Removed      bool   // Max-Age is not above zero: the server takes it back
}

// Bounds of a Set-Cookie line, in bytes (RFC 6265bis section 5.6).
const (
	maxPair      = 4096
	maxAttribute = 1024
)

// ParseCookie reads a Set-Cookie line (RFC 6265bis section 5.6). Without ok,
// browsers ignore it.
func ParseCookie(line string) (c Cookie, ok bool) {
	line = bounded(line)
	// Step 1: control characters other than the tab.
	if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return Cookie{}, false
	}
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, named := strings.Cut(pair, "=")
	if !named {
		name, value = "", pair
	}
	name, value = strings.Trim(name, blanks), strings.Trim(value, blanks)
	// Steps 5 and 6: neither name nor value, or both too long.
	if name+value == "" || len(name)+len(value) > maxPair {
		return Cookie{}, false
	}
	c = Cookie{Name: name, Session: true}
	for part := range strings.SplitSeq(attributes, ";") {
		key, word, _ := strings.Cut(part, "=")
		key, word = strings.Trim(key, blanks), strings.Trim(word, blanks)
		if len(word) <= maxAttribute {
			c.set(strings.ToLower(key), word)
		}
	}
	return c, true
}

// set takes an attribute; of several with one name the last counts.
func (c *Cookie) set(key, word string) {
	switch key {
	case "secure":
		c.Secure = true
	case "httponly":
		c.HTTPOnly = true
	case "samesite":
		c.SameSite, c.HasSameSite = word, true
	case "domain":
		c.Domain = strings.ToLower(strings.TrimPrefix(word, "."))
	case "path":
		c.Path = word
	case "expires":
		c.Session = false
	case "max-age":
		if age, err := strconv.ParseInt(word, 10, 64); err == nil {
			c.Session, c.Removed = false, age <= 0
		}
	}
}

// Refused reports whether browsers drop the cookie for its name: one with a
// prefix must keep what the prefix promises (RFC 6265bis section 4.1.3). Case
// does not matter.
func (c Cookie) Refused() bool {
	name := strings.ToLower(c.Name)
	switch {
	case strings.HasPrefix(name, "__secure-"):
		return !c.Secure
	case strings.HasPrefix(name, "__host-"):
		return !c.Secure || c.Domain != "" || c.Path != "/"
	}
	return false
}

// sameSite gives the word of the attribute where it is one of the three (RFC
// 6265bis section 5.6.7).
func (c Cookie) sameSite() string {
	switch word := strings.ToLower(c.SameSite); word {
	case "strict", "lax", "none":
		return word
	}
	return ""
}

// NamesSession recognises the usual names of cookies that stand for somebody who
// is logged in: the Observatory's words and the endings that it does not know.
func (c Cookie) NamesSession() bool {
	name := strings.ToLower(c.Name)
	return c.namesSession() || strings.HasSuffix(name, "sid") || strings.HasSuffix(name, "auth")
}

// namesSession is what the Observatory goes by.
func (c Cookie) namesSession() bool {
	name := strings.ToLower(c.Name)
	return strings.Contains(name, "sess") || strings.Contains(name, "login")
}

// namesForgeryToken recognises tokens against forged requests.
func (c Cookie) namesForgeryToken() bool { return strings.Contains(strings.ToLower(c.Name), "csrf") }

// balancer is a cookie that the Observatory passes over.
const balancer = "heroku-session-affinity"
