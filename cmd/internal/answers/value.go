package answers

import (
	"slices"
	"strings"

	"campanile/cmd/internal/mistake"
	"campanile/report/score/dma"
	"campanile/rules"
)

// row is what was written for one item. Which cells count depends on how its
// question is answered.
type row struct{ answer, planned, done cell }

type cell struct {
	at   mistake.Place
	text string
}

func (c cell) empty() bool { return strings.TrimSpace(c.text) == "" }

// item takes the answer to an item. An item that is left empty has none.
func (r *reader) item(at mistake.Place, id string, written row) {
	_, question, _, ok := r.q.Item(id)
	if !ok {
		r.Wrong(at, "%s", unknown(id))
		return
	}
	if !r.Once(at, "item "+id, id) {
		return
	}
	boxes := []cell{written.planned, written.done}
	if question.Answer == rules.PlannedDone {
		if !written.answer.empty() {
			r.Wrong(written.answer.at, "item %s: has two boxes, planned and done; write yes or no for each of them", id)
			return
		}
		r.boxes(id, boxes)
		return
	}
	if i := slices.IndexFunc(boxes, func(c cell) bool { return !c.empty() }); i >= 0 {
		r.Wrong(boxes[i].at, "item %s: cannot be planned or done, it has one answer; write it in its place", id)
		return
	}
	if !written.answer.empty() {
		r.form.Answers[id] = r.value(id, question.Answer, written.answer)
	}
}

// boxes reads the two boxes of an item; one that is empty beside a filled one is
// a no.
func (r *reader) boxes(id string, cells []cell) {
	var ticked [2]bool
	filled := false
	for i, c := range cells {
		if !c.empty() {
			ticked[i], filled = r.value(id, rules.Tick, c).Done, true
		}
	}
	if filled {
		r.form.Answers[id] = dma.Answer{Planned: ticked[0], Done: ticked[1]}
	}
}

// value reads one cell. What is no answer is told, and then the whole form is
// refused.
func (r *reader) value(id string, t rules.AnswerType, c cell) dma.Answer {
	said := r.words[strings.ToLower(strings.Join(strings.Fields(c.text), " "))]
	for level, word := range steps(t) {
		if slices.Contains(said, word) {
			if t == rules.Tick {
				return dma.Answer{Done: level > 0}
			}
			return dma.Answer{Level: level}
		}
	}
	r.Wrong(c.at, "item %s: %s is no answer; write %s", id, mistake.Quoted(c.text), map[rules.AnswerType]string{
		rules.Tick:        "x or yes where it is true, no or nothing where it is not",
		rules.ZeroToFive:  "a number from 0 to 5",
		rules.NoPartlyYes: "no, partly or yes",
	}[t])
	return dma.Answer{}
}

// steps are the answers of a type, lowest first, in the words of AnswerWords and
// of ticks.
func steps(t rules.AnswerType) []string {
	switch t {
	case rules.Tick:
		return []string{unticked, ticked}
	case rules.NoPartlyYes:
		return []string{"no", "partly", "yes"}
	case rules.ZeroToFive:
		return []string{"0", "1", "2", "3", "4", "5"}
	case rules.PlannedDone:
	}
	return nil
}

// What a box can say.
const (
	ticked   = "ticked"
	unticked = "unticked"
)

// vocabulary is what each written word can mean: the words of the form in every
// language, signs that people tick with, and what spreadsheets make of true.
func vocabulary(q *rules.Questionnaire) map[string][]string {
	words := map[string][]string{}
	add := func(meaning string, written ...string) {
		for _, word := range written {
			words[strings.ToLower(word)] = append(words[strings.ToLower(word)], meaning)
		}
	}
	for _, word := range rules.AnswerWords {
		add(word, word)
		for _, written := range q.Answers[word] {
			add(word, written)
		}
	}
	add("yes", "si", "true", "vero", "vrai")
	add("no", "false", "falso", "faux")
	for word, meanings := range words {
		switch {
		case slices.Contains(meanings, "yes"):
			add(ticked, word)
		case slices.Contains(meanings, "no"):
			add(unticked, word)
		}
	}
	add(ticked, "x", "✓", "✔", "☑", "☒", "1")
	add(unticked, "☐", "-", "0")
	return words
}
