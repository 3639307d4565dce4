package dashboard

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/report"
)

// state is what is being looked at, also where there is no queue to ask.
type state struct {
	queue.State

	Known bool // there is a queue
}

// runsKept is how many runs are asked for where there is no queue.
const runsKept = 20

// stateOf asks the queue, and where there is none the store, how far the runs are.
func (s *site) stateOf(ctx context.Context) (state, error) {
	if q, ok := s.Queue.(interface {
		State(ctx context.Context) (queue.State, error)
	}); ok {
		st, err := q.State(ctx)
		return state{st, true}, err
	}
	runs, err := s.Chronicle.Store.Runs(ctx, runsKept)
	if err != nil {
		return state{}, err
	}
	var st state
	for _, run := range runs {
		each := queue.RunState{Run: run}
		if each.Progress, err = s.Chronicle.Store.Progress(ctx, run.ID); err != nil {
			return state{}, err
		}
		st.Runs = append(st.Runs, each)
	}
	return st, nil
}

// progressView is a run that goes on.
type progressView struct {
	Name       string
	Began      string
	Done, All  int
	Said, Left string
}

// progress tells how far the runs are that go on.
func (t teller) progress(s state) []progressView {
	var list []progressView
	for _, r := range s.Runs {
		if !r.Ended.IsZero() {
			continue
		}
		over, all := r.Done+r.Failed, r.Done+r.Failed+r.Waiting
		v := progressView{
			Name: t.run(r.Run), Began: t.hour(r.Began), Done: over, All: max(all, 1),
			Said: t.Count("figures.progress.done", r.Done, "Total", t.count(all)),
		}
		if r.Failed > 0 {
			v.Said += " " + t.Count("figures.progress.failed", r.Failed)
		}
		switch {
		case r.Waiting == 0:
			v.Left = t.Say("figures.progress.closing")
		case s.Known && len(s.Workers) == 0:
			v.Left = t.Say("figures.progress.nobody")
		case r.Left > 0:
			v.Left = t.Say("figures.progress.left", "Duration", t.duration(r.Left))
		default:
			v.Left = t.Say("figures.progress.early")
		}
		list = append(list, v)
	}
	return list
}

// run names a run: by what it is where the program has named it, as a person has named
// it, or else by its number.
func (t teller) run(r store.Run) string {
	schedule, _, due := strings.Cut(r.Name, ", due ")
	after, second := strings.CutPrefix(r.Name, "second look after run ")
	switch {
	case r.Name == "":
		return t.Say("figures.run", "Number", t.Number(r.ID))
	case r.Name == "by hand":
		return t.Say("figures.runs.hand")
	case second:
		return t.Say("figures.runs.second", "Number", report.Plain(after))
	case due:
		said, where := t.schedule(schedule)
		return report.Plain(strings.TrimSpace(said + " " + where))
	}
	return report.Plain(r.Name)
}

// live is whether a page comes anew by itself while a run goes on. Nobody's page does
// so unasked: who has it read aloud would begin again every few seconds (WCAG 2.2.1).
type live struct {
	On   bool
	Link string // turns it on, or off
}

// every is how often such a page comes anew, in seconds.
const every = "10"

// liveOf reads what the address asks; nil where no run goes on.
func liveOf(r *http.Request, running bool) *live {
	if !running {
		return nil
	}
	query := url.Values{}
	maps.Copy(query, r.URL.Query())
	on := query.Get("live") == "1"
	query.Del("live")
	if !on {
		query.Set("live", "1")
	}
	link := r.URL.Path
	if len(query) > 0 {
		link += "?" + query.Encode()
	}
	return &live{on, link}
}

// announce asks the browser to come again.
func (l *live) announce(w http.ResponseWriter) {
	if l != nil && l.On {
		w.Header().Set("Refresh", every)
	}
}

// runsView is the page on the runs.
type runsView struct {
	Said     string
	Progress []progressView
	Live     *live
	Workers  table
	Nobody   string // said where no worker is there
	Next     nextView
	Runs     table
}

// runsPage shows what the queue does.
func (s *site) runsPage(w http.ResponseWriter, r *http.Request) {
	t := s.teller(r)
	st, err := s.stateOf(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view := runsView{Progress: t.progress(st), Said: t.queued(st), Workers: t.workers(st, s.Now()), Runs: t.runs(st.Runs)}
	view.Live = liveOf(r, len(view.Progress) > 0)
	if len(st.Workers) == 0 {
		view.Nobody = t.Say("figures.workers.none")
	}
	if view.Next, err = s.nextOf(r.Context(), t); err != nil {
		s.fail(w, r, err)
		return
	}
	view.Live.announce(w)
	s.page(w, r, "queue", http.StatusOK, view)
}

// queued says in a sentence what waits and what is under way.
func (t teller) queued(s state) string {
	if !s.Known {
		return t.Say("figures.queue.unknown")
	}
	planned := 0 // the planner brings back what is in no queue
	for _, r := range s.Runs {
		if r.Ended.IsZero() {
			planned += r.Waiting
		}
	}
	waiting := max(s.Waiting, planned-s.Running-s.Retrying)
	if waiting+s.Running+s.Retrying == 0 {
		return t.Say("figures.queue.idle")
	}
	parts := []string{t.Count("figures.queue.running", s.Running), t.Count("figures.queue.waiting", waiting)}
	if s.Retrying > 0 {
		parts = append(parts, t.Count("figures.queue.retrying", s.Retrying))
	}
	return t.Say("figures.queue.said", "List", t.List(parts))
}

func (t teller) workers(s state, now time.Time) table {
	list := table{Caption: t.Say("figures.workers.heading"), Hidden: true, Head: []string{
		t.Say("figures.column.worker"), t.Say("figures.column.since"), t.Say("figures.column.sign"), t.Say("figures.column.running"),
	}}
	for _, each := range s.Workers {
		ago := t.Say("figures.workers.now")
		if d := now.Sub(each.Seen); d > 2*time.Minute {
			ago = t.Say("figures.workers.ago", "Duration", t.duration(d))
		}
		list.Rows = append(list.Rows, row(report.Plain(each.Name), t.hour(each.Since), ago, t.count(each.Running)))
	}
	return list
}

func (t teller) runs(runs []queue.RunState) table {
	list := table{Caption: t.Say("figures.runs.heading"), Hidden: true, Head: []string{
		t.Say("figures.column.run"), t.Say("figures.column.began"), t.Say("figures.column.ended"), t.Say("figures.column.done"), t.Say("figures.column.failed"),
	}}
	for _, r := range runs {
		ended := t.Say("figures.runs.going")
		if !r.Ended.IsZero() {
			ended = t.hour(r.Ended)
		}
		list.Rows = append(list.Rows, row(t.run(r.Run), t.hour(r.Began), ended, t.count(r.Done), t.count(r.Failed)))
	}
	return list
}

// schedule says in words what a schedule says in the form of queue.ParseSchedule:
// when, and for which towns.
func (t teller) schedule(text string) (said, where string) {
	text, where, _ = strings.Cut(text, " where ")
	when, clock, _ := strings.Cut(text, " at ")
	often, on, _ := strings.Cut(when, " on ")
	switch often {
	case "daily":
		return t.Say("figures.schedule.daily", "Time", clock), where
	case "weekly":
		days := map[string]string{
			"Monday": t.Say("figures.day.monday"), "Tuesday": t.Say("figures.day.tuesday"), "Wednesday": t.Say("figures.day.wednesday"), "Thursday": t.Say("figures.day.thursday"),
			"Friday": t.Say("figures.day.friday"), "Saturday": t.Say("figures.day.saturday"), "Sunday": t.Say("figures.day.sunday"),
		}
		if day := days[on]; day != "" {
			return t.Say("figures.schedule.weekly", "Day", day, "Time", clock), where
		}
	case "monthly":
		number := strings.TrimPrefix(on, "day ")
		if number == "31" {
			return t.Say("figures.schedule.last", "Time", clock), where
		}
		if number == "1" {
			number = t.Say("date.first")
		}
		return t.Say("figures.schedule.monthly", "Number", number, "Time", clock), where
	}
	return report.Plain(text), where
}
