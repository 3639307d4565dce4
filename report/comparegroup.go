package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"campanile/report/score/dma"
	"campanile/rules"
)

// fewForms is up to how many municipalities an average is moved a lot by each.
const fewForms = 4

// groupStage are the forms of a group that answer for one stage.
type groupStage struct {
	label string
	forms []scoredForm // by name
	spans []span       // the dimensions and, last, the whole
}

// span is what an average says of a group, and what it hides.
type span struct {
	Average float64 `json:"average"`
	Lowest  float64 `json:"lowest"`
	Highest float64 `json:"highest"`
}

// CompareGroup gives the averages of a group of municipalities, apart for each
// stage, beside those that others have published. With each, every municipality
// has a row of its own: by name, and never by score.
func CompareGroup(q *rules.Questionnaire, forms []Filled, language rules.Language, each bool) (Comparison, error) {
	scored, err := scoreForms(q, forms)
	if err != nil {
		return Comparison{}, err
	}
	stages, err := groupStages(scored)
	if err != nil {
		return Comparison{}, err
	}
	w := wordsIn(language)
	n := bodies(scored)
	c := Comparison{Language: language, Title: w.count("compare.group-title", n), Lead: w.groupLead(scored)}
	for _, s := range stages {
		c.Tables = append(c.Tables, averagesTable(w, q, s))
		if each {
			c.Tables = append(c.Tables, eachTable(w, q, s))
		}
	}
	for i := 1; i < len(stages); i++ {
		if t, ok := movedTable(w, q, stages[i-1], stages[i]); ok {
			c.Tables = append(c.Tables, t)
		}
	}
	c.Notes = append(groupNotes(w, q, stages), compareNotes(w, q)...)
	c.Sheet = groupSheet(w, q, stages, each)
	c.data = groupJSONOf(w, q, n, stages, each)
	return c, nil
}

// groupStages sorts the forms into stages, by the earliest day of each.
func groupStages(forms []scoredForm) ([]groupStage, error) {
	var stages []groupStage
	at := map[string]int{}
	for _, f := range forms { // by date
		i, known := at[folded(f.Stage)]
		if !known {
			i = len(stages)
			at[folded(f.Stage)] = i
			stages = append(stages, groupStage{label: f.stage()})
		}
		for _, before := range stages[i].forms {
			if one, _ := before.body.same(f.body); one {
				return nil, fmt.Errorf("%s and %s are both of %s at stage %q; leave one out, or give it another stage", before.Name, f.Name, whose(f.Filled), f.stage())
			}
		}
		stages[i].forms = append(stages[i].forms, f)
	}
	if bodies(forms) < 2 {
		return nil, errors.New("a group wants the forms of two municipalities or more; for the stages of one leave --group out and give its files")
	}
	for i := range stages {
		slices.SortStableFunc(stages[i].forms, func(a, b scoredForm) int {
			return cmp.Or(strings.Compare(strings.ToLower(a.name()), strings.ToLower(b.name())), strings.Compare(a.Name, b.Name))
		})
		stages[i].spans = spansOf(stages[i].forms)
	}
	return stages, nil
}

// bodies counts the municipalities behind the forms. Two that nobody can tell
// apart or together count as two.
func bodies(forms []scoredForm) int {
	n := 0
	for i, f := range forms {
		if !slices.ContainsFunc(forms[:i], func(before scoredForm) bool {
			one, _ := before.body.same(f.body)
			return one
		}) {
			n++
		}
	}
	return n
}

func spansOf(forms []scoredForm) []span {
	var spans []span
	for i := range forms[0].scores() {
		var scores []float64
		for _, f := range forms {
			scores = append(scores, f.scores()[i])
		}
		spans = append(spans, span{dma.Mean(scores...), slices.Min(scores), slices.Max(scores)})
	}
	return spans
}

func (w words) groupLead(forms []scoredForm) string {
	first, last := forms[0].Date, forms[len(forms)-1].Date
	if first.Equal(last) {
		return w.say("compare.group-day", "Date", w.date(first))
	}
	return w.say("compare.group-days", "From", w.date(first), "To", w.date(last))
}

func averagesTable(w words, q *rules.Questionnaire, s groupStage) ScoreTable {
	t := ScoreTable{
		Heading: w.count("compare.averages", len(s.forms), "Stage", s.label),
		Head:    []string{w.say("compare.dimension"), w.say("compare.average"), w.say("compare.lowest"), w.say("compare.highest")},
	}
	published, ok := s.published(q)
	if ok {
		t.Head = append(t.Head, w.spaced(published.Name[w.language]))
		t.Caption, t.Link = w.spaced(published.Caption[w.language]), published.Link
	}
	names := scoreNames(w, q)
	var averages []float64
	for i, one := range s.spans {
		row := []string{names[i], dma.Shown(one.Average), dma.Shown(one.Lowest), dma.Shown(one.Highest)}
		if ok {
			row = append(row, dma.Shown(publishedScores(published)[i]))
		}
		t.Rows = append(t.Rows, row)
		averages = append(averages, one.Average)
	}
	t.Bars = []ScoreBars{scoreBars(w.say("compare.average"), w.say("compare.picture"), names, averages)}
	return t
}

// published gives the figures of others for the same stage: another stage is
// another question.
func (s groupStage) published(q *rules.Questionnaire) (rules.PublishedGroup, bool) {
	for _, g := range q.Groups {
		if strings.EqualFold(g.Stage, s.label) {
			return g, true
		}
	}
	return rules.PublishedGroup{}, false
}

// publishedScores are the dimensions of a published group and, last, the whole.
func publishedScores(g rules.PublishedGroup) []float64 {
	return append(slices.Clone(g.Dimensions), g.Overall)
}

func eachTable(w words, q *rules.Questionnaire, s groupStage) ScoreTable {
	t := ScoreTable{
		Heading: w.say("compare.each", "Stage", s.label),
		Head:    []string{w.say("column.town"), w.say("compare.overall")},
		Caption: w.say("compare.by-name"),
	}
	for _, d := range q.Dimensions {
		t.Head = append(t.Head, strconv.Itoa(d.Number))
	}
	for _, f := range s.forms {
		row := []string{f.name(), dma.Shown(f.result.Overall)}
		for _, d := range f.result.Dimensions {
			row = append(row, dma.Shown(d.Score))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// movedTable compares two stages over the municipalities that answered at both:
// only their averages can be set against each other.
func movedTable(w words, q *rules.Questionnaire, from, to groupStage) (ScoreTable, bool) {
	before, after := both(from, to)
	if len(before) < 2 {
		return ScoreTable{}, false
	}
	t := ScoreTable{
		Heading: w.count("compare.moved", len(before), "From", from.label, "To", to.label),
		Head:    []string{w.say("compare.dimension"), from.label, to.label, w.say("compare.change")},
	}
	names, a, b := scoreNames(w, q), spansOf(before), spansOf(after)
	for i, name := range names {
		t.Rows = append(t.Rows, []string{name, dma.Shown(a[i].Average), dma.Shown(b[i].Average), w.change(b[i].Average - a[i].Average)})
	}
	return t, true
}

// both gives the forms of the municipalities that answered at both stages.
func both(from, to groupStage) (before, after []scoredForm) {
	for _, a := range from.forms {
		for _, b := range to.forms {
			if one, _ := a.body.same(b.body); one {
				before, after = append(before, a), append(after, b)
			}
		}
	}
	return before, after
}

func groupNotes(w words, q *rules.Questionnaire, stages []groupStage) []string {
	notes := []string{w.say("compare.group-note")}
	for _, s := range stages {
		if len(s.forms) <= fewForms {
			notes = append(notes, w.count("compare.few", len(s.forms), "Stage", s.label))
		}
		open := 0
		for _, f := range s.forms {
			if len(f.Answers.Open(q)) > 0 {
				open++
			}
		}
		if open > 0 {
			notes = append(notes, w.count("compare.open", open, "Stage", s.label))
		}
	}
	for i := 1; i < len(stages); i++ {
		if before, _ := both(stages[i-1], stages[i]); len(before) < max(len(stages[i-1].forms), len(stages[i].forms)) {
			notes = append(notes, w.say("compare.others", "From", stages[i-1].label, "To", stages[i].label))
		}
	}
	return notes
}

// groupSheet has one row for each figure of a group, and columns for the scores.
func groupSheet(w words, q *rules.Questionnaire, stages []groupStage, each bool) List {
	sheet := List{Name: "DMA", Columns: []Column{
		{w.say("compare.stage-column"), 10}, {w.say("column.town"), 40}, {w.say("sheet.domain"), 28}, {w.say("sheet.date"), 12},
	}}
	for _, name := range scoreNames(w, q) {
		sheet.Columns = append(sheet.Columns, Column{name, 16})
	}
	for _, s := range stages {
		add := func(name, domain, on string, scores []float64) {
			row := []string{s.label, name, domain, on}
			for _, score := range scores {
				row = append(row, sheetScore(w, score))
			}
			sheet.Rows = append(sheet.Rows, row)
		}
		for _, f := range s.forms {
			if each {
				add(f.name(), clean(clip(f.Domain, compareText)), day(f.Date), f.scores())
			}
		}
		average, lowest, highest := []float64{}, []float64{}, []float64{}
		for _, one := range s.spans {
			average, lowest, highest = append(average, one.Average), append(lowest, one.Lowest), append(highest, one.Highest)
		}
		add(w.count("compare.average-of", len(s.forms)), "", "", average)
		add(w.say("compare.lowest"), "", "", lowest)
		add(w.say("compare.highest"), "", "", highest)
		if g, ok := s.published(q); ok {
			add(w.say("compare.published", "Name", g.Name[w.language]), "", "", publishedScores(g))
		}
	}
	return sheet
}
