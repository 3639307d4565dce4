package dashboard

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/report/history"
	"campanile/rules"
)

// head is what stands above every page of a municipality.
type head struct {
	Body      store.Body
	Name      string
	Path      string // of its first page
	Tabs      []link
	Successor *store.Body // that it was merged into
}

func (s *site) headOf(r *http.Request, body store.Body) (head, error) {
	t, path := s.teller(r), townPath(body.ID)
	h := head{Body: body, Name: nameOf(body), Path: path, Tabs: []link{
		{Path: path, Name: t.Say("dashboard.town.overview")},
		{Path: path + "/checklist", Name: t.Say("dashboard.nav.checklist")},
		{Path: path + "/dma", Name: t.Say("dashboard.nav.dma")},
	}}
	for i := range h.Tabs {
		h.Tabs[i].Here = h.Tabs[i].Path == r.URL.Path
	}
	if body.Successor != 0 && s.viewerOf(r).sees(body.Successor) {
		into, err := s.Chronicle.Store.Body(r.Context(), body.Successor)
		if err != nil {
			return head{}, err
		}
		h.Successor = &into
	}
	return h, nil
}

func nameOf(body store.Body) string {
	if body.Name == "" {
		return report.Shown(body.Domain)
	}
	return report.Plain(body.Name)
}

// townView is the first page of a municipality.
type townView struct {
	head

	Doc      *report.Document // nil: not looked at so far
	Taken    time.Time
	Rest     []string // what is in order, open or only worth knowing
	Counted  []rules.Severity
	Moved    []event // what changed in the town, newest first
	Before   []event // what changed before that
	Earlier  int     // changes before those
	Rejudged []event // what is judged otherwise now
	Pending  []event
	Expiries []expiry
	Trend    townTrend
	Accepted []exception
	Reviews  []checklist.Review // newest first
	Review   reviewForm
	Papers   []paperRow
	Sent     []sentRow
	SentAll  int // scans in all
	Again    again
	Saved    bool
}

// How much a page tells at once.
const (
	mostMoved  = 6  // changes
	mostBefore = 30 // folded below them
	mostSent   = 12 // looks
)

// expiry is a certificate that is about to end.
type expiry struct{ Where, Day string }

// exception is a finding that is accepted for a time.
type exception struct {
	Title, Where string
	Entry        checklist.Entry
	Over         bool
}

// sentRow is what one look has sent.
type sentRow struct {
	Taken time.Time
	Sent  evidence.Sent
}

func (s *site) townPage(w http.ResponseWriter, r *http.Request) {
	s.showTown(w, r, http.StatusOK, reviewForm{})
}

// showTown lays out the page of a municipality, with the form on reviews as it
// was sent, if it was.
func (s *site) showTown(w http.ResponseWriter, r *http.Request, status int, form reviewForm) {
	body, err := s.bodyOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view, err := s.townOf(r, body)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view.Review = form
	view.Saved = r.URL.Query().Get("saved") == "review"
	if view.Review.By == "" && form.Problem == "" {
		view.Review.By = s.viewerOf(r).account
	}
	s.page(w, r, "town", status, view)
}

func (s *site) townOf(r *http.Request, body store.Body) (townView, error) {
	ctx, t := r.Context(), s.teller(r)
	h, err := s.headOf(r, body)
	if err != nil {
		return townView{}, err
	}
	view := townView{head: h, Counted: counted()}
	list, err := s.Chronicle.Store.Checklist(ctx, body.ID)
	if err != nil {
		return townView{}, err
	}
	view.Reviews = slices.Clone(list.Reviews)
	slices.Reverse(view.Reviews)
	if view.Again, err = s.againOf(r, body.ID); err != nil {
		return townView{}, err
	}
	doc, err := s.documentOf(ctx, body.ID, t.language)
	if errors.Is(err, store.ErrUnknown) {
		return view, nil
	}
	if err != nil {
		return townView{}, err
	}
	told, err := s.Chronicle.History(ctx, body.ID)
	if err != nil {
		return townView{}, err
	}
	view.stands(doc)
	view.Papers = s.papers(t, body.ID)
	view.happened(t, told, doc)
	for _, e := range list.Entries {
		if e.State == checklist.Accepted && e.Fixed.IsZero() {
			view.Accepted = append(view.Accepted, exception{t.entryTitle(doc, e), report.Shown(e.Subject), e, e.Until.Before(dayOf(s.now()))})
		}
	}
	return view, view.sent(ctx, s.Chronicle.Store, body.ID)
}

// documentOf gives the report on the newest look at a body; store.ErrUnknown
// where there was none.
func (s *site) documentOf(ctx context.Context, body int64, language rules.Language) (*report.Document, error) {
	documents, err := s.Chronicle.Documents(ctx, body, 0, language)
	if err != nil {
		return nil, err
	}
	return &documents[0], nil
}

// counted are the severities that a grade counts.
func counted() []rules.Severity {
	return []rules.Severity{rules.Critical, rules.High, rules.Medium, rules.Low}
}

// stands says how the municipality stands after its newest look.
func (v *townView) stands(doc *report.Document) {
	v.Doc, v.Taken = doc, doc.Method.Taken
	tally := doc.Tally()
	v.Rest = tally[len(tally)-1:]
	if notes := doc.Notes(); notes != "" {
		v.Rest = append(v.Rest, notes)
	}
}

// happened tells what changed since the first look.
func (v *townView) happened(t teller, h chronicle.History, doc *report.Document) {
	var moved, rejudged []event
	for _, c := range slices.Backward(h.Changes) {
		if c.Kind.OfTown() {
			moved = together(moved, t.event(doc, c))
		} else {
			rejudged = together(rejudged, t.event(doc, c))
		}
	}
	v.Moved = moved[:min(mostMoved, len(moved))]
	v.Before = moved[len(v.Moved):min(mostMoved+mostBefore, len(moved))]
	v.Earlier = len(moved) - len(v.Moved) - len(v.Before)
	v.Rejudged = rejudged[:min(mostBefore, len(rejudged))]
	for _, c := range h.Pending {
		v.Pending = together(v.Pending, t.event(doc, c))
	}
	for _, e := range h.Expiries {
		if day, err := time.Parse(time.DateOnly, e.Ends); err == nil && !day.Before(dayOf(v.Taken)) {
			v.Expiries = append(v.Expiries, expiry{report.Shown(e.Subject), t.Date(day)})
		}
	}
	v.Trend = t.townTrend(h.Points)
}

// event is a change in words.
type event struct {
	Text, Where string
	Since       string // and confirmed when
}

// together adds a change. One in the same words as the one before
// only adds its place.
func together(list []event, one event) []event {
	if n := len(list) - 1; n >= 0 && list[n].Text == one.Text && list[n].Since == one.Since {
		list[n].Where += ", " + one.Where
		return list
	}
	return append(list, one)
}

func (t teller) event(doc *report.Document, c history.Change) event {
	said := event{Where: report.Shown(c.Subject)}
	values := []string{"Title", t.titleOf(doc, c.Rule, c.Subject), "From", t.severity(c.From), "To", t.severity(c.To)}
	switch c.Kind {
	case history.Appeared:
		said.Text = t.Say("dashboard.change.appeared", values...)
	case history.Returned:
		said.Text = t.Say("dashboard.change.returned", values...)
	case history.Worsened:
		said.Text = t.Say("dashboard.change.worsened", values...)
	case history.Eased:
		said.Text = t.Say("dashboard.change.eased", values...)
	case history.Mended:
		said.Text = t.Say("dashboard.change.mended", values...)
	case history.Vanished:
		said.Text = t.Say("dashboard.change.vanished", values...)
	case history.RulesChanged:
		said.Text = t.Say("dashboard.change.rules", values...)
		if c.To == "" {
			said.Text = t.Say("dashboard.change.rules-less", values...)
		}
	case history.Untold:
		said.Text = t.Say("dashboard.change.untold", values...)
	}
	if c.Confirmed.IsZero() {
		said.Since = t.Say("dashboard.change.seen", "Since", t.day(c.Since))
	} else {
		said.Since = t.Say("dashboard.change.confirmed", "Since", t.day(c.Since), "Confirmed", t.day(c.Confirmed))
	}
	return said
}

// titleOf says what a finding is about: in the words of the newest look where it
// judged that subject, else in those of the rule.
func (t teller) titleOf(doc *report.Document, rule, subject string) string {
	if doc != nil {
		for _, f := range doc.Findings {
			if f.Finding.Rule == rule && (subject == "" || checklist.Key(rule, f.Subject) == checklist.Key(rule, subject)) {
				return f.Title
			}
		}
	}
	return t.problem(rule)
}

func (t teller) entryTitle(doc *report.Document, e checklist.Entry) string {
	return t.titleOf(doc, e.Rule, e.Subject)
}

// sent lists what the newest looks have sent.
func (v *townView) sent(ctx context.Context, kept *store.Store, body int64) error {
	scans, err := kept.Scans(ctx, body, time.Time{}, time.Time{})
	if err != nil {
		return err
	}
	slices.SortFunc(scans, func(a, b store.Scan) int { return b.Taken.Compare(a.Taken) })
	v.SentAll = len(scans)
	for _, scan := range scans[:min(mostSent, len(scans))] {
		v.Sent = append(v.Sent, sentRow{scan.Taken, scan.Sent})
	}
	return nil
}

// dayOf is the day of a moment, as the days of a checklist are kept.
func dayOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
