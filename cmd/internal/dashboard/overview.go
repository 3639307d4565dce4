package dashboard

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/history"
)

// How much the first page tells.
const (
	mostShared  = 8
	mostChanged = 12
)

// overviewView is the first page of the group.
type overviewView struct {
	Empty    bool   // nothing is in the list yet
	Lead     string // the one sentence
	Rest     string // of these so many stand well …
	Progress []progressView
	Live     *live
	Map      *mapView
	Grades   table
	Trend    trend
	Problems []sharedProblem
	Changes  []changeView
	Pending  string
	Rules    string // what moved by the rules alone
	Unknown  []string
	Next     nextView
}

// sharedProblem is a problem that towns have in common.
type sharedProblem struct {
	Rule     string
	Title    string
	Severity string // the gravest of the rule here
	Towns    string
	Link     string
	Share    int // of a hundred towns that were looked at
}

// changeView is something that happened to a town.
type changeView struct {
	Name, Link string
	Said       string
	Where      string
	Kind       history.Kind
	On         string // when it was certain
}

// overviewPage is the first page. That of a municipality is its own.
func (s *site) overviewPage(w http.ResponseWriter, r *http.Request, maps *atlas) {
	v := s.viewerOf(r)
	if !v.Group() {
		http.Redirect(w, r, townPath(v.body), http.StatusSeeOther)
		return
	}
	view, err := s.overviewOf(r, maps)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view.Live.announce(w)
	s.page(w, r, "overview", http.StatusOK, view)
}

func (s *site) overviewOf(r *http.Request, maps *atlas) (*overviewView, error) {
	ctx, t := r.Context(), s.teller(r)
	o, err := s.Chronicle.Overview(ctx, s.viewerOf(r).filter())
	if err != nil {
		return nil, err
	}
	state, err := s.stateOf(ctx)
	if err != nil {
		return nil, err
	}
	view := &overviewView{Empty: o.Bodies == 0, Grades: t.graded(o.Grades), Trend: t.trendOf(o.Sums), Progress: t.progress(state)}
	view.Live = liveOf(r, len(view.Progress) > 0)
	view.Lead, view.Rest = t.lead(o)
	view.Unknown = t.unknown(o)
	view.changes(t, o)
	if view.Next, err = s.nextOf(ctx, t); err != nil {
		return nil, err
	}
	if view.Problems, err = s.problems(ctx, t, s.viewerOf(r).filter(), o); err != nil {
		return nil, err
	}
	view.Map, err = s.mapFor(ctx, t, maps)
	return view, err
}

// lead sums the territory up.
func (t teller) lead(o chronicle.Overview) (lead, rest string) {
	if o.Scanned == 0 {
		return t.Count("figures.lead.none", o.Bodies), ""
	}
	lead = t.Count("figures.lead.looked", o.Scanned, "Total", t.count(o.Bodies))
	return lead, t.Say("figures.lead.of-these", "List", t.standing(standingOf(o.Grades)))
}

// unknown says what nobody knows yet, and why that counts nowhere.
func (t teller) unknown(o chronicle.Overview) []string {
	var list []string
	if n := o.Bodies - o.Scanned; n > 0 {
		list = append(list, t.Count("figures.unknown.never", n))
	}
	if n := o.Grades[""]; n > 0 {
		list = append(list, t.Count("figures.unknown.ungraded", n))
	}
	if len(o.Sums) > 0 {
		if n := o.Sums[len(o.Sums)-1].Unseen; n > 0 {
			list = append(list, t.Count("figures.unknown.unseen", n))
		}
	}
	return list
}

// changes tells what changed lately: of the towns, of the rules, and how much waits
// for a second look, which is no news yet.
func (v *overviewView) changes(t teller, o chronicle.Overview) {
	for _, moved := range o.Changed[:min(len(o.Changed), mostChanged)] {
		v.Changes = append(v.Changes, t.change(moved.Change, moved.Name, townPath(moved.Body)))
	}
	if o.Pending > 0 {
		v.Pending = t.Count("figures.changes.pending", o.Pending)
	}
	if len(o.Sums) == 0 {
		return
	}
	if _, _, n := moves(o.Sums[len(o.Sums)-1]); n > 0 {
		v.Rules = t.Count("figures.changes.rules", n)
	}
}

// change tells one change of a town.
func (t teller) change(c history.Change, name, link string) changeView {
	v := changeView{Name: report.Plain(name), Link: link, Said: t.changed(c), Where: report.Shown(c.Subject), Kind: c.Kind}
	if !c.Confirmed.IsZero() {
		v.On = t.day(c.Confirmed)
	}
	return v
}

// problems lists what most towns have. A rule that is graver in some towns than in
// others is one problem, and each town is counted once.
func (s *site) problems(ctx context.Context, t teller, f store.Filter, o chronicle.Overview) ([]sharedProblem, error) {
	var order []string
	byRule := map[string]store.RuleCount{}
	parts := map[string]int{}
	for _, c := range o.Failing {
		if c.Severity == "info" {
			continue
		}
		before, there := byRule[c.Rule]
		if !there {
			order = append(order, c.Rule)
			before.Severity = c.Severity
		}
		if rank(c.Severity) < rank(before.Severity) {
			before.Severity = c.Severity
		}
		before.Bodies, before.Subjects = max(before.Bodies, c.Bodies), before.Subjects+c.Subjects
		byRule[c.Rule] = before
		parts[c.Rule]++
	}
	slices.SortStableFunc(order, func(a, b string) int { return byRule[b].Bodies - byRule[a].Bodies })
	var list []sharedProblem
	for _, id := range order[:min(len(order), mostShared)] {
		c := byRule[id]
		if parts[id] > 1 {
			with := f
			with.Rule = id
			var err error
			if _, c.Bodies, err = s.Chronicle.Store.Towns(ctx, with, time.Time{}, store.Page{Limit: 1}); err != nil {
				return nil, err
			}
		}
		p := sharedProblem{
			Rule: id, Title: t.problem(id), Severity: string(c.Severity), Link: "/towns?rule=" + id,
			Towns: t.Count("figures.problems.towns", c.Bodies, "Total", t.count(o.Scanned)),
		}
		if o.Scanned > 0 {
			p.Share = min(100*c.Bodies/o.Scanned, 100)
		}
		list = append(list, p)
	}
	return list, nil
}

// mapFor gives the map; nil where none was given.
func (s *site) mapFor(ctx context.Context, t teller, maps *atlas) (*mapView, error) {
	d, problem, err := maps.of(ctx, s.Chronicle.Store, s.Now())
	switch {
	case err != nil:
		return nil, err
	case problem != nil:
		return &mapView{Problem: report.Plain(problem.Error())}, nil
	case d == nil:
		return nil, nil //nolint:nilnil // no map is no error
	}
	towns, err := maps.standing(ctx, s.Chronicle.Store)
	if err != nil {
		return nil, err
	}
	view := t.mapOf(d, towns)
	return &view, nil
}

// scheduleSetting is where the store keeps when runs begin: one schedule a line.
const scheduleSetting = "schedule"

// nextView is when the territory is looked at next.
type nextView struct {
	Said      string
	Schedules []scheduleView
}

// scheduleView is one schedule in words, and when it is due.
type scheduleView struct{ Said, Where, Next string }

// nextOf reads the schedules, and says which is due first.
func (s *site) nextOf(ctx context.Context, t teller) (nextView, error) {
	text, err := s.Chronicle.Store.Setting(ctx, scheduleSetting)
	if err != nil {
		return nextView{}, err
	}
	var view nextView
	var first time.Time
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		schedule, err := queue.ParseSchedule(line)
		if err != nil { // it was taken when it was set: the program is an older one
			view.Schedules = append(view.Schedules, scheduleView{Said: report.Plain(line), Next: t.Say("figures.schedule.unread")})
			continue
		}
		at := schedule.Next(s.Now(), s.Zone)
		if first.IsZero() || at.Before(first) {
			first = at
		}
		said, where := t.schedule(schedule.String())
		view.Schedules = append(view.Schedules, scheduleView{said, where, t.hour(at)})
	}
	switch {
	case !first.IsZero():
		view.Said = t.Say("figures.next.at", "Time", t.hour(first))
	default:
		view.Said = t.Say("figures.next.none")
	}
	return view, nil
}
