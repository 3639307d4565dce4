package dashboard

import (
	"net/http"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/history"
	"campanile/rules"
)

// compareView is the territory on two days.
type compareView struct {
	Before, After string // the days, as a field of a form has them
	Wrong         string // what is wrong with them
	Shown         bool
	Lead          string
	Sums          table
	Moves         []string
	Rejudged      string
	Joined        string
	Towns         []comparedTown
	Still         []townLink // those on this page that did not move
	Sheets        sheets
}

// comparedTown is what happened to one town between the two days.
type comparedTown struct {
	Name, Link string
	Grades     string
	Changes    []changeView
	Rejudged   []changeView
}

// comparePage lays two days side by side: the first look and today, where no other
// days are asked for.
func (s *site) comparePage(w http.ResponseWriter, r *http.Request) {
	t, query := s.teller(r), r.URL.Query()
	view := compareView{Before: clipped(query.Get("before"), 20), After: clipped(query.Get("after"), 20)}
	if view.Before == "" || view.After == "" {
		if err := s.daysOf(r, &view); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	before, after, wrong := t.days(view.Before, view.After)
	if wrong != "" {
		view.Wrong = wrong
		for _, day := range []*string{&view.Before, &view.After} {
			if _, err := time.Parse(time.DateOnly, *day); err != nil {
				*day = "" // a field for a day takes nothing else
			}
		}
		status := http.StatusOK
		if query.Has("before") || query.Has("after") {
			status = http.StatusBadRequest
		}
		s.page(w, r, "compare", status, view)
		return
	}
	this := sheetOf(r)
	c, err := s.Chronicle.Compare(r.Context(), s.viewerOf(r).filter(), before, after, store.Page{Order: chronicle.ByMoves, Limit: perSheet, Offset: (this - 1) * perSheet})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view.Sheets = t.sheetsOf(r, this, c.Total)
	t.compare(&view, c)
	view.Lead = t.Say("figures.compare.lead", "Before", t.day(before), "After", t.day(after))
	s.page(w, r, "compare", http.StatusOK, view)
}

// daysOf fills in the days that were not given: the first month that is known, and
// today.
func (s *site) daysOf(r *http.Request, v *compareView) error {
	o, err := s.Chronicle.Overview(r.Context(), s.viewerOf(r).filter())
	if err != nil {
		return err
	}
	if v.After == "" {
		v.After = s.now().Format(time.DateOnly)
	}
	if v.Before == "" {
		first := s.now().AddDate(0, 0, -1)
		for _, sum := range o.Sums {
			if sum.Towns > 0 && sum.At.Before(first) {
				first = sum.At.Add(-12 * time.Hour) // a month ends at its own hour
				break
			}
		}
		v.Before = first.In(s.Zone).Format(time.DateOnly)
	}
	return nil
}

// days reads the two days: each up to its end, as a look of that day counts.
func (t teller) days(before, after string) (from, to time.Time, wrong string) {
	read := func(text string) (time.Time, bool) {
		day, err := time.ParseInLocation(time.DateOnly, text, t.zone)
		if err != nil || day.Year() < 2000 || day.Year() > 9000 {
			return day, false
		}
		return day.AddDate(0, 0, 1).Add(-time.Second), true
	}
	from, ok := read(before)
	if !ok {
		return from, to, t.Say("figures.compare.bad-before", "Example", "2026-01-31")
	}
	if to, ok = read(after); !ok {
		return from, to, t.Say("figures.compare.bad-after", "Example", "2026-01-31")
	}
	if !from.Before(to) {
		return from, to, t.Say("figures.compare.order")
	}
	return from, to, ""
}

func (t teller) compare(v *compareView, c chronicle.Comparison) {
	v.Shown = true
	v.Sums = t.sums(c.Before, c.After)
	for _, each := range []struct {
		kind history.Kind
		id   string
	}{
		{history.Mended, "figures.compare.mended"},
		{history.Appeared, "figures.compare.appeared"},
		{history.Returned, "figures.compare.returned"},
		{history.Worsened, "figures.compare.worsened"},
		{history.Eased, "figures.compare.eased"},
		{history.Vanished, "figures.compare.vanished"},
	} {
		if n := c.Moves[each.kind]; n > 0 {
			v.Moves = append(v.Moves, t.Count(each.id, n))
		}
	}
	if n := c.Rejudged[history.RulesChanged] + c.Rejudged[history.Untold]; n > 0 {
		v.Rejudged = t.Count("figures.compare.rejudged", n)
	}
	if n := c.After.Joined; n > 0 {
		v.Joined = t.Count("figures.compare.joined", n)
	}
	for _, each := range c.Towns {
		town := c.Names[each.ID]
		line := comparedTown{Name: report.Plain(town.Name), Link: townPath(town.ID), Grades: t.grades(each)}
		for _, change := range each.Moved {
			line.Changes = t.gather(line.Changes, change, "", "")
		}
		for _, change := range each.Rejudged {
			line.Rejudged = t.gather(line.Rejudged, change, "", "")
		}
		if len(line.Changes)+len(line.Rejudged) == 0 && each.Before.Grade == each.After.Grade {
			v.Still = append(v.Still, townLink{Name: line.Name, Link: line.Link})
			continue
		}
		v.Towns = append(v.Towns, line)
	}
}

// grades says where a town stood and stands.
func (t teller) grades(c history.Compared) string {
	name := func(p history.Point) string {
		switch {
		case p.Taken.IsZero():
			return t.Say("figures.never")
		case p.Grade == "":
			return t.Say("figures.grades.none")
		}
		return p.Grade
	}
	before, after := name(c.Before), name(c.After)
	if before == after {
		return t.Say("figures.compare.same", "Grade", after)
	}
	return t.Say("figures.compare.grades", "Before", before, "After", after)
}

// sums is the table of both days.
func (t teller) sums(before, after history.Sum) table {
	list := table{Caption: t.Say("figures.compare.sums"), Hidden: true, Head: []string{
		t.Say("figures.column.what"), t.Say("figures.column.before"), t.Say("figures.column.after"), t.Say("figures.column.difference"),
	}}
	add := func(name string, a, b int) {
		list.Rows = append(list.Rows, row(name, t.count(a), t.count(b), t.difference(b-a)))
	}
	x, y := standingOf(before.Grades), standingOf(after.Grades)
	add(t.Say("figures.column.looked"), before.Towns, after.Towns)
	add(t.Say("figures.standing.well"), x.Well, y.Well)
	add(t.Say("figures.standing.fair"), x.Fair, y.Fair)
	add(t.Say("figures.standing.bad"), x.Bad, y.Bad)
	add(t.Say("figures.standing.unknown"), x.Unknown, y.Unknown)
	for _, each := range []struct {
		severity rules.Severity
		name     string
	}{
		{rules.Critical, t.Say("figures.compare.critical")},
		{rules.High, t.Say("figures.compare.high")},
		{rules.Medium, t.Say("figures.compare.medium")},
		{rules.Low, t.Say("figures.compare.low")},
	} {
		add(each.name, before.Fail[each.severity], after.Fail[each.severity])
	}
	return list
}

// difference writes a number with its sign; the minus is a real one.
func (t teller) difference(n int) string {
	switch {
	case n > 0:
		return "+" + t.count(n)
	case n < 0:
		return "−" + t.count(-n)
	}
	return "0"
}
