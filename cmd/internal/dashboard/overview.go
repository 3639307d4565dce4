package dashboard

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/history"
	"campanile/rules"
)

// How much the first page tells.
const (
	mostShared  = 6
	mostMinor   = 4
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
	Minor    []sharedProblem // those that nobody need hurry about
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
	Severity rules.Severity // the gravest of the rule here
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

	places []string
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
	if view.Problems, view.Minor, err = s.problems(ctx, t, maps, o); err != nil {
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
	for _, moved := range o.Changed {
		v.Changes = t.gather(v.Changes, moved.Change, moved.Name, townPath(moved.Body))
	}
	v.Changes = v.Changes[:min(len(v.Changes), mostChanged)]
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

// gather adds a change of a town to those that are told. The same thing in several
// places of one town is told once, with the places.
func (t teller) gather(list []changeView, c history.Change, name, link string) []changeView {
	v := changeView{Name: report.Plain(name), Link: link, Said: t.changed(c), Kind: c.Kind}
	if !c.Confirmed.IsZero() {
		v.On = t.day(c.Confirmed)
	}
	where := report.Shown(c.Subject)
	for i := range list {
		if same := &list[i]; same.Link == v.Link && same.Said == v.Said && same.On == v.On && same.Name == v.Name {
			same.places = append(same.places, where)
			same.Where = t.List(same.places)
			return list
		}
	}
	v.Where, v.places = where, []string{where}
	return append(list, v)
}

// problems lists what most towns have: what wants action within a quarter, then what
// is minor. A rule that is graver in some towns than in others is one problem, and
// each town is counted once.
func (s *site) problems(ctx context.Context, t teller, maps *atlas, o chronicle.Overview) (pressing, minor []sharedProblem, err error) {
	var grave, light []failing
	for _, f := range byRule(o.Failing) {
		if f.Severity == rules.Low {
			light = append(light, f)
		} else {
			grave = append(grave, f)
		}
	}
	for _, part := range []struct {
		from []failing
		most int
		into *[]sharedProblem
	}{{grave, mostShared, &pressing}, {light, mostMinor, &minor}} {
		list := part.from[:min(len(part.from), 2*part.most)] // more than are shown: the exact order is not known yet
		for i := range list {
			if !list[i].several {
				continue
			}
			if list[i].Bodies, err = maps.fail(ctx, s.Chronicle.Store, list[i].Rule); err != nil {
				return nil, nil, err
			}
		}
		slices.SortStableFunc(list, func(a, b failing) int { return cmp.Or(b.Bodies-a.Bodies, rank(a.Severity)-rank(b.Severity)) })
		for _, f := range list[:min(len(list), part.most)] {
			*part.into = append(*part.into, t.shared(f, o.Scanned))
		}
	}
	return pressing, minor, nil
}

// shared tells a problem that towns have in common.
func (t teller) shared(f failing, scanned int) sharedProblem {
	return sharedProblem{
		Rule: f.Rule, Title: t.problem(f.Rule), Severity: f.Severity, Link: "/towns?rule=" + url.QueryEscape(f.Rule),
		Towns: t.Count("figures.problems.towns", f.Bodies, "Total", t.count(scanned)), Share: min(100*f.Bodies/max(scanned, 1), 100),
	}
}

// failing is a rule with how many towns fail it.
type failing struct {
	store.RuleCount

	several bool // it has several severities: a town may be counted in each
}

// byRule puts the severities of a rule together, those first that most towns fail.
// What is only worth knowing is no problem.
func byRule(counts []store.RuleCount) []failing {
	var list []failing
	for _, c := range counts {
		if c.Severity == rules.Info {
			continue
		}
		i := slices.IndexFunc(list, func(f failing) bool { return f.Rule == c.Rule })
		if i < 0 {
			list = append(list, failing{c, false})
			continue
		}
		f := &list[i]
		if rank(c.Severity) < rank(f.Severity) {
			f.Severity = c.Severity
		}
		f.Bodies, f.several = max(f.Bodies, c.Bodies), true
	}
	slices.SortStableFunc(list, func(a, b failing) int { return b.Bodies - a.Bodies })
	return list
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
