package dma

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"strconv"

	"campanile/rules"
)

// Result is a scored form. No number in it is rounded.
type Result struct {
	Overall    float64 // 0 to 100: the mean of the dimensions
	Band       rules.Band
	Dimensions []Dimension
}

// Dimension is the score of one of the six.
type Dimension struct {
	Number    int
	Score     float64 // 0 to 100: ten times the mean of its questions
	Band      rules.Band
	Questions []Question
}

// Question is the score of a question, or of one of its columns.
type Question struct {
	Number int
	Column Column
	Score  float64 // 0 to 10
}

// Column is which boxes of a question count together.
type Column string

// The columns. Only a question of type planned-done has two, and then each is a
// question of its own: what is done and no longer planned counts half.
const (
	Whole   Column = ""
	Planned Column = "planned"
	Done    Column = "done"
)

// Score computes a form by the official formula. Answers that do not fit the
// form are an error; items without an answer count nothing.
func Score(q *rules.Questionnaire, answers Answers) (Result, error) {
	if err := answers.Check(q); err != nil {
		return Result{}, err
	}
	overall, result := new(big.Rat), Result{}
	for _, d := range q.Dimensions {
		scored, share := dimension(q, d, answers)
		result.Dimensions = append(result.Dimensions, scored)
		overall.Add(overall, share)
	}
	result.Overall = percent(mean(overall, len(q.Dimensions)))
	result.Band = q.Band(result.Overall)
	return result, nil
}

// dimension scores one dimension, and gives its exact share of the whole.
//
// Shares are fractions up to the last step, where they become the nearest
// float: a score that is a limit between two bands is that limit and not, by an
// error of the last digit, something above it.
func dimension(q *rules.Questionnaire, d rules.Dimension, answers Answers) (Dimension, *big.Rat) {
	scored, sum := Dimension{Number: d.Number}, new(big.Rat)
	for _, question := range d.Questions {
		for _, column := range columns(question.Answer) {
			got := share(question, column, answers)
			sum.Add(sum, got)
			ten := new(big.Rat).Mul(got, big.NewRat(10, 1))
			scored.Questions = append(scored.Questions, Question{question.Number, column, float(ten)})
		}
	}
	sum = mean(sum, len(scored.Questions))
	scored.Score = percent(sum)
	scored.Band = q.Band(scored.Score)
	return scored, sum
}

func columns(t rules.AnswerType) []Column {
	if t == rules.PlannedDone {
		return []Column{Planned, Done}
	}
	return []Column{Whole}
}

// share is what a question has of all that it can give: its items weigh the same.
func share(question rules.Question, column Column, answers Answers) *big.Rat {
	got, top := 0, max(1, topLevel(question.Answer))
	for _, item := range question.Items {
		answer := answers[item.ID]
		switch {
		case topLevel(question.Answer) > 0:
			got += answer.Level
		case column == Planned && answer.Planned, column != Planned && answer.Done:
			got++
		}
	}
	return big.NewRat(int64(got), int64(top*len(question.Items)))
}

func mean(sum *big.Rat, n int) *big.Rat {
	return new(big.Rat).Quo(sum, big.NewRat(int64(n), 1))
}

func percent(share *big.Rat) float64 {
	return float(new(big.Rat).Mul(share, big.NewRat(100, 1)))
}

func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}

// Points are what a change of one item is worth, on the scales of 0 to 100.
type Points struct {
	Dimension float64
	Overall   float64
}

// Gain gives the points that an item would still give if it were answered in
// full: 0 where it is.
func Gain(q *rules.Questionnaire, answers Answers, item string) (Points, error) {
	_, question, _, ok := q.Item(item)
	if !ok {
		return Points{}, fmt.Errorf("item %q is not in the form %s", item, q.Form)
	}
	return Change(q, answers, item, Full(question.Answer))
}

// Change gives the points that another answer to an item would bring, or cost.
func Change(q *rules.Questionnaire, answers Answers, item string, to Answer) (Points, error) {
	changed := maps.Clone(answers)
	if changed == nil {
		changed = Answers{}
	}
	changed[item] = to
	before, err := Score(q, answers)
	if err != nil {
		return Points{}, err
	}
	after, err := Score(q, changed)
	if err != nil {
		return Points{}, err
	}
	points := Points{Overall: after.Overall - before.Overall}
	for i := range after.Dimensions { // all but the item's own are equal
		points.Dimension += after.Dimensions[i].Score - before.Dimensions[i].Score
	}
	return points, nil
}

// Mean is the mean of scores: of dimensions, or of the municipalities of a
// territory. Of none it is 0.
func Mean(scores ...float64) float64 {
	if len(scores) == 0 {
		return 0
	}
	sum := 0.0
	for _, score := range scores {
		sum += score
	}
	return sum / float64(len(scores))
}

// Shown is a score as tables print it: rounded to a whole number. Bands are found
// before that, never after.
func Shown(score float64) string { return strconv.Itoa(int(math.Round(score))) }
