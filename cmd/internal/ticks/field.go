package ticks

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"campanile/cmd/internal/day"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/mistake"
	"campanile/report/checklist"
)

// field is one thing that is kept of a T: how it is called in a file, how it is
// read, and how it is written.
type field[T any] struct {
	key   string
	bare  bool // written without quotes in YAML: a word or a day
	take  func(t *T, text string, numbers bool) error
	given func(t T) string
}

// town is the head of a checklist.
type town struct{ Domain, Name string }

func heads() []field[town] {
	return []field[town]{
		{"domain", true, func(t *town, text string, _ bool) (err error) {
			t.Domain, err = inventory.Domain(text)
			return err
		}, func(t town) string { return t.Domain }},
		words("name", func(t *town) *string { return &t.Name }),
	}
}

func entries() []field[checklist.Entry] {
	type entry = checklist.Entry
	return []field[entry]{
		{"rule", true, takeRule, func(e entry) string { return e.Rule }},
		{"subject", false, takeSubject, func(e entry) string { return e.Subject }},
		words("title", func(e *entry) *string { return &e.Title }),
		{"state", true, takeState, func(e entry) string { return string(e.State) }},
		days("on", func(e *entry) *time.Time { return &e.On }),
		days("until", func(e *entry) *time.Time { return &e.Until }),
		words("by", func(e *entry) *string { return &e.By }),
		words("because", func(e *entry) *string { return &e.Because }),
		moments("first", func(e *entry) *time.Time { return &e.First }),
		moments("last", func(e *entry) *time.Time { return &e.Last }),
		moments("fixed", func(e *entry) *time.Time { return &e.Fixed }),
		moments("back", func(e *entry) *time.Time { return &e.Back }),
	}
}

func reviews() []field[checklist.Review] {
	type review = checklist.Review
	return []field[review]{
		days("on", func(r *review) *time.Time { return &r.On }),
		words("by", func(r *review) *string { return &r.By }),
		moments("taken", func(r *review) *time.Time { return &r.Taken }),
		{"evidence", true, takeDigest, func(r review) string { return r.Evidence }},
		words("note", func(r *review) *string { return &r.Note }),
	}
}

// words is a field of free text on one line.
func words[T any](key string, of func(*T) *string) field[T] {
	return field[T]{
		key: key,
		take: func(t *T, text string, _ bool) (err error) {
			*of(t), err = line(text)
			return err
		},
		given: func(t T) string { return *of(&t) },
	}
}

func days[T any](key string, of func(*T) *time.Time) field[T] {
	return field[T]{
		key: key, bare: true,
		take: func(t *T, text string, numbers bool) (err error) {
			*of(t), err = day.Of(strings.TrimSpace(text), numbers)
			return err
		},
		given: func(t T) string { return written(*of(&t), time.DateOnly) },
	}
}

func moments[T any](key string, of func(*T) *time.Time) field[T] {
	return field[T]{
		key: key, bare: true,
		take: func(t *T, text string, _ bool) (err error) {
			*of(t), err = moment(strings.TrimSpace(text))
			return err
		},
		given: func(t T) string { return written(*of(&t), time.RFC3339) },
	}
}

func written(t time.Time, form string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(form)
}

// moment reads the time of a scan, also as spreadsheets change it.
func moment(text string) (time.Time, error) {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC().Truncate(time.Second), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is not the time of a scan such as 2026-11-22T10:00:00Z; leave what the program has written", mistake.Quoted(text))
}

var ruleForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func takeRule(e *checklist.Entry, text string, _ bool) error {
	if e.Rule = strings.TrimSpace(text); !ruleForm.MatchString(e.Rule) || len(text) > 100 {
		return fmt.Errorf("%s is no rule; \"campanile rules list\" names them", mistake.Quoted(text))
	}
	return nil
}

func takeSubject(e *checklist.Entry, text string, _ bool) error {
	if e.Subject = text; len(text) > maxSubject {
		return fmt.Errorf("longer than %d bytes; leave what the program has written", maxSubject)
	}
	return nil
}

var digestForm = regexp.MustCompile(`^[A-Za-z0-9:+/=_-]{1,200}$`)

func takeDigest(r *checklist.Review, text string, _ bool) error {
	if r.Evidence = strings.TrimSpace(text); !digestForm.MatchString(r.Evidence) {
		return fmt.Errorf("%s is no digest; leave what the program has written", mistake.Quoted(text))
	}
	return nil
}

func takeState(e *checklist.Entry, text string, _ bool) error {
	state, ok := states()[folded(text)]
	if e.State = state; ok {
		return nil
	}
	return fmt.Errorf("%s is no state; write done, asked or accepted, or leave it empty", mistake.Quoted(text))
}

// line reads free text. Breaks, which spreadsheets allow in a cell, become blanks.
func line(text string) (string, error) {
	text = strings.TrimSpace(breaks.ReplaceAllString(text, " "))
	switch {
	case !utf8.ValidString(text):
		return "", errors.New("not UTF-8 text; type it again")
	case strings.ContainsFunc(text, unicode.IsControl):
		return "", errors.New("holds control characters; type it again")
	case len(text) > maxText:
		return "", fmt.Errorf("longer than %d bytes; shorten it", maxText)
	}
	return text, nil
}

var breaks = regexp.MustCompile(`[\r\n\t]+`)

// fits says what does not fit together in an entry; nil where all does.
func fits(e checklist.Entry) error {
	var missing []string
	for name, empty := range map[string]bool{"until": e.Until.IsZero(), "because": e.Because == "", "by": e.By == ""} {
		if e.State == checklist.Accepted && empty {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	switch {
	case e.Rule == "":
		return errors.New("rule: missing; write which rule was broken, or delete the entry")
	case len(missing) > 0:
		return fmt.Errorf("accepted, without %s; an exception has a reason, an author and a last day", strings.Join(missing, ", "))
	case e.State == checklist.Accepted && e.Until.Before(e.On):
		return fmt.Errorf("until: %s is before %s; write the last day of the exception", e.Until.Format(time.DateOnly), e.On.Format(time.DateOnly))
	case e.State != checklist.Accepted && !e.Until.IsZero():
		return errors.New("until: only what is accepted has a last day; write accepted in state, or leave until empty")
	case e.State == checklist.Open && !e.On.IsZero():
		return errors.New("on: there is a day, but no state; write done, asked or accepted in state, or leave on empty")
	}
	return nil
}

// Text gives what somebody wrote as a checklist can keep it, or says what is
// wrong with it.
func Text(text string) (string, error) { return line(text) }
