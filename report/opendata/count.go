package opendata

import (
	"math"
	"slices"
)

// grades counts by grade, month by month.
func (f *figures) grades() []GradeRow {
	rows := []GradeRow{}
	for m := range f.Months {
		groups := f.groups(m, f.counted(m), f.joined)
		f.withhold(groups, func(i int) string { return f.Towns[i].standing(m).Grade })
		for _, g := range groups {
			row := GradeRow{Row: g.Row}
			if g.Status == Published {
				row.Grades = map[string]int{}
				for _, name := range f.Grades {
					row.Grades[name] = g.count(func(i int) bool { return f.Towns[i].standing(m).Grade == name })
				}
				row.Ungraded = new(g.count(func(i int) bool { return !slices.Contains(f.Grades, f.Towns[i].standing(m).Grade) }))
			}
			if g.Status != Merged {
				row.Municipalities = new(len(g.towns))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// subjects counts by duty and theme, month by month.
func (f *figures) subjects() []SubjectRow {
	rows := []SubjectRow{}
	for m := range f.Months {
		for n := range f.Subjects {
			groups := f.groups(m, f.counted(m), f.joined)
			f.withhold(groups, func(i int) string {
				switch f.Towns[i].standing(m).state(n) {
				case Met:
					return "met"
				case NotMet:
					return "not met"
				case NotMeasured, NotApplicable:
				}
				return ""
			})
			for _, g := range groups {
				rows = append(rows, f.subject(m, n, g))
			}
		}
	}
	return rows
}

func (f *figures) subject(m, n int, g group) SubjectRow {
	s := f.Subjects[n]
	row := SubjectRow{Row: g.Row, Kind: s.Kind, Subject: s.ID}
	if g.Status != Merged {
		row.Municipalities = new(len(g.towns))
	}
	if g.Status != Published {
		return row
	}
	count := func(state State) *int {
		return new(g.count(func(i int) bool { return f.Towns[i].standing(m).state(n) == state }))
	}
	row.Met, row.NotMet, row.NotMeasured, row.NotApplicable = count(Met), count(NotMet), count(NotMeasured), count(NotApplicable)
	if known := *row.Met + *row.NotMet; known >= Least {
		row.ShareMet = rounded(100 * float64(*row.Met) / float64(known))
	}
	return row
}

// maturity averages the forms at the end of the last month. The municipalities that
// filled one in are fewer than those that were looked at: more groups have too few.
func (f *figures) maturity() []MaturityRow {
	rows, m := []MaturityRow{}, len(f.Months)-1
	if m < 0 {
		return rows
	}
	var filled []int
	var cells []cell
	for _, i := range f.counted(m) {
		if f.Towns[i].Filled {
			filled, cells = append(filled, i), append(cells, f.plain[i])
		}
	}
	if len(filled) < Least {
		return rows
	}
	for _, g := range f.groups(m, filled, join(cells, f.joined)) {
		row := MaturityRow{Row: g.Row}
		if g.Status == Published {
			sum := 0.0
			for _, i := range g.towns {
				sum += f.Towns[i].Points
			}
			row.Forms, row.Points = new(len(g.towns)), rounded(sum/float64(len(g.towns)))
		}
		rows = append(rows, row)
	}
	return rows
}

// withhold keeps back the figures of groups in which all municipalities of which
// something is known have the same result: the figure of such a group is the result
// of each. It does so whatever the result is, so that the gap tells nothing. Where
// one group is kept back, another one is, too: else the rest would tell it.
func (f *figures) withhold(groups []group, result func(town int) string) {
	same := func(towns []int) bool {
		known := map[string]bool{}
		for _, i := range towns {
			if r := result(i); r != "" {
				known[r] = true
			}
		}
		return len(known) == 1
	}
	for _, grouping := range []string{wholeTerritory, areas, classes} {
		var shown []int // places in groups, the smallest group first
		for n, g := range groups {
			if g.Grouping == grouping && g.Status == Published {
				shown = append(shown, n)
			}
		}
		slices.SortStableFunc(shown, func(a, b int) int { return len(groups[a].towns) - len(groups[b].towns) })
		var hidden, left []int
		var towns []int
		for _, n := range shown {
			if same(groups[n].towns) {
				hidden, towns = append(hidden, n), append(towns, groups[n].towns...)
			} else {
				left = append(left, n)
			}
		}
		for len(hidden) > 0 && len(left) > 0 && (len(hidden) == 1 || same(towns)) {
			hidden, towns, left = append(hidden, left[0]), append(towns, groups[left[0]].towns...), left[1:]
		}
		for _, n := range hidden {
			groups[n].Status = Withheld
		}
	}
}

// standing is how a town stood at the end of a month.
func (t Town) standing(m int) Standing {
	if m < len(t.Months) {
		return t.Months[m]
	}
	return Standing{}
}

// state is how a town stands to a subject.
func (s Standing) state(subject int) State {
	if subject < len(s.States) {
		return s.States[subject]
	}
	return NotApplicable
}

func (g group) count(of func(town int) bool) int {
	n := 0
	for _, i := range g.towns {
		if of(i) {
			n++
		}
	}
	return n
}

func rounded(x float64) *float64 {
	x = math.Round(x*10) / 10
	return &x
}
