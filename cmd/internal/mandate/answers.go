package mandate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"campanile/cmd/internal/exit"
)

// Answers are what is known of a mandate to be, by the name of the field, as
// people write it: domains, addresses and shared_hosts have several, and a
// shared host is written ADDRESS; KEEPER; WHO AGREED AND WHEN.
type Answers map[string][]string

// New makes a mandate of answers alone. The name is that of the file that it
// will be.
func New(name string, answers Answers) (*Mandate, error) {
	m := &Mandate{File: name}
	var problems []error
	if err := answers.known(); err != nil {
		problems = append(problems, err)
	}
	for _, f := range fields {
		problems = append(problems, f.answered(m, answers[f.key])...)
	}
	if len(problems) > 0 {
		return nil, exit.Usagef("%w", errors.Join(problems...))
	}
	return m, m.seal()
}

// known refuses answers to what is not asked.
func (a Answers) known() error {
	for _, key := range slices.Sorted(maps.Keys(a)) {
		if !slices.Contains(keys(), key) {
			return fmt.Errorf("%q is not known%s", key, hint(key, keys(), "a mandate has"))
		}
	}
	return nil
}

// seal gives a mandate that was just made the digest of its file.
func (m *Mandate) seal() error {
	data, err := m.YAML()
	m.Digest = digest(data)
	return err
}

// answered takes the answers to one question.
func (f field) answered(m *Mandate, given []string) []error {
	if len(given) == 0 && !f.may {
		return []error{fmt.Errorf("%s is missing; %s", f.key, f.missing)}
	}
	if len(given) > 1 && !f.many || len(given) > maxList {
		return []error{fmt.Errorf("%s: %d answers are too many", f.key, len(given))}
	}
	var problems []error
	for _, text := range given {
		parts := []string{text}
		if f.parts != nil {
			if parts = strings.SplitN(text, ";", len(f.parts)); len(parts) < len(f.parts) {
				problems = append(problems, fmt.Errorf("%s: %q: write ADDRESS; KEEPER; WHO AGREED AND WHEN", f.key, text))
				continue
			}
		}
		if err := f.take(m, parts); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", f.key, err))
		}
	}
	return problems
}
