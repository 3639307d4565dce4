package report

import (
	"time"

	"campanile/report/checklist"
	"campanile/report/score/dma"
	"campanile/rules"
)

// Annex is what a look from outside has to say about dimension 4 of the Digital
// Maturity Assessment, beside what people have declared. Three numbers stay apart:
// the declared score, the coverage, the conflicts.
type Annex struct {
	Form      string // edition of the questionnaire
	Dimension string // its name
	Stage     string
	Answered  time.Time // zero: nobody has answered
	Declared  *float64  // score of the dimension by the official formula, 0 to 100; nil without answers
	Overall   *float64  // nil without answers to the whole form
	Band      string    // of the declared score, in words
	Coverage  dma.Coverage
	Conflicts int
	Invisible string // the sentence that more than half of the dimension cannot be seen from outside
	Items     []AnnexItem
	Moves     []Move
	Reviews   []checklist.Review
}

// AnnexItem is one item of the dimension.
type AnnexItem struct {
	ID          string
	Text        string
	Outside     rules.Outside
	Answer      string // in words: yes, no, not answered
	Says        dma.Says
	SaysWord    string
	Supports    []Observation
	Contradicts []Observation
	Limits      string // what the observations cannot show
	Conflict    bool
}

// Observation is one thing that was seen.
type Observation struct {
	Text     string // a sentence
	Rule     string
	Subject  string
	Date     string // in words
	Operator string // who runs it: "" where nobody was recognised
}

// Move is an item that is within reach, with what it is worth by the formula.
type Move struct {
	ID        string
	Text      string
	Dimension float64 // points of 100
	Overall   float64
	Entries   []*Item  // of the checklist, that stand in its way
	How       []string // sentences where no entry does: a review log, a plan to write
}

func annex(_ words, _ Input, _ []*Item) *Annex { return nil }
