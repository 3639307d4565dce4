package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"campanile/report/checklist"
	"campanile/rules"
)

// WriteFollowup writes for a terminal what became of a checklist: how many
// entries fared how, and each of those about which there is something to say.
func WriteFollowup(w io.Writer, d Document, results []checklist.Result, o TerminalOptions) error {
	s := newSheet(d.Language, o)
	s.lines(0, bold, d.Name+s.words.say("colon")+" "+s.words.say("followup.heading"))
	for _, status := range statuses() {
		n := 0
		for _, r := range results {
			if r.Status == status && r.News(d.Method.Taken) && (status != checklist.Unknown || r.Entry.Fixed.IsZero()) {
				n++
			}
		}
		if n > 0 {
			s.lines(2, "", s.words.count("followup.tally."+string(status), n))
		}
	}
	if d.Followup != nil {
		s.followup(*d.Followup)
	}
	_, err := w.Write(s.text.Bytes())
	if err != nil {
		return fmt.Errorf("writing what has changed: %w", err)
	}
	return nil
}

// statuses are in the order of reading.
func statuses() []checklist.Status {
	return []checklist.Status{
		checklist.Fixed, checklist.CameBack, checklist.StillThere, checklist.Ticked, checklist.Waiting,
		checklist.Expired, checklist.Excepted, checklist.New, checklist.There, checklist.Unknown,
	}
}

func newSheet(l rules.Language, o TerminalOptions) *sheet {
	if o.Width <= 0 {
		o.Width = 80
	}
	return &sheet{words: wordsIn(l), color: o.Color, width: max(o.Width, narrowest)}
}

// followup writes what changed, part by part.
func (s *sheet) followup(f Followup) {
	for _, part := range f.Parts {
		s.text.WriteString("\n")
		s.lines(0, bold, part.Name)
		for _, e := range part.Entries {
			s.entry(e.Title, e.Where, e.Text)
		}
	}
	if len(f.Reviews) > 0 {
		s.text.WriteString("\n")
		s.lines(0, bold, s.words.say("followup.reviews-heading"))
	}
	for _, r := range f.Reviews {
		text := r.On + s.words.say("colon") + " " + r.By
		for _, more := range []string{r.Taken, r.Note} {
			if more != "" {
				text = ended(text) + " " + more
			}
		}
		s.lines(2, "", ended(text))
	}
}

func (s *sheet) entry(title, where, text string) {
	if where != "" {
		title += " (" + where + ")"
	}
	s.lines(2, "", title)
	if text != "" {
		s.lines(4, dim, text)
	}
}

// WriteChecklist writes for a terminal what a checklist holds, as it stands on a
// day: each entry with its name for "campanile checklist tick".
func WriteChecklist(w io.Writer, c *checklist.Checklist, set *rules.Set, l rules.Language, today time.Time, o TerminalOptions) error {
	s := newSheet(l, o)
	titles := titlesIn(set, l)
	name := ours(c.Name)
	if name == "" {
		name = shown(c.Domain)
	}
	s.lines(0, bold, name)
	for _, group := range []struct {
		heading string
		in      func(checklist.Entry) bool
	}{
		{"open-heading", func(e checklist.Entry) bool { return e.Fixed.IsZero() && e.State == checklist.Open }},
		{"waiting-heading", func(e checklist.Entry) bool { return e.Fixed.IsZero() && e.State == checklist.Asked }},
		{"ticked-heading", func(e checklist.Entry) bool { return e.Fixed.IsZero() && e.State == checklist.Done }},
		{"accepted-heading", func(e checklist.Entry) bool { return e.Fixed.IsZero() && e.State == checklist.Accepted }},
		{"fixed-heading", func(e checklist.Entry) bool { return !e.Fixed.IsZero() }},
	} {
		entries := slices.DeleteFunc(slices.Clone(c.Entries), func(e checklist.Entry) bool { return !group.in(e) })
		if len(entries) == 0 {
			continue
		}
		s.text.WriteString("\n")
		s.lines(0, bold, s.words.say("followup."+group.heading)+" ("+s.words.number(int64(len(entries)))+")")
		for _, e := range entries {
			s.kept(e, titles[e.Rule], today)
		}
	}
	s.followup(Followup{Reviews: reviewsOf(s.words, c)})
	if _, err := w.Write(s.text.Bytes()); err != nil {
		return fmt.Errorf("writing the checklist: %w", err)
	}
	return nil
}

// titlesIn gives the titles of the rules that need no facts to be said. The file
// has those of the others, in the language of the scan that saw them first.
func titlesIn(set *rules.Set, l rules.Language) map[string]string {
	titles := map[string]string{}
	for _, rule := range set.Rules {
		if title := rule.Text[l].Title; len(rule.Variants) == 0 && !placeholder.MatchString(title) {
			titles[rule.ID] = clean(title)
		}
	}
	return titles
}

// kept writes one entry: what is wrong, its name, and what was said of it.
func (s *sheet) kept(e checklist.Entry, title string, today time.Time) {
	title, name := cmp.Or(title, ours(e.Title)), clean(e.Rule)
	if e.Subject != "" {
		name += "@" + clean(clip(e.Subject, maxInText))
	}
	if title == "" {
		title = name
	}
	text := ended(said(s.words, e))
	if e.State == checklist.Accepted && today.UTC().Truncate(24*time.Hour).After(e.Until) {
		text = s.words.say("followup.expired", "Said", text)
	}
	s.lines(2, "", title)
	s.lines(4, bold, name)
	if text != "" {
		s.lines(4, dim, text)
	}
}
