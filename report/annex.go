package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"campanile/report/score/dma"
	"campanile/rules"
)

// Annex is what a look from outside has to say about dimension 4 of the Digital
// Maturity Assessment, beside what people have declared. Three numbers stay apart:
// the declared score, the coverage, the conflicts. No item is ever answered here,
// and nothing that was seen enters a score.
type Annex struct {
	Form      string    // edition of the questionnaire
	Words     string    // the sentence that its texts are ours
	Dimension string    // its name
	Stage     string    // "" where nobody has answered
	Answered  time.Time // zero: nobody has answered
	Who       string    // when and by whom the form was filled in, in words

	Declared *float64 // score of the dimension by the official formula, 0 to 100; nil without answers
	Overall  *float64 // nil without answers to the whole form
	Band     string   // of the declared score, in words
	BandID   string
	Open     []string // items of the dimension without an answer: the formula counts them as nothing

	Coverage  dma.Coverage
	Conflicts int
	Numbers   []AnnexNumber // the three, in words, each for itself
	Invisible string        // the sentence that more than half of the dimension cannot be seen from outside

	Items   []AnnexItem // in the order of the form
	Moves   []Move      // within reach, most points first
	Unseen  []Move      // nothing outside can move these: only the municipality knows
	Reviews []Reviewed  // oldest first
	Log     string      // what the review log is for; where there is none, how to keep one

	Alone bool // laid out by itself: the entries of the checklist do not stand beside it
}

// AnnexNumber is one of the three numbers that stay apart.
type AnnexNumber struct{ Name, Value, Text string }

// dataDimension is the dimension that a look from outside can speak to.
const dataDimension = 4

// annexer is an annex under way.
type annexer struct {
	words
	Input
	items   []*Item        // of the checklist
	filled  dma.Assessment // the zero one where nobody has filled in the form
	open    []string       // items of the form that nobody has answered
	verdict dma.Result     // of the answers
}

func annex(w words, in Input, items []*Item) *Annex {
	if in.Questionnaire == nil {
		return nil
	}
	at := slices.IndexFunc(in.Questionnaire.Dimensions, func(d rules.Dimension) bool { return d.Number == dataDimension })
	if at < 0 {
		return nil
	}
	x := newAnnexer(w, in, items)
	a := &Annex{
		Form:      clean(in.Questionnaire.Form),
		Words:     w.spaced(in.Questionnaire.Note[in.Language]),
		Dimension: w.spaced(in.Questionnaire.Dimensions[at].Name[in.Language]),
		Coverage:  dma.CoverageOf(in.Questionnaire, dataDimension),
		Items:     x.annexItems(),
		Reviews:   x.reviews(),
	}
	x.declare(a, in.Questionnaire.Dimensions[at], at)
	for _, item := range a.Items {
		if item.Conflict {
			a.Conflicts++
		}
	}
	a.Invisible = x.invisible(a.Coverage)
	a.Log = x.log(a.Reviews)
	a.Numbers = x.numbers(a)
	a.Moves, a.Unseen = x.moves(a)
	return a
}

// newAnnexer scores the answers. Those that do not fit the form are refused where
// they are read; none of them counts as an answer here.
func newAnnexer(w words, in Input, items []*Item) *annexer {
	x := &annexer{words: w, Input: in, items: items}
	if in.Answers != nil {
		x.filled = *in.Answers
	}
	var err error
	if x.verdict, err = dma.Score(in.Questionnaire, x.filled.Answers); err != nil {
		x.filled = dma.Assessment{}
	}
	x.open = x.filled.Answers.Open(in.Questionnaire)
	return x
}

// declare sets what people have declared. A dimension of which no item is answered
// has no score: it was not looked at.
func (x *annexer) declare(a *Annex, d rules.Dimension, at int) {
	items := 0
	for _, question := range d.Questions {
		for _, item := range question.Items {
			if items++; slices.Contains(x.open, item.ID) {
				a.Open = append(a.Open, item.ID)
			}
		}
	}
	if len(a.Open) == items {
		return
	}
	scored := x.verdict.Dimensions[at]
	a.Declared, a.Band, a.BandID = &scored.Score, x.spaced(scored.Band.Name[x.Language]), scored.Band.ID
	if len(x.open) == 0 {
		a.Overall = &x.verdict.Overall
	}
	a.Stage, a.Answered = clean(clip(x.filled.Stage, maxInText)), x.filled.Date.UTC()
	a.Who = x.who(a)
}

// who says at which stage, when and by whom the form was filled in.
func (x *annexer) who(a *Annex) string {
	source := x.say("annex.source.unknown")
	if slices.Contains(dma.Sources, x.filled.Source) {
		source = x.say("annex.source." + x.filled.Source)
	}
	date := x.say("not-stated")
	if !x.filled.Date.IsZero() {
		date = x.date(a.Answered)
	}
	return x.say("annex.who", "Stage", cmp.Or(a.Stage, x.say("not-stated")), "Date", date, "Source", source)
}

// points writes points of 100 with one decimal, as the language does.
func (w words) points(p float64) string { return w.printer.Sprintf("%.1f", p) }

// invisible says how much of the dimension cannot be seen from outside at all.
func (x *annexer) invisible(c dma.Coverage) string {
	id := "annex.invisible-part"
	if c[rules.Invisible] > 50 {
		id = "annex.invisible"
	}
	return x.say(id, "Invisible", x.points(c[rules.Invisible]), "Observable", x.points(c[rules.Observable]), "Traces", x.points(c[rules.Traces]))
}

// numbers puts the three numbers into words. Without answers there is no declared
// score and there are no conflicts: neither is a zero.
func (x *annexer) numbers(a *Annex) []AnnexNumber {
	declared := AnnexNumber{x.say("annex.declared"), x.say("annex.not-answered"), x.say("annex.declared-none")}
	conflicts := AnnexNumber{x.say("annex.conflicts"), x.say("annex.cannot-say"), x.say("annex.conflicts-unknown")}
	if a.Declared != nil {
		declared.Value = x.say("annex.of-hundred", "Points", dma.Shown(*a.Declared))
		declared.Text = x.declaredText(a)
		conflicts.Value, conflicts.Text = x.number(int64(a.Conflicts)), x.conflictText(a)
	}
	seen := a.Coverage[rules.Observable] + a.Coverage[rules.Traces]
	coverage := AnnexNumber{
		x.say("annex.coverage"), x.say("annex.of-hundred", "Points", x.points(seen)),
		x.say("annex.coverage-text", "Observable", x.points(a.Coverage[rules.Observable]), "Traces", x.points(a.Coverage[rules.Traces])),
	}
	return []AnnexNumber{declared, coverage, conflicts}
}

func (x *annexer) declaredText(a *Annex) string {
	parts := []string{x.say("annex.declared-text", "Band", a.Band)}
	if len(a.Open) > 0 {
		parts = append(parts, x.count("annex.open", len(a.Open)))
	}
	if a.Overall != nil {
		parts = append(parts, x.say("annex.overall", "Points", dma.Shown(*a.Overall), "Band", x.spaced(x.verdict.Band.Name[x.Language])))
	} else {
		parts = append(parts, x.say("annex.overall-none"))
	}
	return strings.Join(parts, " ")
}

func (x *annexer) conflictText(a *Annex) string {
	var ids []string
	for _, item := range a.Items {
		if item.Conflict {
			ids = append(ids, item.ID)
		}
	}
	if len(ids) == 0 {
		return x.say("annex.conflicts-none")
	}
	return x.count("annex.conflicts-text", len(ids), "Items", x.list(ids))
}
