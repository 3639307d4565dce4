package ticks

import (
	"errors"
	"fmt"
	"slices"

	"campanile/collectors/evidence"
	"campanile/report/checklist"
)

// reader gathers entries, and what is wrong, so that the user mends it in one go.
type reader struct {
	name     string
	numbers  bool // a day can be written as a number, as workbooks keep it
	list     checklist.Checklist
	seen     map[string]place // parts of the head and findings: where they stand
	blamed   bool             // the domain was refused already
	problems []problem
}

// place is where something stands: a line, the cell of a table, or both.
type place struct {
	row  int // orders messages; 0: of the whole file
	line int // 0: the file has no lines
	cell string
}

func (p place) in(name string) string {
	switch {
	case p.line == 0 && p.cell == "":
		return name
	case p.cell == "":
		return fmt.Sprintf("%s:%d", name, p.line)
	case p.line == 0:
		return fmt.Sprintf("%s: cell %s", name, p.cell)
	}
	return fmt.Sprintf("%s:%d: cell %s", name, p.line, p.cell)
}

// short is a place within the same file.
func (p place) short() string {
	if p.cell != "" {
		return "cell " + p.cell
	}
	return fmt.Sprintf("line %d", p.line)
}

type problem struct {
	at   place
	text string
}

func (r *reader) wrong(at place, format string, args ...any) {
	r.problems = append(r.problems, problem{at, fmt.Sprintf(format, args...)})
}

func (r *reader) told() error {
	slices.SortStableFunc(r.problems, func(a, b problem) int { return a.at.row - b.at.row })
	var list []error
	for _, p := range r.problems[:min(len(r.problems), maxProblems)] {
		list = append(list, fmt.Errorf("%s: %s", p.at.in(r.name), p.text))
	}
	if more := len(r.problems) - maxProblems; more > 0 {
		list = append(list, fmt.Errorf("%s: and %d more mistakes", r.name, more))
	}
	return errors.Join(list...)
}

// once refuses what stands twice: nobody knows which of the two is meant.
func (r *reader) once(at place, what, key string) bool {
	if first, twice := r.seen[key]; twice {
		r.wrong(at, "%s stands twice, first at %s; leave one out", what, first.short())
		return false
	}
	r.seen[key] = at
	return true
}

// quoted shows what somebody wrote, so that it acts on no terminal.
func quoted(text string) string { return fmt.Sprintf("%q", evidence.Clip(text, 60)) }
