package report

import (
	"campanile/rules"
)

// groupJSON is the JSON of the averages of a group. Numbers are not rounded.
type groupJSON struct {
	Form           string           `json:"form"`
	Municipalities int              `json:"municipalities"`
	Stages         []groupStageJSON `json:"stages"`
	Published      []publishedJSON  `json:"published"` // of others: for comparison, never as a norm
}

type groupStageJSON struct {
	Stage          string              `json:"stage"`
	Municipalities int                 `json:"municipalities"`
	Overall        span                `json:"overall"`
	Dimensions     []dimensionSpanJSON `json:"dimensions"`
	Each           []eachJSON          `json:"each,omitempty"` // by name
}

type dimensionSpanJSON struct {
	Number int `json:"dimension"`
	span
}

type eachJSON struct {
	Domain string `json:"domain,omitempty"`
	Code   string `json:"code,omitempty"`
	scoredJSON
}

type publishedJSON struct {
	Group      string    `json:"group"`
	Stage      string    `json:"stage"`
	Overall    float64   `json:"overall"`
	Dimensions []float64 `json:"dimensions"`
	Caption    string    `json:"caption"`
	Link       string    `json:"link"`
}

func groupJSONOf(w words, q *rules.Questionnaire, n int, stages []groupStage, each bool) groupJSON {
	out := groupJSON{Form: q.Form, Municipalities: n}
	for _, s := range stages {
		last := len(s.spans) - 1
		stage := groupStageJSON{Stage: s.forms[0].Stage, Municipalities: len(s.forms), Overall: s.spans[last]}
		for i, d := range q.Dimensions {
			stage.Dimensions = append(stage.Dimensions, dimensionSpanJSON{d.Number, s.spans[i]})
		}
		for _, f := range s.forms {
			if each {
				one := eachJSON{f.Domain, f.Code, jsonOfScore(q, f.Assessment, f.result)}
				one.Form, one.Stage = "", "" // said once, above
				stage.Each = append(stage.Each, one)
			}
		}
		out.Stages = append(out.Stages, stage)
	}
	for _, g := range q.Groups {
		out.Published = append(out.Published, publishedJSON{g.ID, g.Stage, g.Overall, g.Dimensions, w.spaced(g.Caption[w.language]), g.Link})
	}
	return out
}
