package main

import (
	"campanile/report/score/dma"
	"campanile/rules"
)

// scored is the JSON of a score. Numbers are not rounded.
type scored struct {
	Form       string            `json:"form"`
	Body       string            `json:"body,omitempty"`
	Stage      string            `json:"stage,omitempty"`
	Overall    float64           `json:"overall"`
	Band       string            `json:"band"`
	Dimensions []scoredDimension `json:"dimensions"`
	Open       []string          `json:"open,omitempty"` // items without an answer
}

type scoredDimension struct {
	Number    int              `json:"dimension"`
	Score     float64          `json:"score"` // 0 to 100
	Band      string           `json:"band"`
	Questions []scoredQuestion `json:"questions"`
}

type scoredQuestion struct {
	Number int     `json:"question"`
	Column string  `json:"column,omitempty"` // planned or done, where they count apart
	Score  float64 `json:"score"`            // 0 to 10
}

func scoreJSON(q *rules.Questionnaire, a *dma.Assessment, result dma.Result) scored {
	s := scored{Form: a.Form, Body: a.Body, Stage: a.Stage, Overall: result.Overall, Band: result.Band.ID, Open: a.Answers.Open(q)}
	for _, d := range result.Dimensions {
		dimension := scoredDimension{Number: d.Number, Score: d.Score, Band: d.Band.ID}
		for _, each := range d.Questions {
			dimension.Questions = append(dimension.Questions, scoredQuestion{each.Number, string(each.Column), each.Score})
		}
		s.Dimensions = append(s.Dimensions, dimension)
	}
	return s
}
