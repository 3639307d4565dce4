// Package robots reads robots.txt, by which a site says what programs may ask
// for (RFC 9309).
//
// It is pure: text comes in, and it neither asks the network nor says what a
// missing or broken file means.
package robots

import (
	"slices"
	"strings"
)

// MaxText is how much of a file is read, in bytes (RFC 9309 section 2.5).
const MaxText = 500 << 10

// Rules are what one file says. The zero value allows everything.
type Rules struct{ groups []group }

// group is a set of rules with the programs that they bind.
type group struct {
	agents []string // product tokens in lower case, or "*"
	rules  []rule
}

// rule allows or disallows what its pattern matches.
type rule struct {
	allow   bool
	pattern string // normal
}

// Parse reads a file. Lines that are none of its grammar do not count (RFC 9309
// section 2.2), so that a page in place of the file allows everything.
func Parse(text string) Rules {
	if len(text) > MaxText {
		// Half a rule is another rule.
		text = text[:max(0, strings.LastIndexAny(text[:MaxText], "\r\n"))]
	}
	// Section 2.3: UTF-8; some editors put a mark before it.
	text = strings.TrimPrefix(text, "\ufeff")
	var r Rules
	ruled := true // the next user-agent line begins a new group
	for line := range lines(text) {
		key, value := record(line)
		switch key {
		case "user-agent":
			if ruled {
				r.groups, ruled = append(r.groups, group{}), false
			}
			last := &r.groups[len(r.groups)-1]
			last.agents = append(last.agents, token(value))
		case "allow", "disallow":
			// Section 2.2.2: before any user-agent line a rule binds nobody. Other
			// records, such as sitemap, end no group (section 2.2.4).
			if len(r.groups) == 0 {
				continue
			}
			ruled = true
			if value != "" { // an empty pattern matches nothing
				last := &r.groups[len(r.groups)-1]
				last.rules = append(last.rules, rule{allow: key == "allow", pattern: normalPattern(value)})
			}
		}
	}
	return r
}

// lines parts a text at CR, LF or both.
func lines(text string) func(yield func(string) bool) {
	return strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' })
}

// record reads "key: value # comment".
func record(line string) (key, value string) {
	line, _, _ = strings.Cut(line, "#")
	key, value, found := strings.Cut(line, ":")
	if !found {
		return "", ""
	}
	return strings.ToLower(strings.Trim(key, blanks)), strings.Trim(value, blanks)
}

const blanks = " \t"

// token reads a product token (RFC 9309 section 2.2.1): letters, "-" and "_",
// or "*". What stands behind, such as a version, is no part of it.
func token(value string) string {
	if strings.HasPrefix(value, "*") {
		return "*"
	}
	value = strings.ToLower(value)
	end := strings.IndexFunc(value, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' && r != '_' })
	if end >= 0 {
		value = value[:end]
	}
	return value
}

// Allows reports whether a program may ask for a path with its query. The agent
// is its product token.
func (r Rules) Allows(agent, path string) bool {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	path = normalPath(path)
	// Section 2.2.2: the file itself is always allowed.
	if path == "/robots.txt" {
		return true
	}
	best, allowed := 0, true
	for _, each := range r.of(strings.ToLower(agent)) {
		// Section 2.2.2: the longest match counts, and of two the one that allows.
		if n := len(each.pattern); (n > best || n == best && each.allow) && matches(each.pattern, path) {
			best, allowed = n, each.allow
		}
	}
	return allowed
}

// of gives the rules that bind an agent: those of all groups that name it, or
// of all groups for everybody (RFC 9309 section 2.2.1).
func (r Rules) of(agent string) []rule {
	for _, name := range []string{agent, "*"} {
		var list []rule
		named := false
		for _, g := range r.groups {
			if slices.Contains(g.agents, name) {
				list, named = append(list, g.rules...), true
			}
		}
		if named {
			return list
		}
	}
	return nil
}
