package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Questionnaire is the form for public bodies of the Digital Maturity Assessment.
// Which items it has and how they are answered is the form's; the words are ours.
type Questionnaire struct {
	Form  string              `yaml:"form"`  // its edition, kept with every answer
	Read  Date                `yaml:"read"`  // when our notes on it were last gone through
	Words string              `yaml:"words"` // whose: always OurWords
	Note  map[Language]string `yaml:"note"`  // says so to whoever reads them
	// Answers are the words for what an answer can be, by AnswerWords.
	Answers map[string]map[Language]string `yaml:"answers"`
	// How says how to write an answer in a table.
	How map[AnswerType]map[Language]string `yaml:"how"`
	// Fields are the words for what stands at the head of a filled form, by
	// FormFields.
	Fields     map[string]map[Language]string `yaml:"fields"`
	Bands      []Band                         `yaml:"bands"` // lowest first
	Dimensions []Dimension                    `yaml:"-"`     // each in a file of its own, in order
	Groups     []PublishedGroup               `yaml:"-"`     // figures of others, from dma/reference.yaml
	Digest     string                         `yaml:"-"`     // "sha256:…" over all its files
}

// OurWords says of texts that they are this project's working words, and no
// official wording or translation.
const OurWords = "ours"

// Band is a step of the scale of scores, from 0 to 100.
type Band struct {
	ID     string              `yaml:"band"`
	AtMost float64             `yaml:"at_most"` // belongs to the band itself
	Name   map[Language]string `yaml:"name"`
}

// Dimension is one of the six parts of the form; each weighs the same.
type Dimension struct {
	Number    int                 `yaml:"dimension"`
	Form      string              `yaml:"form"`
	Words     string              `yaml:"words"`
	Name      map[Language]string `yaml:"name"`
	Questions []Question          `yaml:"questions"`
}

// Question is one of the eleven; all its items are answered in the same way.
type Question struct {
	Number int                 `yaml:"question"` // over the whole form
	Answer AnswerType          `yaml:"answer"`
	Text   map[Language]string `yaml:"text"`
	Items  []Item              `yaml:"items"`
}

// AnswerType is how the items of a question are answered.
type AnswerType string

// The types of answer.
const (
	Tick        AnswerType = "tick"          // all that apply
	PlannedDone AnswerType = "planned-done"  // two boxes, each a question of its own in the score
	ZeroToFive  AnswerType = "zero-to-five"  // from not used to in use
	NoPartlyYes AnswerType = "no-partly-yes" // three steps
)

// AnswerTypes lists them.
var AnswerTypes = []AnswerType{Tick, PlannedDone, ZeroToFive, NoPartlyYes}

// AnswerWords are the answers that a questionnaire has words for.
var AnswerWords = []string{"yes", "no", "partly", "planned", "done", "0", "1", "2", "3", "4", "5"}

// FormFields are what stands at the head of a filled form, in its order.
var FormFields = []string{"form", "body", "domain", "code", "tax_number", "stage", "date", "source"}

// Item is one of the 97 lines that somebody answers.
type Item struct {
	ID      string              `yaml:"id"`                // question and place: 8.2
	Outside Outside             `yaml:"outside,omitempty"` // dimension 4 only
	Column  string              `yaml:"column"`            // in the export for the EDIH network's tool; unverified
	Text    map[Language]string `yaml:"text"`
}

// Outside is how much of what an item asks about can be seen from outside.
type Outside string

// How much can be seen. Nothing that is seen ever answers an item.
const (
	Observable Outside = "observable" // the thing itself
	Traces     Outside = "traces"     // signs for or against it
	Invisible  Outside = "invisible"
)

// Outsides lists them, most first.
var Outsides = []Outside{Observable, Traces, Invisible}

// EmbeddedQuestionnaire loads the questionnaire that the program ships with.
func EmbeddedQuestionnaire() (*Questionnaire, error) { return LoadQuestionnaire(files) }

// LoadQuestionnaire reads dma/form.yaml, dma/reference.yaml and one file for each
// dimension from a rules folder, as strictly as Load reads rules: all mistakes at once, each with
// its file and field.
func LoadQuestionnaire(fsys fs.FS) (*Questionnaire, error) {
	q, digest := &Questionnaire{}, sha256.New()
	if err := decodeFile(fsys, "dma/form.yaml", digest, q); err != nil {
		return nil, err
	}
	problems := named("dma/form.yaml", q.validate())
	names, err := fs.Glob(fsys, "dma/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	groups, wrong := loadGroups(fsys, digest)
	q.Groups, problems = groups, append(problems, wrong...)
	names = slices.DeleteFunc(names, func(name string) bool { return name == "dma/form.yaml" || name == referenceFile })
	for _, name := range names {
		var d Dimension
		if err := decodeFile(fsys, name, digest, &d); err != nil {
			problems = append(problems, err)
			continue
		}
		problems = append(problems, named(name, q.add(d))...)
	}
	if len(names) != dimensions {
		problems = append(problems, fmt.Errorf("dma: %d files of dimensions; the form has %d", len(names), dimensions))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	q.Digest = "sha256:" + hex.EncodeToString(digest.Sum(nil))
	return q, nil
}

// Items gives the items of all questions, in the order of the form.
func (q *Questionnaire) Items() []Item {
	var items []Item
	for _, question := range q.Questions() {
		items = append(items, question.Items...)
	}
	return items
}

// Questions gives the questions of all dimensions, in the order of the form.
func (q *Questionnaire) Questions() []Question {
	var questions []Question
	for _, d := range q.Dimensions {
		questions = append(questions, d.Questions...)
	}
	return questions
}

// Item finds an item by its id, with the question and the dimension it belongs
// to.
func (q *Questionnaire) Item(id string) (Item, Question, Dimension, bool) {
	for _, d := range q.Dimensions {
		for _, question := range d.Questions {
			i := slices.IndexFunc(question.Items, func(item Item) bool { return item.ID == id })
			if i >= 0 {
				return question.Items[i], question, d, true
			}
		}
	}
	return Item{}, Question{}, Dimension{}, false
}

// Band gives the band of a score that is not rounded: a limit belongs to the band
// below it, and between two bands there is no gap.
func (q *Questionnaire) Band(score float64) Band {
	for _, band := range q.Bands[:len(q.Bands)-1] {
		if score <= band.AtMost {
			return band
		}
	}
	return q.Bands[len(q.Bands)-1]
}
