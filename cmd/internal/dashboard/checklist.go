package dashboard

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"campanile/checks"
	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/rules"
)

// checklistView is what there is to do, by who must act.
type checklistView struct {
	head

	Doc    *report.Document // nil: not looked at so far
	Taken  time.Time
	Actors []actorView
	Total  int
	Parts  []report.FollowedPart // what is mended, and what could not be seen
	Form   tickForm              // as it was sent, if it was not taken
	Today  string
	Saved  string // the anchor of the entry that was just ticked
}

// actorView is one who must act, with what there is to do.
type actorView struct {
	report.Actor

	Items []itemView
}

// itemView is an entry of the checklist with what may be said of it.
type itemView struct {
	*report.Item

	Places []placeView
	Seen   string // what was said of it when the page was laid out
	Spoken bool   // something was said of it, which can be taken back
	Form   tickForm
	Saved  bool
	Today  string
	By     string
	Path   string
	CSRF   string
}

// placeView is one of the places that an entry is about.
type placeView struct {
	Subject string // as the evidence has it
	Shown   string
	Chosen  bool
}

func (s *site) checklistPage(w http.ResponseWriter, r *http.Request) {
	s.showChecklist(w, r, http.StatusOK, tickForm{})
}

// showChecklist lays out the checklist, with a form as it was sent.
func (s *site) showChecklist(w http.ResponseWriter, r *http.Request, status int, form tickForm) {
	body, err := s.bodyOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view, err := s.checklistOf(r, body, form)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.page(w, r, "checklist", status, view)
}

func (s *site) checklistOf(r *http.Request, body store.Body, form tickForm) (checklistView, error) {
	ctx := r.Context()
	h, err := s.headOf(r, body)
	if err != nil {
		return checklistView{}, err
	}
	view := checklistView{head: h, Form: form, Today: s.now().Format(time.DateOnly), Saved: r.URL.Query().Get("saved")}
	view.Tabs[1].Here = true
	doc, err := s.documentOf(ctx, body.ID, s.teller(r).language)
	if errors.Is(err, store.ErrUnknown) {
		return view, nil
	}
	if err != nil {
		return checklistView{}, err
	}
	list, err := s.Chronicle.Store.Checklist(ctx, body.ID)
	if err != nil {
		return checklistView{}, err
	}
	view.Doc, view.Taken = doc, doc.Method.Taken
	if doc.Followup != nil {
		for _, part := range doc.Followup.Parts {
			if part.ID == "fixed" || part.ID == "unknown" {
				view.Parts = append(view.Parts, part)
			}
		}
	}
	places := placesOf(doc)
	for _, actor := range doc.Actors {
		one := actorView{Actor: actor}
		for _, item := range actor.Items {
			one.Items = append(one.Items, s.itemOf(r, &view, item, places, list))
			view.Total++
		}
		view.Actors = append(view.Actors, one)
	}
	return view, nil
}

// itemOf is an entry with its forms.
func (s *site) itemOf(r *http.Request, view *checklistView, item *report.Item, places []entryPlaces, list *checklist.Checklist) itemView {
	v := s.viewerOf(r)
	subjects := placesNamed(places, item.Rule, item.Subjects)
	it := itemView{
		Item: item, Seen: stateOf(list, item.Rule, subjects), Saved: view.Saved == item.Anchor, Today: view.Today, By: v.account,
		Path: view.Path + "/checklist", CSRF: v.csrf,
	}
	if view.Form.Anchor == item.Anchor {
		it.Form = view.Form
	}
	for _, subject := range subjects {
		chosen := it.Form.Anchor == "" || slices.Contains(it.Form.Subjects, subject)
		it.Places = append(it.Places, placeView{subject, report.Shown(subject), chosen})
	}
	for _, e := range list.Entries {
		it.Spoken = it.Spoken || e.State != checklist.Open && about(e, item.Rule, subjects)
	}
	return it
}

// about reports whether an entry speaks of a rule at one of some subjects.
func about(e checklist.Entry, rule string, subjects []string) bool {
	return e.Rule == rule && (e.Subject == "" || slices.ContainsFunc(subjects, func(s string) bool {
		return checklist.Key(rule, s) == checklist.Key(rule, e.Subject)
	}))
}

// entryPlaces are the places of one entry of the report, as the evidence has
// them: the entry names them as people read them.
type entryPlaces struct {
	rule     string
	subjects []string
}

// placesOf gives the places of each entry: the findings of one rule that show
// the same kind of defect.
func placesOf(doc *report.Document) []entryPlaces {
	type kind struct {
		rule    string
		variant int
	}
	at := map[kind]int{}
	var list []entryPlaces
	for _, f := range doc.Findings {
		if f.Outcome != checks.Fail {
			continue
		}
		k := kind{f.Finding.Rule, f.Rule.Variant(f.Facts)}
		if _, ok := at[k]; !ok {
			at[k] = len(list)
			list = append(list, entryPlaces{rule: k.rule})
		}
		list[at[k]].subjects = append(list[at[k]].subjects, f.Subject)
	}
	return list
}

// placesNamed gives the places of the entry that names them so.
func placesNamed(list []entryPlaces, rule string, names []string) []string {
	for _, p := range list {
		if p.rule == rule && slices.EqualFunc(p.subjects, names, func(subject, name string) bool { return report.Shown(subject) == name }) {
			return p.subjects
		}
	}
	return nil
}

// placesBeside gives the places of the entry that has a subject among them.
func placesBeside(list []entryPlaces, rule, subject string) []string {
	for _, p := range list {
		if p.rule == rule && slices.ContainsFunc(p.subjects, func(s string) bool { return checklist.Key(rule, s) == checklist.Key(rule, subject) }) {
			return p.subjects
		}
	}
	return nil
}

// Error gives what is wrong with a field of the form of this entry, as the id of
// a message; none where nothing is.
func (it itemView) Error(state, field string) string {
	if it.Form.State != state {
		return ""
	}
	return it.Form.Problems[field]
}

// Typed gives what was typed into a field of the form of this entry, or what
// stands there at first.
func (it itemView) Typed(state, field string) string {
	if it.Form.Anchor != "" && it.Form.State == state {
		return it.Form.Fields[field]
	}
	switch field {
	case "on":
		return it.Today
	case "by":
		return it.By
	}
	return ""
}

// Open reports whether the form for a state is unfolded: it was sent, and not
// taken.
func (it itemView) Open(state string) bool { return it.Form.Anchor != "" && it.Form.State == state }

// Letter reports whether there is a text to send to the supplier.
func (it itemView) Letter() bool { return len(it.ToSupplier) > 0 }

// Grave reports whether an entry is more than worth knowing.
func (it itemView) Grave() bool { return it.Severity != rules.Info }
