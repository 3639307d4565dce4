package dma

import "campanile/rules"

// Coverage is what share of a dimension, in points of 100, a look from outside
// can speak to at all. It depends on the form alone and is no score. Under "" are
// the items of which the form does not say it.
type Coverage map[rules.Outside]float64

// CoverageOf adds up the points of a dimension's items by how much of them can be
// seen.
func CoverageOf(q *rules.Questionnaire, number int) Coverage {
	covered := Coverage{rules.Observable: 0, rules.Traces: 0, rules.Invisible: 0}
	for _, d := range q.Dimensions {
		if d.Number != number {
			continue
		}
		weights := 0
		for _, question := range d.Questions {
			weights += len(columns(question.Answer))
		}
		for _, question := range d.Questions {
			points := 100 * float64(len(columns(question.Answer))) / float64(weights*len(question.Items))
			for _, item := range question.Items {
				covered[item.Outside] += points
			}
		}
	}
	return covered
}
