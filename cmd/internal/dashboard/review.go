package dashboard

import (
	"errors"
	"net/http"
	"time"

	"campanile/cmd/internal/store"
	"campanile/report/checklist"
)

// reviewForm says that somebody has looked at the results, as it was sent.
type reviewForm struct {
	By, Note string
	Problem  string // by or text; none where it fits
}

// review notes that somebody has looked at the results of the newest look. That
// is what makes it true that threats are watched regularly.
func (s *site) review(w http.ResponseWriter, r *http.Request) {
	body, err := s.bodyOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	typed := tickForm{Fields: map[string]string{"by": r.PostForm.Get("by"), "note": r.PostForm.Get("note")}}
	by, note := typed.text("by", longestName), typed.text("note", longestReason)
	form := reviewForm{By: typed.Fields["by"], Note: typed.Fields["note"]}
	switch {
	case by == "" && typed.Problems["by"] == "":
		form.Problem = "by"
	case len(typed.Problems) > 0:
		form.Problem = "text"
	}
	if form.Problem != "" {
		s.showTown(w, r, http.StatusUnprocessableEntity, form)
		return
	}
	doc, err := s.documentOf(r.Context(), body.ID, s.teller(r).language)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	err = s.Chronicle.Store.Tick(r.Context(), body.ID, func(c *checklist.Checklist) (*checklist.Checklist, error) {
		c.Looked(checklist.Review{On: dayOf(s.now()), By: by, Taken: doc.Method.Taken, Evidence: doc.Method.Evidence, Note: note})
		return c, nil
	})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	http.Redirect(w, r, townPath(body.ID)+"?saved=review#reviews", http.StatusSeeOther)
}

// again says whether a municipality can be looked at again from here.
type again struct {
	Can     bool
	Waiting bool      // it is in the queue already
	Soon    time.Time // it was looked at a short while ago: not before then
	Path    string
}

// pause is how long a municipality is left alone after a look, whoever presses
// the button.
const pause = 10 * time.Minute

// againName opens the name of a run that somebody asked for.
const againName = "again"

func (s *site) againOf(r *http.Request, body int64) (again, error) {
	if s.Queue == nil || !s.viewerOf(r).Group() {
		return again{}, nil
	}
	a := again{Can: true, Path: townPath(body) + "/look"}
	kept := s.Chronicle.Store
	runs, err := kept.OpenRuns(r.Context())
	if err != nil {
		return a, err
	}
	for _, run := range runs {
		turn, err := kept.Turn(r.Context(), run.ID, body)
		if err != nil && !errors.Is(err, store.ErrUnknown) {
			return a, err
		}
		a.Waiting = a.Waiting || err == nil && turn.State == store.Waiting
	}
	scans, err := kept.Scans(r.Context(), body, s.Now().Add(-pause), time.Time{})
	if err != nil {
		return a, err
	}
	if n := len(scans); n > 0 {
		a.Soon = scans[n-1].Taken.Add(pause)
	}
	return a, nil
}

// lookAgain puts a municipality at the head of the queue, in a run of its own.
func (s *site) lookAgain(w http.ResponseWriter, r *http.Request) {
	body, err := s.bodyOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	a, err := s.againOf(r, body.ID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if !a.Can {
		s.unknown(w, r)
		return
	}
	if !a.Waiting && a.Soon.IsZero() && body.Successor == 0 {
		if err := s.enqueue(r, body.ID); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	http.Redirect(w, r, townPath(body.ID)+"#again", http.StatusSeeOther)
}
