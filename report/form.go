package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"campanile/rules"
)

// formView is what the template "form" lays out.
type formView struct {
	frame
	Form       string // edition of the questionnaire
	Note       string
	Fields     []formField
	Dimensions []formDimension
	Size       formSize
}

// formSize counts what there is to answer.
type formSize struct{ Dimensions, Questions, Items int }

// formField is a line at the head of the form.
type formField struct{ Key, Name string }

type formDimension struct {
	Number    int
	Name      string
	Questions []formQuestion
}

type formQuestion struct {
	Number  int
	Text    string
	Answer  rules.AnswerType
	How     string
	Items   []formItem
	Choices []formChoice // the same for each of its items
}

type formItem struct{ ID, Text string }

// formChoice is one box or circle: its short name stands beside each item, its
// meaning once above them.
type formChoice struct{ Value, Name, Meaning string }

// WriteFormHTML writes the empty questionnaire as a page to fill in at a meeting,
// on the screen or on paper. It holds no program and keeps nothing.
func WriteFormHTML(w io.Writer, q *rules.Questionnaire, language rules.Language) error {
	words := wordsIn(language)
	v := formView{
		frame: frameOf(language, words.say("form.title")),
		Form:  q.Form, Note: words.spaced(q.Note[language]),
		Size: formSize{len(q.Dimensions), len(q.Questions()), len(q.Items())},
	}
	for _, key := range rules.FormFields[1:] { // the edition is printed, not asked
		v.Fields = append(v.Fields, formField{key, words.spaced(q.Fields[key][language])})
	}
	for _, d := range q.Dimensions {
		dimension := formDimension{Number: d.Number, Name: words.spaced(d.Name[language])}
		for _, question := range d.Questions {
			dimension.Questions = append(dimension.Questions, formQuestionOf(words, q, question))
		}
		v.Dimensions = append(v.Dimensions, dimension)
	}
	if err := writePage(w, "form", language, "", v); err != nil {
		return fmt.Errorf("writing the form: %w", err)
	}
	return nil
}

func formQuestionOf(w words, q *rules.Questionnaire, question rules.Question) formQuestion {
	f := formQuestion{Number: question.Number, Text: w.spaced(question.Text[w.language]), Answer: question.Answer}
	meaning := func(word string) string { return w.spaced(q.Answers[word][w.language]) }
	switch question.Answer {
	case rules.Tick:
		f.How = w.say("form.tick")
	case rules.PlannedDone:
		f.How = w.say("form.planned-done")
		f.Choices = []formChoice{{"planned", w.say("form.planned"), ""}, {"done", w.say("form.done"), ""}}
	case rules.ZeroToFive:
		f.How = w.say("form.zero-to-five")
		for level := range 6 {
			digit := strconv.Itoa(level)
			f.Choices = append(f.Choices, formChoice{digit, digit, meaning(digit)})
		}
	case rules.NoPartlyYes:
		f.How = w.say("form.no-partly-yes")
		for _, word := range []string{"no", "partly", "yes"} {
			f.Choices = append(f.Choices, formChoice{word, meaning(word), ""})
		}
	}
	for _, item := range question.Items {
		f.Items = append(f.Items, formItem{item.ID, w.spaced(item.Text[w.language])})
	}
	return f
}

// Key is the item as a name within the page: a point would not do everywhere.
func (i formItem) Key() string { return "q" + strings.ReplaceAll(i.ID, ".", "-") }

// Boxes reports whether the choices can be ticked together; otherwise one
// excludes the others.
func (q formQuestion) Boxes() bool { return q.Answer == rules.PlannedDone }

// Scale gives the choices whose names want a meaning beside them.
func (q formQuestion) Scale() []formChoice {
	if q.Answer == rules.ZeroToFive {
		return q.Choices
	}
	return nil
}
