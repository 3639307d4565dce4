package services

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Identity is what a server says that it is.
type Identity struct {
	ID      string // of the list
	Product string // as it calls itself
	Version string // as it states it
	Facts   []Fact // by name: what the protocol states before any login
}

// Fact is something that the protocol states.
type Fact struct{ Name, Value string }

// Bounds of what is kept of a stranger's words.
const (
	maxName = 80   // bytes of a product or version
	maxFact = 2048 // bytes of a fact
)

// Fact gives the value of a fact, or "".
func (i Identity) Fact(name string) string {
	for _, f := range i.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// with is the identity with one more fact; an empty value states nothing, and
// what was stated first stands.
func (i Identity) with(name, value string) Identity {
	value = plain(value, maxFact)
	if value == "" || i.Fact(name) != "" {
		return i
	}
	i.Facts = append(slices.Clone(i.Facts), Fact{name, value})
	slices.SortFunc(i.Facts, func(a, b Fact) int { return strings.Compare(a.Name, b.Name) })
	return i
}

// named is an identity with its product and version made safe to keep.
func named(id, product, version string) Identity {
	return Identity{ID: id, Product: plain(product, maxName), Version: plain(version, maxName)}
}

// plain keeps what can be printed, at most so many bytes of it.
func plain(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if r == utf8.RuneError || r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return -1
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// Greeting is the first line of what a server said, if it is text, else "".
func Greeting(said []byte) string {
	const limit = 300
	line, _, _ := strings.Cut(string(said[:min(len(said), limit)]), "\n")
	line = strings.TrimRight(line, "\r")
	for i, r := range line {
		// A rune cut at the limit is no sign of anything.
		if r == utf8.RuneError && i < limit-utf8.UTFMax || r < ' ' && r != '\t' || r == 0x7f {
			return ""
		}
	}
	return plain(line, limit)
}
