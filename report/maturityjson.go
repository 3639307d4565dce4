package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"campanile/report/score/dma"
	"campanile/rules"
)

// scoredJSON is the JSON of a score. Numbers are not rounded.
type scoredJSON struct {
	Form       string          `json:"form,omitempty"`
	Body       string          `json:"body,omitempty"`
	Stage      string          `json:"stage,omitempty"`
	Date       string          `json:"date,omitempty"`
	Overall    float64         `json:"overall"`
	Band       string          `json:"band"`
	Dimensions []dimensionJSON `json:"dimensions"`
	Open       []string        `json:"open,omitempty"` // items without an answer
}

type dimensionJSON struct {
	Number    int            `json:"dimension"`
	Score     float64        `json:"score"` // 0 to 100
	Band      string         `json:"band"`
	Questions []questionJSON `json:"questions"`
}

type questionJSON struct {
	Number int     `json:"question"`
	Column string  `json:"column,omitempty"` // planned or done, where they count apart
	Score  float64 `json:"score"`            // 0 to 10
}

// WriteMaturityJSON writes the score of a filled form for programs.
func WriteMaturityJSON(w io.Writer, q *rules.Questionnaire, a *dma.Assessment, result dma.Result) error {
	return writeValue(w, jsonOfScore(q, *a, result))
}

func jsonOfScore(q *rules.Questionnaire, a dma.Assessment, result dma.Result) scoredJSON {
	s := scoredJSON{
		Form: a.Form, Body: a.Body, Stage: a.Stage, Date: day(a.Date),
		Overall: result.Overall, Band: result.Band.ID, Open: a.Answers.Open(q),
	}
	for _, d := range result.Dimensions {
		dimension := dimensionJSON{Number: d.Number, Score: d.Score, Band: d.Band.ID}
		for _, each := range d.Questions {
			dimension.Questions = append(dimension.Questions, questionJSON{each.Number, string(each.Column), each.Score})
		}
		s.Dimensions = append(s.Dimensions, dimension)
	}
	return s
}

// writeValue writes a value as indented JSON that does no harm to a terminal.
func writeValue(w io.Writer, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	if _, err := w.Write(escaped(text.Bytes())); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}
