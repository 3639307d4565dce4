package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/report/chart"
	"campanile/report/score/dma"
	"campanile/rules"
)

// Filled is a filled form of the Digital Maturity Assessment, with the name that
// messages give it, such as that of its file.
type Filled struct {
	Name string
	dma.Assessment
}

// Comparison lays scores of filled forms side by side: of one municipality at
// several stages, or the averages of a group. It holds what people declared and
// the formula made of it; no scan has a part in it.
type Comparison struct {
	Language rules.Language
	Title    string // whose scores these are
	Lead     string
	Tables   []ScoreTable
	Notes    []string
	Sheet    List // the same figures for a spreadsheet
	data     any  // the same for programs, unrounded
}

// ScoreTable is one table of a comparison.
type ScoreTable struct {
	Heading string
	Head    []string // names of the columns; the first stands over the names of the rows
	Rows    [][]string
	Caption string      // what a reader must know of its figures
	Link    string      // where the figures of others in it were published
	Bars    []ScoreBars // the same figures as pictures; none where they would say nothing
}

// ScoreBars are scores as bars.
type ScoreBars struct {
	Name string
	SVG  []byte
}

// scoredForm is a filled form with its score.
type scoredForm struct {
	Filled
	result dma.Result
	body   identity
}

// Bounds of what a table shows of a stranger's text, in characters.
const (
	compareText  = 60
	compareStage = 20
)

func scoreForms(q *rules.Questionnaire, forms []Filled) ([]scoredForm, error) {
	list := make([]scoredForm, len(forms))
	for i, f := range forms {
		if f.Form != q.Form {
			return nil, fmt.Errorf("%s answers the edition %q of the form, and only %s can be compared here; bring the answers over to an empty form of \"campanile dma template\"", f.Name, evidence.Clip(f.Form, compareText), q.Form)
		}
		result, err := dma.Score(q, f.Answers)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		list[i] = scoredForm{f, result, identityOf(f.Assessment)}
	}
	slices.SortStableFunc(list, func(a, b scoredForm) int { return a.Date.Compare(b.Date) })
	return list, nil
}

// identity is what a form says of its body: the code of a register, the domain,
// the name, in the order in which they count.
type identity [3]string

func identityOf(a dma.Assessment) identity {
	var id identity
	for i, text := range []string{a.Code, a.Domain, a.Body} {
		id[i] = folded(text)
	}
	return id
}

// folded makes alike what people write differently and mean alike.
func folded(text string) string { return strings.ToUpper(strings.Join(strings.Fields(text), " ")) }

// same says whether two forms are of one body, and whether that can be told.
func (a identity) same(b identity) (one, told bool) {
	for i := range a {
		if a[i] != "" && b[i] != "" {
			return a[i] == b[i], true
		}
	}
	return false, false
}

// whose names the body of a form for a message.
func whose(f Filled) string {
	return strconv.Quote(evidence.Clip(cmp.Or(f.Body, f.Domain, f.Code), compareText))
}

// name is the body as it is shown.
func (f scoredForm) name() string {
	if f.Body == "" {
		return clip(shown(f.Domain), compareText)
	}
	return clean(clip(f.Body, compareText))
}

// stage is the label of a stage as it is shown.
func (f scoredForm) stage() string {
	label := strings.Join(strings.Fields(f.Stage), " ")
	if short := folded(label); len(short) == 2 && short[0] == 'T' {
		label = short // people write t0 and mean T0
	}
	return clean(clip(label, compareStage))
}

// scores are the six dimensions and, last, the whole.
func (f scoredForm) scores() []float64 {
	var list []float64
	for _, d := range f.result.Dimensions {
		list = append(list, d.Score)
	}
	return append(list, f.result.Overall)
}

// scoreNames name the rows of a table of scores: the dimensions and the whole.
func scoreNames(w words, q *rules.Questionnaire) []string {
	var names []string
	for _, d := range q.Dimensions {
		names = append(names, strconv.Itoa(d.Number)+"  "+w.spaced(d.Name[w.language]))
	}
	return append(names, w.say("maturity.overall"))
}

// tenth writes a number with one digit after the decimal mark of the language.
func (w words) tenth(x float64) string { return w.printer.Sprintf("%.1f", x) }

// change writes a difference with its sign. A reader sees at once where nothing
// has moved.
func (w words) change(x float64) string {
	text := strings.TrimPrefix(w.tenth(x), "-")
	switch {
	case text == w.tenth(0):
		return "="
	case x < 0:
		return "\u2212" + text
	}
	return "+" + text
}

// compareNotes are what a reader of any scores must know: how the form counts.
func compareNotes(w words, q *rules.Questionnaire) []string {
	var twice []string
	for _, d := range q.Dimensions {
		for _, question := range d.Questions {
			if question.Answer == rules.PlannedDone {
				twice = append(twice, w.say("compare.place", "Question", strconv.Itoa(question.Number), "Dimension", strconv.Itoa(d.Number)))
			}
		}
	}
	return []string{
		w.say("compare.rounded"), w.say("compare.empty"),
		w.say("compare.columns", "Questions", w.list(twice)),
		w.spaced(q.Note[w.language]),
	}
}

// scoreBars draws scores, one bar for each name.
func scoreBars(title, description string, names []string, scores []float64) ScoreBars {
	c := chart.Chart{Title: title, Description: description, Series: []chart.Series{{Name: title, Style: chart.Second}}, Full: 100}
	for i, score := range scores {
		c.Bars = append(c.Bars, chart.Bar{Name: names[i], Note: dma.Shown(score), Values: []float64{score}})
	}
	return ScoreBars{title, c.SVG()}
}

// sheetScore is a score in a cell of a spreadsheet set to the language.
func sheetScore(w words, score float64) string { return w.printer.Sprintf("%.2f", score) }
