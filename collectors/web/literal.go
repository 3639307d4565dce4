package web

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// literal is a string that stands in a script, its escapes undone.
type literal struct {
	text    string
	gap     gap  // the code before it
	inside  int  // templates around it
	resumed bool // the rest of a template, behind a value of the script's own
}

// gap is what matters of the code between two literals, blanks and comments left
// out.
type gap struct {
	head  string // its first bytes, as written
	tail  string // its last bytes
	first byte
	last  byte
	size  int
	ends  bool // a statement ends or a block begins in it
}

func (g *gap) add(c byte) {
	if g.size == 0 {
		g.first = c
	}
	g.last, g.size = c, g.size+1
	g.ends = g.ends || c == ';' || c == '{' || c == '}'
}

// literals reads the strings of a script (ECMA-262 section 12.9) without running
// anything. It is no parser: where a pattern begins is told by what stands before
// it, and a string that breaks off at the end of its line is left out.
type literals struct {
	source string
	at     int
	gap    gap
	braces []int // of each open template: braces that are open in its value
	vain   int   // searches for the end of a pattern that found none
}

// maxTemplates bounds how deep templates may stand in each other.
const maxTemplates = 32

// tailSize is how much of the code between literals is kept, at either end.
const tailSize = 48

// next gives the literals one by one; false at the end.
func (s *literals) next() (literal, bool) {
	for s.at < len(s.source) {
		c := s.source[s.at]
		switch {
		case c == '"' || c == '\'':
			if text, ok := s.quoted(c); ok {
				return s.found(text, false), true
			}
		case c == '`':
			s.at++
			return s.template(false), true
		case c == '}' && s.closesValue():
			s.at++
			return s.template(true), true
		case c == '/' && s.skipsComment():
		case c == '/' && s.skipsPattern():
		default:
			s.code(c)
		}
	}
	return literal{}, false
}

// code takes one byte that belongs to no string.
func (s *literals) code(c byte) {
	s.at++
	if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
		return
	}
	if s.gap.size == 0 {
		s.gap.head = s.source[s.at-1 : min(len(s.source), s.at-1+tailSize)]
	}
	s.gap.add(c)
	if deep := len(s.braces) - 1; deep >= 0 {
		switch c {
		case '{':
			s.braces[deep]++
		case '}':
			s.braces[deep]--
		}
	}
}

func (s *literals) closesValue() bool {
	return len(s.braces) > 0 && s.braces[len(s.braces)-1] == 0
}

// found makes a literal of a text that ends where the scanner stands.
func (s *literals) found(text string, resumed bool) literal {
	l := literal{text: text, gap: s.gap, inside: len(s.braces), resumed: resumed}
	s.gap = gap{}
	return l
}

// quoted reads a string in quotes, which no line break may part.
func (s *literals) quoted(quote byte) (text string, ok bool) {
	s.gap.tail = s.source[max(0, s.at-tailSize):s.at]
	begin := s.at + 1
	for at := begin; at < len(s.source); at++ {
		switch s.source[at] {
		case '\\':
			if strings.HasPrefix(s.source[at:], "\\\r\n") {
				at++
			}
			at++
		case quote:
			s.at = at + 1
			return unescape(s.source[begin:at]), true
		case '\n':
			s.at = at
			return "", false
		}
	}
	s.at = len(s.source)
	return "", false
}

// template reads up to the end of a template, or to the next value in it.
func (s *literals) template(resumed bool) literal {
	if resumed {
		s.braces = s.braces[:len(s.braces)-1]
	} else {
		s.gap.tail = s.source[max(0, s.at-1-tailSize) : s.at-1]
	}
	begin := s.at
	for at := begin; at < len(s.source); at++ {
		switch {
		case s.source[at] == '\\':
			at++
		case s.source[at] == '`':
			s.at = at + 1
			return s.found(unescape(s.source[begin:at]), resumed)
		case strings.HasPrefix(s.source[at:], "${") && len(s.braces) < maxTemplates:
			s.at = at + 2
			l := s.found(unescape(s.source[begin:at])+hole, resumed)
			s.braces = append(s.braces, 0)
			return l
		}
	}
	s.at = len(s.source)
	return s.found(unescape(s.source[begin:])+hole, resumed)
}

// skipsComment goes past a comment, if one begins here.
func (s *literals) skipsComment() bool {
	var end string
	switch rest := s.source[s.at:]; {
	case strings.HasPrefix(rest, "//"):
		end = "\n"
	case strings.HasPrefix(rest, "/*"):
		end = "*/"
	default:
		return false
	}
	length := strings.Index(s.source[s.at+2:], end)
	if length < 0 {
		s.at = len(s.source)
		return true
	}
	s.at += 2 + length + len(end)
	return true
}

// Bounds of the search for the ends of regular expressions.
const (
	maxPattern = 500
	maxVain    = 1000
)

// skipsPattern goes past a regular expression, if one may stand here and ends on
// its line: quotes inside it open no string.
func (s *literals) skipsPattern() bool {
	if s.vain == maxVain || !s.patternMayStand() {
		return false
	}
	s.vain++
	class := false
	for at := s.at + 1; at < min(len(s.source), s.at+maxPattern); at++ {
		switch c := s.source[at]; {
		case c == '\n':
			return false
		case c == '\\':
			at++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			s.at, s.vain = at+1, s.vain-1
			s.gap.add('/')
			return true
		}
	}
	return false
}

// patternMayStand tells it from a division: that follows a value.
func (s *literals) patternMayStand() bool {
	before := strings.TrimRight(s.source[max(0, s.at-tailSize):s.at], " \t\r\n")
	if before == "" {
		return true
	}
	if c := before[len(before)-1]; !isWord(c) {
		return !strings.ContainsRune(")]}\"'`", rune(c))
	}
	begin := len(before)
	for begin > 0 && isWord(before[begin-1]) {
		begin--
	}
	switch before[begin:] {
	case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do":
		return true
	}
	return false
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= utf8.RuneSelf
}

// unescape undoes the escapes of a string (ECMA-262 section 12.9.4).
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, `\`)
		out.WriteString(before)
		if !found || rest == "" {
			return out.String()
		}
		text = escape(&out, rest)
	}
}

// escape writes what an escape means and gives what follows it.
func escape(out *strings.Builder, rest string) string {
	switch c := rest[0]; c {
	case 'n', 'r', 't', 'v', 'f', 'b', '0':
		out.WriteByte(' ')
	case '\n':
	case '\r':
		return strings.TrimPrefix(rest[1:], "\n")
	case 'x':
		return coded(out, rest, 1, 3)
	case 'u':
		if end := strings.IndexByte(rest[:min(len(rest), 9)], '}'); end > 2 && rest[1] == '{' {
			return coded(out, rest, 2, end)[1:]
		}
		return coded(out, rest, 1, 5)
	default:
		out.WriteByte(c)
	}
	return rest[1:]
}

// coded writes the character whose number stands in hexadecimal digits.
func coded(out *strings.Builder, rest string, from, to int) string {
	if len(rest) < to {
		return rest[1:]
	}
	number, err := strconv.ParseUint(rest[from:to], 16, 32)
	if err != nil {
		return rest[1:]
	}
	out.WriteRune(rune(number))
	return rest[to:]
}
