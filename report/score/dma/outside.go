package dma

import (
	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"
)

// Says is what a look from outside has to say about an item. It is never an
// answer, and nothing of it enters a score.
type Says string

// What can be said. Contradicts outweighs supports: a failure shows that a
// measure is missing, and no pass shows that a plan exists.
const (
	Silent      Says = "silent"
	Supports    Says = "supports"
	Contradicts Says = "contradicts"
)

// Seen is what was observed about one item, beside what was declared.
type Seen struct {
	Item        rules.Item
	Says        Says
	Supports    []score.Verdict // in the order of the verdicts
	Contradicts []score.Verdict
	// Conflict: the item is answered as true, and what was seen contradicts it.
	Conflict bool
}

// Outside lays what a scan found beside the answers, for every item of a
// dimension. What was not measured, and what does not apply, says nothing.
func Outside(q *rules.Questionnaire, number int, answers Answers, verdicts []score.Verdict) []Seen {
	var list []Seen
	for _, d := range q.Dimensions {
		if d.Number != number {
			continue
		}
		for _, question := range d.Questions {
			for _, item := range question.Items {
				list = append(list, outside(item, answers[item.ID], verdicts))
			}
		}
	}
	return list
}

func outside(item rules.Item, answer Answer, verdicts []score.Verdict) Seen {
	seen := Seen{Item: item, Says: Silent}
	for _, v := range verdicts {
		switch said(v, item.ID) {
		case Supports:
			seen.Supports = append(seen.Supports, v)
		case Contradicts:
			seen.Contradicts = append(seen.Contradicts, v)
		case Silent:
		}
	}
	switch {
	case len(seen.Contradicts) > 0:
		seen.Says = Contradicts
	case len(seen.Supports) > 0:
		seen.Says = Supports
	}
	seen.Conflict = answer.Done && seen.Says == Contradicts
	return seen
}

// said is what one verdict says about an item, as its rule ties the two.
func said(v score.Verdict, item string) Says {
	for _, tie := range v.Rule.DMA {
		switch {
		case tie.Item != item:
		case v.Outcome == checks.Fail && tie.Fail != "":
			return Contradicts
		case v.Outcome == checks.Pass && tie.Pass != "":
			return Supports
		}
	}
	return Silent
}
