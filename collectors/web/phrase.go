package web

import "strings"

// hole stands in a phrase where a script puts a value of its own: a character
// for private use.
const hole = "\uE000"

// phrase is what one expression of a script writes, as far as it stands there.
type phrase struct {
	text   string
	before string // the code before it, as written
	nested bool   // it stands in a value of a template
}

// maxPhrases bounds what is read out of one script.
const maxPhrases = 20_000

// phraser puts the strings of a script together where it adds one to another.
type phraser struct {
	done []phrase
	text strings.Builder // of the one that may go on
	open *phrase
}

// phrases reads what a script writes. It tells whether that is all of it.
func phrases(script string) (list []phrase, whole bool) {
	s, p := literals{source: script}, phraser{}
	for l, ok := s.next(); ok; l, ok = s.next() {
		if len(p.done) == maxPhrases {
			return p.done, false
		}
		p.take(l)
	}
	p.close(s.gap)
	return p.done, true
}

func (p *phraser) take(l literal) {
	switch {
	case l.inside > 0:
		p.done = append(p.done, phrase{l.text, l.gap.tail, true})
		return
	case p.open != nil && (l.resumed || l.gap.joins()):
		if !l.resumed && l.gap.size > 1 && !l.gap.tellsTheYear() {
			p.text.WriteString(hole)
		}
	default:
		p.close(l.gap)
		p.open = &phrase{before: l.gap.tail}
		if l.gap.continues() {
			p.text.WriteString(hole)
		}
	}
	p.text.WriteString(l.text)
}

// close ends the phrase that may go on, before the given code.
func (p *phraser) close(behind gap) {
	if p.open == nil {
		return
	}
	if behind.goesOn() && !behind.tellsTheYear() {
		p.text.WriteString(hole)
	}
	p.open.text = p.text.String()
	p.done = append(p.done, *p.open)
	p.open = nil
	p.text.Reset()
}

// joins reports whether the code between two strings adds one to the other, with
// nothing but values between.
func (g gap) joins() bool { return g.size > 0 && !g.ends && g.first == '+' && g.last == '+' }

// goesOn reports whether something is added to the string before the code.
func (g gap) goesOn() bool { return g.first == '+' }

// continues reports whether the string behind the code is added to a value.
func (g gap) continues() bool { return g.last == '+' }

// tellsTheYear knows the one value that footers add most: it holds no link.
func (g gap) tellsTheYear() bool {
	value, _, _ := strings.Cut(g.head, ";")
	return strings.Contains(value, ".getFullYear(")
}
