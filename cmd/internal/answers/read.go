// Package answers reads a filled form of the Digital Maturity Assessment from
// YAML, CSV or XLSX, and lays out an empty one. It refuses what does not fit,
// with its place and reason, and never guesses an answer.
package answers

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"campanile/cmd/internal/exit"
	"campanile/collectors/evidence"
	"campanile/report/score/dma"
	"campanile/rules"
)

// Limits of a file that somebody hands in. A whole form has 97 items.
const (
	maxFile     = 4 << 20 // bytes
	maxText     = 1 << 20 // bytes, where it is no workbook
	maxProblems = 20      // told; the others are counted
	maxCell     = 200     // bytes of a text at the head
)

// Read reads a filled form from a file; what it holds is told by its ending:
// .yaml, .csv or .xlsx. All mistakes are told at once.
func Read(path string, q *rules.Questionnaire) (*dma.Assessment, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, exit.Usagef("the answers %s cannot be opened: %w; make an empty form with \"campanile dma template\"", path, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, exit.Usagef("the answers %s cannot be read: %w", path, err)
	}
	return Parse(path, data, q)
}

// Parse reads a filled form; the name tells what it is, and stands in the
// messages.
func Parse(name string, data []byte, q *rules.Questionnaire) (*dma.Assessment, error) {
	r := &reader{name: name, q: q, words: vocabulary(q), seen: map[string]place{}}
	r.form.Answers = dma.Answers{}
	var err error
	switch ending := strings.ToLower(filepath.Ext(name)); {
	case len(data) > maxFile || len(data) > maxText && ending != ".xlsx":
		err = errors.New("too large for a filled form; save only the form")
	case ending == ".yaml" || ending == ".yml":
		err = r.yaml(data)
	case ending == ".csv":
		err = r.csv(data)
	case ending == ".xlsx":
		err = r.xlsx(data)
	default:
		err = fmt.Errorf("%q is no ending of a form; answers are read from .yaml, .csv and .xlsx", ending)
	}
	if err != nil {
		return nil, exit.Usagef("%s: %w", name, err)
	}
	r.complete()
	if len(r.problems) > 0 {
		return nil, exit.Usagef("%w", r.told())
	}
	return &r.form, nil
}

// reader gathers answers, and what is wrong, so that the user mends it in one go.
type reader struct {
	name     string
	q        *rules.Questionnaire
	words    map[string][]string
	days     bool // a day can be written as a number, as workbooks keep it
	form     dma.Assessment
	seen     map[string]place // fields and items: where they stand
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

// plain says what is wrong with a text as such; nil where nothing is.
func plain(text string) error {
	switch {
	case !utf8.ValidString(text):
		return errors.New("not UTF-8 text; save the form as \"CSV UTF-8\"")
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("holds control characters; write it on one line")
	case len(text) > maxCell:
		return fmt.Errorf("longer than %d bytes", maxCell)
	}
	return nil
}
