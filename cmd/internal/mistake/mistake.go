// Package mistake gathers what is wrong in a file that somebody has filled in,
// each with its place, so that all of it is mended in one go. It knows no file of
// any kind, and mends nothing by itself.
package mistake

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// most is how many mistakes are told; the others are counted.
const most = 20

// Place is where something stands: a line, the cell of a table, or both.
type Place struct {
	Row  int // orders messages; 0: of the whole file
	Line int // 0: the file has no lines
	Cell string
}

func (p Place) in(name string) string {
	switch {
	case p.Line == 0 && p.Cell == "":
		return name
	case p.Cell == "":
		return fmt.Sprintf("%s:%d", name, p.Line)
	case p.Line == 0:
		return fmt.Sprintf("%s: cell %s", name, p.Cell)
	}
	return fmt.Sprintf("%s:%d: cell %s", name, p.Line, p.Cell)
}

// short is a place within the same file.
func (p Place) short() string {
	if p.Cell != "" {
		return "cell " + p.Cell
	}
	return fmt.Sprintf("line %d", p.Line)
}

// List is what is wrong in one file.
type List struct {
	Name string // of the file
	told []told
	seen map[string]Place
}

type told struct {
	at   Place
	text string
}

// Wrong notes a mistake.
func (l *List) Wrong(at Place, format string, args ...any) {
	l.told = append(l.told, told{at, fmt.Sprintf(format, args...)})
}

// Once refuses what stands twice: nobody knows which of the two is meant.
func (l *List) Once(at Place, what, key string) bool {
	if first, twice := l.seen[key]; twice {
		l.Wrong(at, "%s stands twice, first at %s; leave one out", what, first.short())
		return false
	}
	if l.seen == nil {
		l.seen = map[string]Place{}
	}
	l.seen[key] = at
	return true
}

// Empty reports whether nothing is wrong.
func (l *List) Empty() bool { return len(l.told) == 0 }

// Of reports whether a mistake in a field was noted.
func (l *List) Of(field string) bool {
	return slices.ContainsFunc(l.told, func(m told) bool { return strings.HasPrefix(m.text, field+": ") })
}

// Err tells the mistakes in the order of the file; nil where there are none.
func (l *List) Err() error {
	slices.SortStableFunc(l.told, func(a, b told) int { return a.at.Row - b.at.Row })
	var list []error
	for _, m := range l.told[:min(len(l.told), most)] {
		list = append(list, fmt.Errorf("%s: %s", m.at.in(l.Name), m.text))
	}
	if more := len(l.told) - most; more > 0 {
		list = append(list, fmt.Errorf("%s: and %d more mistakes", l.Name, more))
	}
	return errors.Join(list...)
}

// Quoted shows what somebody wrote, so that it acts on no terminal.
func Quoted(text string) string { return fmt.Sprintf("%q", evidence.Clip(text, 60)) }
