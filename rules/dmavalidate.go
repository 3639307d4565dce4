package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// dimensions is how many the form has.
const dimensions = 6

var columnForm = regexp.MustCompile(`^[a-z0-9_]+_m2_\d_\d{1,2}$`)

// validate lists what is wrong with what the dimensions have in common.
func (q *Questionnaire) validate() []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if strings.TrimSpace(q.Form) == "" {
		add("form: missing; every answer keeps the edition that it answers")
	}
	if q.Read.IsZero() {
		add("read: missing")
	}
	oneOf(add, "words", []string{OurWords}, q.Words)
	inEveryLanguage(add, "note", q.Note)
	eachInEveryLanguage(add, "answers", AnswerWords, q.Answers)
	eachInEveryLanguage(add, "how", AnswerTypes, q.How)
	eachInEveryLanguage(add, "fields", FormFields, q.Fields)
	q.validateBands(add)
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

// eachInEveryLanguage wants words for each of the names, and for nothing else.
func eachInEveryLanguage[T ~string](add func(string, ...any), field string, names []T, words map[T]map[Language]string) {
	for _, name := range names {
		inEveryLanguage(add, field+"."+string(name), words[name])
	}
	for name := range words {
		oneOf(add, field, names, name)
	}
}

func (q *Questionnaire) validateBands(add func(string, ...any)) {
	below, seen := 0.0, map[string]bool{}
	for i, band := range q.Bands {
		field := fmt.Sprintf("bands[%d]", i)
		if band.ID == "" || seen[band.ID] {
			add("%s.band: %q is empty or stands there twice", field, band.ID)
		}
		seen[band.ID] = true
		if band.AtMost <= below {
			add("%s.at_most: %g does not go beyond %g", field, band.AtMost, below)
		}
		below = band.AtMost
		inEveryLanguage(add, field+".name", band.Name)
	}
	if below != 100 {
		add("bands: the last must end at 100, so that every score has one")
	}
}

// add takes the next dimension, and lists what is wrong with it.
func (q *Questionnaire) add(d Dimension) []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if want := len(q.Dimensions) + 1; d.Number != want {
		add("dimension: %d, but it is number %d by its file", d.Number, want)
	}
	oneOf(add, "form", []string{q.Form}, d.Form)
	oneOf(add, "words", []string{OurWords}, d.Words)
	inEveryLanguage(add, "name", d.Name)
	if len(d.Questions) == 0 {
		add("questions: missing")
	}
	before := len(q.Questions())
	for i, question := range d.Questions {
		if want := before + i + 1; question.Number != want {
			add("questions[%d].question: %d, but it is number %d of the form", i, question.Number, want)
		}
		question.validate(add, d.Number)
	}
	q.Dimensions = append(q.Dimensions, d)
	q.validateColumns(add, d)
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

func (q Question) validate(add func(string, ...any), dimension int) {
	field := fmt.Sprintf("question %d", q.Number)
	oneOf(add, field+".answer", AnswerTypes, q.Answer)
	inEveryLanguage(add, field+".text", q.Text)
	if len(q.Items) == 0 {
		add("%s.items: missing", field)
	}
	for i, item := range q.Items {
		if want := fmt.Sprintf("%d.%d", q.Number, i+1); item.ID != want {
			add("%s.items[%d].id: %q, but its place is %s", field, i, item.ID, want)
		}
		inEveryLanguage(add, item.ID+".text", item.Text)
		switch {
		case dimension == seenFromOutside:
			oneOf(add, item.ID+".outside", Outsides, item.Outside)
		case item.Outside != "":
			add("%s.outside: only items of dimension %d have it", item.ID, seenFromOutside)
		}
	}
}

// seenFromOutside is the dimension about which a look from outside says
// something.
const seenFromOutside = 4

// validateColumns holds the columns of the newest dimension against all others.
func (q *Questionnaire) validateColumns(add func(string, ...any), newest Dimension) {
	used := map[string]int{}
	for _, item := range q.Items() {
		used[item.Column]++
	}
	for _, question := range newest.Questions {
		for _, item := range question.Items {
			switch {
			case !columnForm.MatchString(item.Column):
				add("%s.column: %q is not a name such as website_m2_2_3", item.ID, item.Column)
			case used[item.Column] > 1:
				add("%s.column: %q stands there twice", item.ID, item.Column)
			}
		}
	}
}
