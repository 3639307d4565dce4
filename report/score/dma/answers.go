// Package dma computes the Digital Maturity Assessment for public bodies from
// the answers that people gave, by the form's own formula. It is pure. It never
// answers an item and knows nothing of what a scan saw.
package dma

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"campanile/rules"
)

// Assessment is one filled form: who answered which edition, at which stage.
type Assessment struct {
	Form      string // edition of the questionnaire
	Body      string // name of the municipality
	Domain    string
	Code      string // of a register of public bodies: IPA, SIREN
	TaxNumber string
	Stage     string // T0, T1, T2 or a label of one's own; never worked out from dates
	Date      time.Time
	Source    string // of Sources
	Answers   Answers
}

// Sources are who can have answered.
var Sources = []string{"self", "adviser", "import"}

// Answers are the answers by item. An item that is not there has none, which
// the formula counts as nothing: the form knows no "does not apply".
type Answers map[string]Answer

// Answer is the answer to one item. Which field speaks depends on the type of
// its question; the others stay at zero.
type Answer struct {
	Done    bool // tick: it applies; planned-done: already invested or done
	Planned bool // planned-done: planned, or to be extended
	Level   int  // zero-to-five: 0 to 5; no-partly-yes: 0 no, 1 partly, 2 yes
}

// Full is the answer that gives all the points of an item.
func Full(t rules.AnswerType) Answer {
	switch t {
	case rules.Tick:
		return Answer{Done: true}
	case rules.PlannedDone:
		return Answer{Done: true, Planned: true}
	case rules.ZeroToFive, rules.NoPartlyYes:
		return Answer{Level: topLevel(t)}
	}
	return Answer{}
}

// topLevel is the highest level of an answer; 0 where it has none.
func topLevel(t rules.AnswerType) int {
	switch t {
	case rules.ZeroToFive:
		return 5
	case rules.NoPartlyYes:
		return 2
	case rules.Tick, rules.PlannedDone:
	}
	return 0
}

// Fits says why an answer is none to a question of that type; nil where it is.
func (a Answer) Fits(t rules.AnswerType) error {
	top := topLevel(t)
	switch {
	case a.Level < 0 || a.Level > top:
		return fmt.Errorf("level %d is none of an item of type %s; they go from 0 to %d", a.Level, t, top)
	case a.Planned && t != rules.PlannedDone:
		return fmt.Errorf("an item of type %s cannot be planned", t)
	case a.Done && top > 0:
		return fmt.Errorf("an item of type %s has levels and no box to tick", t)
	}
	return nil
}

// Check lists the answers that do not fit the form, in the order of their names.
func (a Answers) Check(q *rules.Questionnaire) error {
	var problems []error
	for id, answer := range a {
		_, question, _, ok := q.Item(id)
		if !ok {
			problems = append(problems, fmt.Errorf("item %q is not in the form %s", id, q.Form))
		} else if err := answer.Fits(question.Answer); err != nil {
			problems = append(problems, fmt.Errorf("item %s: %w", id, err))
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(problems...)
}

// Open lists the items that still want an answer, in the order of the form. An
// empty box is an answer where another box of its question is ticked or was
// refused; a question of boxes without any answer was not looked at.
func (a Answers) Open(q *rules.Questionnaire) []string {
	var open []string
	for _, question := range q.Questions() {
		var missing []string
		for _, item := range question.Items {
			if _, ok := a[item.ID]; !ok {
				missing = append(missing, item.ID)
			}
		}
		if topLevel(question.Answer) > 0 || len(missing) == len(question.Items) {
			open = append(open, missing...)
		}
	}
	return open
}
