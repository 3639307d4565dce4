package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"campanile/report/score/dma"
	"campanile/rules"
)

// AnnexSchema is the version of the annex that programs read.
const AnnexSchema = 1

// annexed is the annex for programs. Numbers are not rounded; null stands for what
// nobody has answered. schema/annex-1.json describes it.
type annexed struct {
	Schema    int             `json:"schema"`
	Tool      scanTool        `json:"tool"`
	Target    scanTarget      `json:"target"`
	Taken     time.Time       `json:"taken"`
	Evidence  string          `json:"evidence"`
	Form      string          `json:"form"`
	Dimension int             `json:"dimension"`
	Stage     string          `json:"stage"`
	Answered  string          `json:"answered"` // a day; "" where it is not known
	Declared  annexedScore    `json:"declared"`
	Coverage  annexedCoverage `json:"coverage"`
	Conflicts *int            `json:"conflicts"`
	Items     []annexedItem   `json:"items"`
	Moves     []annexedMove   `json:"moves"`
	Unseen    []annexedMove   `json:"unseen"`
	Reviews   []annexedReview `json:"reviews"`
}

type annexedScore struct {
	Score   *float64 `json:"score"`
	Band    string   `json:"band"`
	Overall *float64 `json:"overall"`
	Open    []string `json:"open"` // items of the dimension without an answer
}

type annexedCoverage struct {
	Observable float64 `json:"observable"`
	Traces     float64 `json:"traces"`
	Invisible  float64 `json:"invisible"`
}

type annexedItem struct {
	Item        string        `json:"item"`
	Text        string        `json:"text"`
	Outside     rules.Outside `json:"outside"`
	Answer      *bool         `json:"answer"`
	Says        dma.Says      `json:"says"`
	Conflict    bool          `json:"conflict"`
	Supports    []annexedSign `json:"supports"`
	Contradicts []annexedSign `json:"contradicts"`
	Limits      string        `json:"limits"`
}

type annexedSign struct {
	Rule     string   `json:"rule"`
	Text     string   `json:"text"`
	Subjects []string `json:"subjects"`
	Operator string   `json:"operator"` // "" where nobody was recognised

	Facts []annexedFact `json:"facts"`
}

type annexedFact struct {
	Subjects []string `json:"subjects"`
	Name     string   `json:"name"`
	Value    string   `json:"value"`
}

type annexedMove struct {
	Item      string   `json:"item"`
	Dimension float64  `json:"dimension"` // points of 100
	Overall   float64  `json:"overall"`
	Entries   []string `json:"entries"` // rules
}

type annexedReview struct {
	On       string `json:"on"`
	By       string `json:"by"`
	Evidence string `json:"evidence"`
	Note     string `json:"note"`
}

// WriteAnnexJSON writes the annex to the Digital Maturity Assessment for programs.
func WriteAnnexJSON(w io.Writer, d Document) error {
	if d.Annex == nil {
		return fmt.Errorf("annex of %s: %w", d.ASCII, errNoAnnex)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(annexedOf(d, d.Annex)); err != nil {
		return fmt.Errorf("annex of %s: %w", d.ASCII, err)
	}
	if _, err := w.Write(escaped(text.Bytes())); err != nil {
		return fmt.Errorf("writing the annex of %s: %w", d.ASCII, err)
	}
	return nil
}

func annexedOf(d Document, a *Annex) annexed {
	m := d.Method
	out := annexed{
		Schema:    AnnexSchema,
		Tool:      scanTool{m.Judge.Name, m.Judge.Version, m.Rules},
		Target:    scanTarget{d.Target.Domain, d.Target.Name, d.Target.Country, d.Target.Code},
		Taken:     m.Taken,
		Evidence:  m.Evidence,
		Form:      a.Form,
		Dimension: dataDimension,
		Stage:     a.Stage,
		Answered:  day(a.Answered),
		Declared:  annexedScore{a.Declared, a.BandID, a.Overall, append([]string{}, a.Open...)},
		Coverage:  annexedCoverage{a.Coverage[rules.Observable], a.Coverage[rules.Traces], a.Coverage[rules.Invisible]},
		Items:     []annexedItem{},
		Moves:     movesFor(a.Moves),
		Unseen:    movesFor(a.Unseen),
		Reviews:   []annexedReview{},
	}
	if a.Declared != nil {
		out.Conflicts = &a.Conflicts
	}
	for _, item := range a.Items {
		out.Items = append(out.Items, annexedItem{
			item.ID, item.Text, item.Outside, item.answered(), item.Says, item.Conflict, signs(item.Supports), signs(item.Contradicts), item.Limits,
		})
	}
	for _, r := range a.Reviews {
		out.Reviews = append(out.Reviews, annexedReview{day(r.Review.On), r.Review.By, r.Evidence, r.Review.Note})
	}
	return out
}

// day writes a day for programs; "" where there is none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// answered gives the answer: nil where there is none.
func (i AnnexItem) answered() *bool {
	if i.Open {
		return nil
	}
	return &i.Declared
}

func signs(observations []Observation) []annexedSign {
	list := []annexedSign{}
	for _, o := range observations {
		sign := annexedSign{o.Rule, o.Text, o.Subjects, o.Operator, []annexedFact{}}
		for _, of := range o.Facts {
			for _, fact := range of.Facts {
				sign.Facts = append(sign.Facts, annexedFact{of.Subjects, fact.Name, fact.Value})
			}
		}
		list = append(list, sign)
	}
	return list
}

func movesFor(moves []Move) []annexedMove {
	list := []annexedMove{}
	for _, m := range moves {
		move := annexedMove{m.ID, m.Dimension, m.Overall, []string{}}
		for _, entry := range m.Entries {
			move.Entries = append(move.Entries, entry.Rule)
		}
		list = append(list, move)
	}
	return list
}
