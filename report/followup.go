package report

import (
	"slices"
	"strings"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
)

// Followup is what became of the checklist since the last time, in words. What
// people have written in the file is made harmless here.
type Followup struct {
	Parts   []FollowedPart   // in the order of reading; those without an entry are left out
	Reviews []FollowedReview // newest last
}

// FollowedPart gathers the entries that fared alike.
type FollowedPart struct {
	ID      string // fixed, back, still, ticked, waiting, accepted or unknown
	Name    string
	Entries []Followed
}

// Followed is one entry of the checklist, or several that share a rule and a
// fate, with what the newest scan says of it.
type Followed struct {
	Rule   string
	Status checklist.Status
	Title  string
	Where  string // the subjects; empty for a whole rule
	Text   string // sentences: what was said, and what was seen
}

// FollowedReview is one look at the results, in words.
type FollowedReview struct {
	On, By, Taken, Note string
}

// parts are in the order of reading, with the statuses that stand in each.
func parts() []struct {
	id       string
	statuses []checklist.Status
} {
	return []struct {
		id       string
		statuses []checklist.Status
	}{
		{"fixed", []checklist.Status{checklist.Fixed}},
		{"back", []checklist.Status{checklist.CameBack}},
		{"still", []checklist.Status{checklist.StillThere}},
		{"ticked", []checklist.Status{checklist.Ticked}},
		{"waiting", []checklist.Status{checklist.Waiting}},
		{"accepted", []checklist.Status{checklist.Expired, checklist.Excepted}},
		{"unknown", []checklist.Status{checklist.Unknown}},
	}
}

func followup(w words, in Input) *Followup {
	if in.Checklist == nil {
		return nil
	}
	results := slices.DeleteFunc(checklist.Against(in.Checklist, listScan(in)), func(r checklist.Result) bool {
		// Mended long ago, and not measured now: nothing has changed.
		return !r.News(in.Bundle.Taken) || r.Status == checklist.Unknown && !r.Entry.Fixed.IsZero()
	})
	f := &Followup{}
	for _, part := range parts() {
		var entries []Followed
		for _, status := range part.statuses {
			entries = append(entries, followed(w, in, results, status)...)
		}
		if len(entries) > 0 {
			f.Parts = append(f.Parts, FollowedPart{part.id, w.say("followup." + part.id + "-heading"), entries})
		}
	}
	f.Reviews = reviewsOf(w, in.Checklist)
	return f
}

func reviewsOf(w words, c *checklist.Checklist) []FollowedReview {
	var list []FollowedReview
	for _, r := range c.Reviews {
		reviewed := FollowedReview{On: w.date(r.On), By: ours(r.By), Note: ours(r.Note)}
		if !r.Taken.IsZero() {
			reviewed.Taken = w.say("followup.reviews-of", "Date", w.date(r.Taken.UTC()))
		}
		list = append(list, reviewed)
	}
	return list
}

// ours makes harmless what people have written in the file of a checklist.
func ours(text string) string { return clean(clip(text, maxInText)) }

// listScan gives the verdicts as a checklist needs them.
func listScan(in Input) checklist.Scan {
	s := checklist.Scan{Taken: in.Bundle.Taken, Left: Left(in.Bundle)}
	for _, v := range in.Verdicts {
		s.Seen = append(s.Seen, seen(s, v, ""))
	}
	return s
}

// Left gives the hosts of the municipality that were not looked at as sites, as
// there was no room for more or as they were to be left alone. A host without an
// address is no longer there.
func Left(b *evidence.Bundle) []string {
	var list []string
	for _, n := range b.Names {
		gone := b.DNS.Lookup(n.Name, "A").State == evidence.Absent && b.DNS.Lookup(n.Name, "AAAA").State == evidence.Absent
		visited := slices.ContainsFunc(b.Sites, func(s evidence.Site) bool { return s.Host == n.Name })
		if !gone && !visited {
			list = append(list, n.Name)
		}
	}
	return list
}

// Scan gives the findings of the document as a checklist needs them.
func (d Document) Scan() checklist.Scan {
	s := checklist.Scan{Taken: d.Method.Taken, Left: d.Method.Left}
	for _, f := range d.Findings {
		s.Seen = append(s.Seen, seen(s, f.Verdict, clip(f.Title, maxInText/2)))
	}
	return s
}

// seen is one verdict for a checklist. A duty that was not in force at the time
// does not apply; nothing is mended by that.
func seen(s checklist.Scan, v score.Verdict, title string) checklist.Seen {
	outcome := v.Outcome
	if outcome == checks.NotApplicable && !v.Rule.InForce(s.Taken) {
		outcome = checks.Inconclusive
	}
	return checklist.Seen{Rule: v.Finding.Rule, Subject: v.Subject, Title: title, Outcome: outcome}
}

// followed gives the entries with a status: those of one rule about which the
// same is to be said as one, with its subjects.
func followed(w words, in Input, results []checklist.Result, status checklist.Status) []Followed {
	var list []Followed
	var places [][]string
	for _, r := range results {
		if r.Status != status {
			continue
		}
		f := Followed{Rule: clean(r.Entry.Rule), Status: status, Title: titleOf(w, in, r.Entry), Text: sentence(w, r, true)}
		i := slices.IndexFunc(list, func(other Followed) bool { return other == f })
		if i < 0 {
			i, list, places = len(list), append(list, f), append(places, nil)
		}
		if r.Entry.Subject != "" {
			places[i] = append(places[i], shown(clip(r.Entry.Subject, maxInText)))
		}
	}
	for i := range list {
		list[i].Where = w.list(places[i])
	}
	return list
}

// titleOf says what an entry is about: in the words of this scan where it has
// any, else in those that the file keeps.
func titleOf(w words, in Input, e checklist.Entry) string {
	for _, v := range in.Verdicts {
		if v.Finding.Rule == e.Rule && (e.Subject == "" || checklist.Key(v.Finding.Rule, v.Subject) == checklist.Key(e.Rule, e.Subject)) {
			text := v.Rule.For(v.Facts, in.Bundle.Target.Country, in.Language)
			return fillerFor(w, in.Bundle, v.Rule, []checks.Finding{v.Finding}).must(text.Title)
		}
	}
	if e.Title != "" {
		return ours(e.Title)
	}
	return clean(e.Rule)
}

// sentence says what was said of an entry, and what the scan has seen. Old tells
// that the list is older than this scan, so that something can be new to it.
func sentence(w words, r checklist.Result, old bool) string {
	e, spoken := r.Entry, said(w, r.Entry)
	before := ""
	if spoken != "" {
		before = ended(spoken) + " "
	}
	switch r.Status {
	case checklist.Fixed:
		switch {
		case r.How == checklist.NotApplicable, r.How == checklist.Gone:
			return before + w.say("followup.fixed-"+string(r.How))
		case e.State == checklist.Done:
			return w.say("followup.done", "Said", spoken)
		}
		return before + w.say("followup.fixed")
	case checklist.CameBack:
		return before + w.say("followup.back")
	case checklist.StillThere:
		return w.say("followup.still", "Said", spoken)
	case checklist.Ticked, checklist.Waiting:
		return w.say("followup."+string(r.Status), "Said", spoken)
	case checklist.Excepted, checklist.Expired:
		return w.say("followup."+string(r.Status), "Said", ended(spoken))
	case checklist.Unknown:
		return before + w.say("followup.unknown-"+string(r.How))
	case checklist.New:
		if old {
			return w.say("followup.new")
		}
	case checklist.There:
		if !e.First.IsZero() {
			return w.say("followup.first", "First", w.date(e.First.UTC()))
		}
	}
	return ""
}

// said is what people say of an entry: nothing, or a sentence without its end.
func said(w words, e checklist.Entry) string {
	var who []string
	if !e.On.IsZero() {
		who = append(who, w.date(e.On))
	}
	if by := ours(e.By); by != "" {
		who = append(who, by)
	}
	brackets := ""
	if len(who) > 0 {
		brackets = " (" + strings.Join(who, ", ") + ")"
	}
	switch e.State {
	case checklist.Done, checklist.Asked:
		return w.say("followup.said-"+string(e.State), "Who", brackets)
	case checklist.Accepted:
		return w.say("followup.said-accepted", "Who", brackets, "Until", w.date(e.Until), "Because", ours(e.Because))
	case checklist.Open:
	}
	return ""
}

// ended gives a sentence its full stop.
func ended(text string) string {
	if text = strings.TrimSpace(text); text == "" || strings.ContainsRune(".!?…", []rune(text)[len([]rune(text))-1]) {
		return text
	}
	return text + "."
}
