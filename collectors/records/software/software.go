// Package software reads which products a site says that it runs, and in which
// version: in the headers of its answers, in the generator that a page names and
// in the addresses of what it loads. It knows until when the makers of some
// mend them, as data with a source and the day on which it was taken.
//
// A site may lie, or keep silent; nothing is guessed. The package must not reach
// the network or look at the clock.
package software

import (
	"strings"
	"time"
)

// Kind is what a product is for.
type Kind string

// The kinds, those first whose age matters most.
const (
	CMS      Kind = "cms"
	Language Kind = "language"
	Server   Kind = "server"
	Library  Kind = "library"
)

// Statement is a product with the version that a site states.
type Statement struct {
	Product string // one word in lower case; the table of lives has it or has not
	Name    string // as people know it
	Version string // digits and points, at most a letter: 7.4.33, 1.0.2k
	Kind    Kind
	// Mended says that more stands behind the number: whoever built it took it
	// further, as the distributions of Linux do (7.4.3-4ubuntu2.29).
	Mended bool
}

// Exact reports whether more than a main version is stated.
func (s Statement) Exact() bool { return strings.Contains(s.Version, ".") }

// String writes the name and the version.
func (s Statement) String() string { return s.Name + " " + s.Version }

// Support is whether a version still gets what mends its weaknesses.
type Support string

// The answers.
const (
	Supported  Support = "supported"
	Ended      Support = "ended"
	CannotTell Support = "cannot-tell" // not in the table, or somebody else may mend it
)

// Support tells how a version stands at a time, and what the table says of it.
func (s Statement) Support(at time.Time) (Support, Life) {
	life, known := lifeOf(s.Product, s.Version)
	day := at.UTC().Format(time.DateOnly)
	switch {
	case !known:
		return CannotTell, Life{}
	case life.EndedOn == "", day <= life.EndedOn:
		return Supported, life
	case s.Mended, day <= life.ExtendedTo:
		return CannotTell, life
	}
	return Ended, life
}

// Life is a line of the table.
type Life struct {
	Product    string
	Cycle      string // a version begins with it
	EndedOn    string // day, YYYY-MM-DD, empty where no end is known
	ExtendedTo string // until when somebody else may mend it, or empty
	Source     string // address
	TakenOn    string // day
}

// maxVersion bounds what is taken for a version, in bytes.
const maxVersion = 30

// cutVersion takes a version from the beginning of a text: digits, points, and
// letters as in 1.0.2k. A v before it is no part of it.
func cutVersion(text string) (version, rest string, ok bool) {
	text = strings.TrimPrefix(text, "v")
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || text[end] == '.') {
		end++
	}
	// One letter right behind the digits is a release; more of them are a word.
	if end > 0 && end < len(text) && isLower(text[end]) && (end+1 == len(text) || !isLower(text[end+1])) && text[end-1] != '.' {
		end++
	}
	version = strings.TrimRight(text[:end], ".")
	if version == "" || version[0] == '.' || len(version) > maxVersion || strings.Contains(version, "..") {
		return "", text, false
	}
	return version, text[len(version):], true
}

func isLower(b byte) bool { return b >= 'a' && b <= 'z' }
