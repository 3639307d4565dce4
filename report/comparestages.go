package report

import (
	"errors"
	"fmt"

	"campanile/report/score/dma"
	"campanile/rules"
)

// maxStages is how many stages a table has room for.
const maxStages = 12

// CompareStages lays the forms of one municipality side by side, in the order of
// their dates, with what changed from each to the next.
func CompareStages(q *rules.Questionnaire, forms []Filled, language rules.Language) (Comparison, error) {
	if err := ofOneBody(forms); err != nil {
		return Comparison{}, err
	}
	scored, err := scoreForms(q, forms)
	if err != nil {
		return Comparison{}, err
	}
	for i, f := range scored {
		for _, before := range scored[:i] {
			if folded(f.Stage) == folded(before.Stage) && f.Date.Equal(before.Date) {
				return Comparison{}, fmt.Errorf("%s and %s are both of stage %q on %s; leave one out, or give it another name", before.Name, f.Name, f.stage(), day(f.Date))
			}
		}
	}
	w := wordsIn(language)
	first, last := scored[0], scored[len(scored)-1]
	c := Comparison{Language: language, Title: w.say("compare.title", "Name", last.name())}
	c.Lead = w.say("compare.lead", "From", w.stageOn(first), "To", w.stageOn(last))
	c.Tables = []ScoreTable{stageTable(w, q, scored)}
	c.Notes = append(stageNotes(w, q, scored), compareNotes(w, q)...)
	c.Sheet = stageSheet(w, q, scored)
	c.data = stagesJSONOf(q, scored)
	return c, nil
}

// ofOneBody refuses forms of several municipalities, and those of which nobody
// can tell.
func ofOneBody(forms []Filled) error {
	switch {
	case len(forms) < 2:
		return errors.New("one form is nothing to compare; give the form of another stage too")
	case len(forms) > maxStages:
		return fmt.Errorf("%d stages find no room in a table; give at most %d, or --group for many municipalities", len(forms), maxStages)
	}
	for i, a := range forms {
		for _, b := range forms[i+1:] {
			switch one, told := identityOf(a.Assessment).same(identityOf(b.Assessment)); {
			case !told:
				return fmt.Errorf("%s and %s share neither code nor domain nor name, so nobody can tell whether they are of one municipality; write the same code or domain into both", a.Name, b.Name)
			case !one:
				return fmt.Errorf("%s is of %s and %s of %s; stages are compared for one municipality: give its forms only, write the same code into both, or take --group for averages", a.Name, whose(a), b.Name, whose(b))
			}
		}
	}
	return nil
}

// stageOn names a stage with its day.
func (w words) stageOn(f scoredForm) string {
	return w.say("compare.stage", "Stage", f.stage(), "Date", w.date(f.Date))
}

func stageTable(w words, q *rules.Questionnaire, forms []scoredForm) ScoreTable {
	t := ScoreTable{Heading: w.say("compare.scores"), Head: []string{w.say("compare.dimension")}}
	names := scoreNames(w, q)
	rows := make([][]string, len(names)+1)
	for i, name := range append(names, w.say("compare.band")) {
		rows[i] = []string{name}
	}
	for i, f := range forms {
		t.Head = append(t.Head, w.stageOn(f))
		for j, score := range f.scores() {
			rows[j] = append(rows[j], dma.Shown(score))
		}
		rows[len(names)] = append(rows[len(names)], w.spaced(f.result.Band.Name[w.language]))
		if i > 0 {
			t.Head = append(t.Head, w.say("compare.change"))
			addChanges(w, rows, forms[i-1], f)
		}
	}
	if len(forms) > 2 {
		t.Head = append(t.Head, w.say("compare.whole-change"))
		addChanges(w, rows, forms[0], forms[len(forms)-1])
	}
	t.Rows = rows
	for _, f := range []scoredForm{forms[0], forms[len(forms)-1]} {
		t.Bars = append(t.Bars, scoreBars(w.stageOn(f), w.say("compare.picture"), names, f.scores()))
	}
	return t
}

// addChanges adds a column with the differences between two forms. Bands are no
// numbers: their row has none.
func addChanges(w words, rows [][]string, from, to scoredForm) {
	before, after := from.scores(), to.scores()
	for j := range before {
		rows[j] = append(rows[j], w.change(after[j]-before[j]))
	}
	rows[len(before)] = append(rows[len(before)], "")
}

// stageNotes say what the table cannot: what was left open, and what only seems
// to have been lost.
func stageNotes(w words, q *rules.Questionnaire, forms []scoredForm) []string {
	var notes []string
	for _, f := range forms {
		if open := f.Answers.Open(q); len(open) > 0 {
			notes = append(notes, w.stageOn(f)+w.say("colon")+" "+w.count("maturity.open", len(open)))
		}
	}
	for i, f := range forms[1:] {
		n, points := closed(q, forms[i].Answers, f)
		if n > 0 {
			notes = append(notes, w.count("compare.closed", n, "From", w.stageOn(forms[i]), "To", w.stageOn(f), "Points", w.tenth(points)))
		}
	}
	return notes
}

// closed counts the items that were planned, are done now and are no longer
// ticked as planned, with the points of the whole that this costs: the form
// counts the two boxes apart.
func closed(q *rules.Questionnaire, before dma.Answers, after scoredForm) (n int, points float64) {
	both := dma.Answers{}
	for id, answer := range after.Answers {
		if before[id].Planned && answer.Done && !answer.Planned {
			answer.Planned = true
			n++
		}
		both[id] = answer
	}
	result, err := dma.Score(q, both)
	if err != nil { // the answers were scored before, and a second box fits where planned did
		return 0, 0
	}
	return n, result.Overall - after.result.Overall
}

func stageSheet(w words, q *rules.Questionnaire, forms []scoredForm) List {
	sheet := List{Name: "DMA", Columns: []Column{{w.say("compare.dimension"), 40}}}
	for i, name := range scoreNames(w, q) {
		row := []string{name}
		for _, f := range forms {
			if i == 0 {
				sheet.Columns = append(sheet.Columns, Column{f.stage() + " " + day(f.Date), 16})
			}
			row = append(row, sheetScore(w, f.scores()[i]))
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	return sheet
}

// stagesJSON is the JSON of a comparison of stages. Numbers are not rounded.
type stagesJSON struct {
	Form    string        `json:"form"`
	Body    string        `json:"body,omitempty"`
	Domain  string        `json:"domain,omitempty"`
	Code    string        `json:"code,omitempty"`
	Stages  []scoredJSON  `json:"stages"`  // by date
	Changes []changesJSON `json:"changes"` // from each stage to the next
}

type changesJSON struct {
	From       stageJSON             `json:"from"`
	To         stageJSON             `json:"to"`
	Overall    float64               `json:"overall"`
	Dimensions []dimensionChangeJSON `json:"dimensions"`
}

type stageJSON struct {
	Stage string `json:"stage"`
	Date  string `json:"date"`
}

type dimensionChangeJSON struct {
	Number    int                  `json:"dimension"`
	Change    float64              `json:"change"` // of 100
	Questions []questionChangeJSON `json:"questions"`
}

type questionChangeJSON struct {
	Number int     `json:"question"`
	Column string  `json:"column,omitempty"`
	Change float64 `json:"change"` // of 10
}

func stagesJSONOf(q *rules.Questionnaire, forms []scoredForm) stagesJSON {
	last := forms[len(forms)-1]
	out := stagesJSON{Form: q.Form, Body: last.Body, Domain: last.Domain, Code: last.Code}
	for i, f := range forms {
		stage := jsonOfScore(q, f.Assessment, f.result)
		stage.Form, stage.Body = "", "" // said once, above
		out.Stages = append(out.Stages, stage)
		if i > 0 {
			out.Changes = append(out.Changes, changesOf(forms[i-1], f))
		}
	}
	return out
}

func changesOf(from, to scoredForm) changesJSON {
	changes := changesJSON{
		From: stageJSON{from.Stage, day(from.Date)}, To: stageJSON{to.Stage, day(to.Date)},
		Overall: to.result.Overall - from.result.Overall,
	}
	for i, d := range to.result.Dimensions {
		before := from.result.Dimensions[i]
		change := dimensionChangeJSON{Number: d.Number, Change: d.Score - before.Score}
		for j, each := range d.Questions {
			change.Questions = append(change.Questions, questionChangeJSON{each.Number, string(each.Column), each.Score - before.Questions[j].Score})
		}
		changes.Dimensions = append(changes.Dimensions, change)
	}
	return changes
}
