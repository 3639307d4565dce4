package dashboard

import (
	"bytes"
	"errors"
	"net/http"
	"time"

	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/chart"
	"campanile/report/score/dma"
)

// dmaView is the Digital Maturity Assessment of a municipality.
type dmaView struct {
	head

	Stages []stageView // oldest first
	Table  table       // of the scores, by dimension and stage
	SVG    []byte
	Annex  string // its address; empty where nothing was looked at
	Note   string // whose the words are
	Open   int    // items of the newest form without an answer
}

// stageView is one filled form.
type stageView struct {
	Name, Date, Source string
}

// mostStages is how many forms a table has room for.
const mostStages = 6

func (s *site) dmaPage(w http.ResponseWriter, r *http.Request) {
	body, err := s.bodyOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view, err := s.dmaOf(r, body)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.page(w, r, "dma", http.StatusOK, view)
}

func (s *site) dmaOf(r *http.Request, body store.Body) (dmaView, error) {
	ctx, t, q := r.Context(), s.teller(r), s.Chronicle.Questions
	h, err := s.headOf(r, body)
	if err != nil {
		return dmaView{}, err
	}
	view := dmaView{head: h, Note: t.Text(q.Note)}
	towns, _, err := s.Chronicle.Store.Towns(ctx, store.Filter{Bodies: []int64{body.ID}}, time.Time{}, store.Page{Limit: 1})
	if err != nil {
		return dmaView{}, err
	}
	if len(towns) == 1 && towns[0].Scan != 0 {
		view.Annex = view.Path + "/annex.html"
	}
	forms, err := s.Chronicle.Store.Assessments(ctx, body.ID)
	if err != nil {
		return dmaView{}, err
	}
	forms = forms[max(0, len(forms)-mostStages):]
	if len(forms) == 0 {
		return view, nil
	}
	return view, view.score(t, s, forms)
}

// score fills the table, a column for each form.
func (v *dmaView) score(t teller, s *site, forms []dma.Assessment) error {
	q := s.Chronicle.Questions
	v.Table = table{Caption: t.Say("dashboard.dma.scores"), Hidden: true, Head: []string{t.Say("compare.dimension")}}
	for _, d := range q.Dimensions {
		v.Table.Rows = append(v.Table.Rows, row(t.Text(d.Name)))
	}
	v.Table.Rows = append(v.Table.Rows, row(t.Say("maturity.overall")), row(t.Say("compare.band")))
	drawing := chart.Chart{Title: t.Say("dashboard.dma.scores"), Series: []chart.Series{{Name: t.Say("dashboard.dma.points"), Style: chart.Second}}, Full: 100}
	for i, form := range forms {
		result, err := dma.Score(q, form.Answers)
		if err != nil {
			return err
		}
		stage := stageView{Name: report.Plain(form.Stage), Date: t.Date(form.Date), Source: t.source(form.Source)}
		v.Stages = append(v.Stages, stage)
		v.Table.Head = append(v.Table.Head, stage.Name+" ("+stage.Date+")")
		n := len(result.Dimensions)
		for j, d := range result.Dimensions {
			v.Table.Rows[j] = append(v.Table.Rows[j], cell{Text: dma.Shown(d.Score)})
			if i == len(forms)-1 {
				drawing.Bars = append(drawing.Bars, chart.Bar{Name: t.Text(q.Dimensions[j].Name), Note: dma.Shown(d.Score), Values: []float64{d.Score}})
			}
		}
		v.Table.Rows[n] = append(v.Table.Rows[n], cell{Text: dma.Shown(result.Overall)})
		v.Table.Rows[n+1] = append(v.Table.Rows[n+1], cell{Text: t.Text(result.Band.Name)})
		v.Open = len(form.Answers.Open(q))
	}
	last := v.Stages[len(v.Stages)-1]
	drawing.Description = t.Say("dashboard.dma.picture", "Stage", last.Name, "Date", last.Date)
	v.SVG = drawing.SVG()
	return nil
}

// source says who answered; nothing for what is not known.
func (t teller) source(source string) string {
	for _, known := range dma.Sources {
		if source == known {
			return t.Say("annex.source." + known)
		}
	}
	return ""
}

// annex is what was seen from outside beside what was answered, as a page to
// print or keep.
func (s *site) annex(w http.ResponseWriter, r *http.Request) {
	body, err := s.bodyOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	doc, err := s.documentOf(r.Context(), body.ID, s.documentLanguage(r))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if doc.Annex == nil {
		s.fail(w, r, errors.Join(store.ErrUnknown, errors.New("no annex without a questionnaire")))
		return
	}
	var text bytes.Buffer
	if err := report.WriteAnnexHTML(&text, *doc); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Security-Policy", inlinePolicy)
	send(w, http.StatusOK, "text/html; charset=utf-8", text.Bytes())
}
