package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"campanile/checks"
	"campanile/cmd/internal/store"
	"campanile/cmd/internal/ticks"
	"campanile/report"
	"campanile/report/checklist"
)

// Bounds on what is written into a checklist.
const (
	longestName   = 100  // characters
	longestReason = 1000 // characters
	mostPlaces    = 500  // subjects of one entry
	// longestExcept is how long something may be accepted: whoever looks after the
	// municipality then decides again.
	longestExcept = 2 // years
)

// tickForm is what somebody says of an entry, as it was sent.
type tickForm struct {
	Rule, Anchor string
	Subjects     []string
	State        string            // done, asked, accepted or open
	Seen         string            // what was said of it before, as the sender knew it
	Fields       map[string]string // on, until, because and by, as they were typed
	Problems     map[string]string // by field, as the end of the id of a message; "" is the whole
	Meanwhile    string            // what somebody else has said meanwhile
}

func (f *tickForm) wrong(field, problem string) {
	if f.Problems == nil {
		f.Problems = map[string]string{}
	}
	if f.Problems[field] == "" {
		f.Problems[field] = problem
	}
}

// Wrong lists the fields with a problem, in the order of the form.
func (f tickForm) Wrong() []string {
	var list []string
	for _, field := range []string{"", "place", "on", "until", "because", "by"} {
		if f.Problems[field] != "" {
			list = append(list, field)
		}
	}
	return list
}

// Errors of a tick that is not taken.
var (
	errMeanwhile = errors.New("somebody else has changed the entry meanwhile")
	errNoEntry   = errors.New("there is no such finding any more")
)

// tick writes into the checklist what somebody says of an entry. What does not
// fit comes back in the form.
func (s *site) tick(w http.ResponseWriter, r *http.Request) {
	body, err := s.bodyOf(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	form := readTick(r.PostForm)
	said := form.entry(s.now())
	if len(form.Problems) > 0 {
		s.showChecklist(w, r, http.StatusUnprocessableEntity, form)
		return
	}
	t := s.teller(r)
	doc, err := s.documentOf(r.Context(), body.ID, t.language)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	since, err := s.seenSince(r.Context(), body.ID)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	err = s.Chronicle.Store.Tick(r.Context(), body.ID, func(c *checklist.Checklist) (*checklist.Checklist, error) {
		return form.apply(c, doc, since, said)
	})
	switch {
	case errors.Is(err, errMeanwhile):
		form.wrong("", "meanwhile")
		s.showChecklist(w, r, http.StatusConflict, form)
	case errors.Is(err, errNoEntry):
		form.Anchor = ""
		form.wrong("", "gone")
		s.showChecklist(w, r, http.StatusConflict, form)
	case err != nil:
		s.fail(w, r, err)
	default:
		to := url.URL{Path: townPath(body.ID) + "/checklist", RawQuery: url.Values{"saved": {form.Anchor}}.Encode(), Fragment: form.Anchor}
		http.Redirect(w, r, to.String(), http.StatusSeeOther)
	}
}

// seenSince says since when each finding is there, by its key: a list that begins
// today must not call new what is old.
func (s *site) seenSince(ctx context.Context, body int64) (map[string]time.Time, error) {
	spans, err := s.Chronicle.Store.Spans(ctx, store.Spans{Of: store.Filter{Bodies: []int64{body}}, Outcome: checks.Fail})
	since := make(map[string]time.Time, len(spans))
	for _, span := range spans {
		since[checklist.Key(span.Rule, span.Subject)] = span.Opened
	}
	return since, err
}

// readTick reads the form. A form that no page of ours has is read as far as it
// makes sense.
func readTick(post url.Values) tickForm {
	f := tickForm{
		Rule: clipped(post.Get("rule"), 200), Anchor: clipped(post.Get("anchor"), 200), State: post.Get("state"), Seen: clipped(post.Get("seen"), 200),
		Subjects: post["subject"][:min(len(post["subject"]), mostPlaces)], Fields: map[string]string{},
	}
	for _, field := range []string{"on", "until", "because", "by"} {
		f.Fields[field] = strings.TrimSpace(post.Get(field))
	}
	return f
}

// entry reads what is said, by the same rules as the command "checklist tick";
// what is wrong is kept in the form.
func (f *tickForm) entry(now time.Time) checklist.Entry {
	e := checklist.Entry{State: checklist.State(f.State)}
	today := dayOf(now)
	if len(f.Subjects) == 0 {
		f.wrong("place", "place")
	}
	switch f.State {
	case "open":
		e.State = checklist.Open
		return e
	case string(checklist.Done), string(checklist.Asked):
		e.On = f.day("on", today)
		if e.On.After(today) {
			f.wrong("on", "later")
		}
	case string(checklist.Accepted):
		e.On = today
		if f.Fields["until"] == "" {
			f.wrong("until", "until")
		}
		e.Until = f.day("until", time.Time{})
		switch {
		case f.Problems["until"] != "":
		case e.Until.Before(today):
			f.wrong("until", "past")
		case e.Until.After(today.AddDate(longestExcept, 0, 0)):
			f.wrong("until", "far")
		}
		if e.Because = f.text("because", longestReason); f.Fields["because"] == "" {
			f.wrong("because", "because")
		}
	default:
		f.wrong("", "state")
	}
	if e.By = f.text("by", longestName); f.Fields["by"] == "" {
		f.wrong("by", "by")
	}
	return e
}

// day reads a day; the zero one means what stands there otherwise.
func (f *tickForm) day(field string, otherwise time.Time) time.Time {
	text := f.Fields[field]
	if text == "" {
		return otherwise
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 2000 || day.Year() > 2200 {
		f.wrong(field, "day")
		return otherwise
	}
	return day
}

// text reads a free text.
func (f *tickForm) text(field string, longest int) string {
	text, err := ticks.Text(f.Fields[field])
	switch {
	case utf8.RuneCountInString(f.Fields[field]) > longest:
		f.wrong(field, "long")
	case err != nil:
		f.wrong(field, "text")
	}
	return text
}

// apply gives the checklist with what is said. The entries are those of the
// newest look; what it found is noted by the way. Nothing is changed where
// somebody else has said something meanwhile: who sends the form must have read
// it first.
func (f *tickForm) apply(c *checklist.Checklist, doc *report.Document, since map[string]time.Time, said checklist.Entry) (*checklist.Checklist, error) {
	whole := placesBeside(placesOf(doc), f.Rule, f.Subjects[0])
	if whole == nil {
		return nil, errNoEntry
	}
	if stateOf(c, f.Rule, whole) != f.Seen {
		return nil, errMeanwhile
	}
	after, _ := checklist.Update(c, doc.Scan())
	for i := len(c.Entries); i < len(after.Entries); i++ {
		e := &after.Entries[i]
		if at, ok := since[checklist.Key(e.Rule, e.Subject)]; ok && at.Before(e.First) {
			e.First = at
		}
	}
	for _, subject := range f.Subjects {
		title, there := found(doc, f.Rule, subject)
		if !there {
			return nil, errNoEntry
		}
		e := entryFor(after, f.Rule, subject, title, doc.Method.Taken)
		e.State, e.On, e.Until, e.By, e.Because = said.State, said.On, said.Until, said.By, said.Because
	}
	if said.State == checklist.Open { // what was said of the whole rule would speak for them again
		for i := range after.Entries {
			if e := &after.Entries[i]; e.Rule == f.Rule && e.Subject == "" {
				e.State, e.On, e.Until, e.By, e.Because = checklist.Open, time.Time{}, time.Time{}, "", ""
			}
		}
	}
	return after, nil
}

// entryFor gives the entry of a finding; a new one where what is said of the
// whole rule stood for it so far.
func entryFor(c *checklist.Checklist, rule, subject, title string, taken time.Time) *checklist.Entry {
	for i := range c.Entries {
		if e := &c.Entries[i]; checklist.Key(e.Rule, e.Subject) == checklist.Key(rule, subject) {
			return e
		}
	}
	at := taken.UTC().Truncate(time.Second)
	c.Entries = append(c.Entries, checklist.Entry{Rule: rule, Subject: checklist.Spelled(subject), Title: title, First: at, Last: at})
	return &c.Entries[len(c.Entries)-1]
}

// found looks for a finding of the newest look, and gives its title.
func found(doc *report.Document, rule, subject string) (string, bool) {
	for _, f := range doc.Findings {
		if f.Finding.Rule == rule && f.Outcome == checks.Fail && checklist.Key(rule, f.Subject) == checklist.Key(rule, subject) {
			return f.Title, true
		}
	}
	return "", false
}

// stateOf is a sign for what people have said of an entry: the same as long as
// nobody says anything else.
func stateOf(c *checklist.Checklist, rule string, subjects []string) string {
	said := map[string]string{}
	for _, e := range c.Entries {
		if e.State != checklist.Open && about(e, rule, subjects) {
			said[checklist.Key(e.Rule, e.Subject)] = strings.Join([]string{string(e.State), e.On.Format(time.DateOnly), e.Until.Format(time.DateOnly), e.By, e.Because}, "\x00")
		}
	}
	sum := sha256.New()
	for _, key := range slices.Sorted(maps.Keys(said)) {
		_, _ = fmt.Fprintf(sum, "%q %q\n", key, said[key])
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}
