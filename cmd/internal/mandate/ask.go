package mandate

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"campanile/cmd/internal/exit"
)

// Questions asks a person what is not known yet, one line an answer.
type Questions struct {
	In    io.Reader
	Out   io.Writer
	Today time.Time // proposed as the first day
	Piped bool      // the answers come from a file: no Enter ends the line of a question
}

// maxAnswer bounds one line of answers, in bytes; maxTries a person's patience.
const (
	maxAnswer = 64 << 10
	maxTries  = 5
)

// Ask completes the answers that are given already, and makes the mandate. The
// name is that of the file that it will be.
func (q Questions) Ask(name string, given Answers) (*Mandate, error) {
	if err := given.known(); err != nil {
		return nil, exit.Usagef("%w", err)
	}
	lines := bufio.NewScanner(q.In)
	lines.Buffer(nil, maxAnswer)
	m := &Mandate{File: name}
	for _, f := range fields {
		if answers := given[f.key]; len(answers) > 0 {
			if problems := q.answered(f, m, answers); len(problems) > 0 {
				return nil, exit.Usagef("%w", errors.Join(problems...))
			}
			continue
		}
		if err := q.settle(lines, f, m); err != nil {
			return nil, err
		}
	}
	return m, m.seal()
}

// settle asks one question until its answer can be used.
func (q Questions) settle(lines *bufio.Scanner, f field, m *Mandate) error {
	for try := 1; ; try++ {
		given, err := q.ask(lines, f, m)
		if err != nil {
			return err
		}
		before := *m
		problems := q.answered(f, m, given)
		if len(problems) == 0 {
			return nil
		}
		*m = before
		if try == maxTries {
			return exit.Usagef("%w", errors.Join(problems...))
		}
		for _, problem := range problems {
			if err := q.say("  %s\n", problem); err != nil {
				return err
			}
		}
	}
}

// answered takes the answers to one question.
func (q Questions) answered(f field, m *Mandate, given []string) []error {
	problems := f.answered(m, given)
	if f.key == "until" && len(problems) == 0 {
		if err := q.over(m); err != nil {
			return []error{err}
		}
	}
	return problems
}

// ask puts one question, and takes its answer apart.
func (q Questions) ask(lines *bufio.Scanner, f field, m *Mandate) ([]string, error) {
	proposed := q.proposal(f, m.From)
	if proposed != "" {
		if err := q.say("%s [%s]: ", f.ask, proposed); err != nil {
			return nil, err
		}
	} else if err := q.say("%s: ", f.ask); err != nil {
		return nil, err
	}
	if f.parts != nil {
		return q.untilEmpty(lines, f)
	}
	text, err := q.answer(lines, f)
	switch {
	case err != nil:
		return nil, err
	case text == "" && proposed != "":
		return []string{proposed}, nil
	case text == "":
		return nil, nil
	case f.many:
		return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", ;\t", r) }), nil
	}
	return []string{text}, nil
}

// untilEmpty reads one answer a line; one more than there may be is enough to be
// refused.
func (q Questions) untilEmpty(lines *bufio.Scanner, f field) ([]string, error) {
	var given []string
	for len(given) <= maxList {
		text, err := q.answer(lines, f)
		if err != nil || text == "" {
			return given, err
		}
		given = append(given, text)
		if err := q.say("  and: "); err != nil {
			return nil, err
		}
	}
	return given, nil
}

func (q Questions) answer(lines *bufio.Scanner, f field) (string, error) {
	more := lines.Scan()
	if q.Piped || !more {
		if err := q.say("\n"); err != nil {
			return "", err
		}
	}
	if more {
		return strings.TrimSpace(lines.Text()), nil
	}
	if err := lines.Err(); err != nil {
		return "", exit.Usagef("the answer to %s cannot be read: %w", f.key, err)
	}
	return "", exit.Usagef("the answers end before %s; give one line to each question", f.key)
}

func (q Questions) say(format string, args ...any) error {
	if _, err := fmt.Fprintf(q.Out, format, args...); err != nil {
		return fmt.Errorf("asking for the mandate: %w", err)
	}
	return nil
}
