package dashboard

import (
	"slices"
	"strings"
	"time"

	"campanile/report/chart"
	"campanile/report/history"
	"campanile/rules"
)

// trend is how the territory moved from month to month: a picture, and the same
// values as a table.
type trend struct {
	SVG   []byte
	Table table
	Alone bool // one month alone shows no movement
	Rules bool // in some month the rules changed
}

// standing sorts the towns of a sum by how they stand, as a mayor asks: well, not
// yet, badly, nobody knows.
type standing struct{ Well, Fair, Bad, Unknown int }

func standingOf(grades map[string]int) standing {
	var s standing
	for grade, n := range grades {
		switch grade {
		case "A", "B":
			s.Well += n
		case "C":
			s.Fair += n
		case "":
			s.Unknown += n
		default:
			s.Bad += n
		}
	}
	return s
}

// values are those of a column of the chart, from the ground up.
func (s standing) values() []float64 {
	return []float64{float64(s.Well), float64(s.Fair), float64(s.Bad), float64(s.Unknown)}
}

// moves counts what a sum tells of the towns, and of the rules.
func moves(s history.Sum) (worse, better, rejudged int) {
	for kind, n := range s.Moves {
		switch kind {
		case history.Appeared, history.Returned, history.Worsened:
			worse += n
		case history.Mended, history.Eased:
			better += n
		case history.RulesChanged, history.Untold:
			rejudged += n
		case history.Vanished:
		}
	}
	return worse, better, rejudged
}

// trendOf draws the sums of the months.
func (t teller) trendOf(sums []history.Sum) trend {
	sums = slices.DeleteFunc(slices.Clone(sums), func(s history.Sum) bool { return s.Towns == 0 })
	if len(sums) == 0 {
		return trend{}
	}
	most := 0
	drawing := chart.Columns{
		Title: t.Say("figures.trend.heading"),
		Mark:  t.Say("figures.trend.mark"),
		Series: []chart.Series{
			{Name: t.Say("figures.standing.well"), Style: chart.Good},
			{Name: t.Say("figures.standing.fair"), Style: chart.Fair},
			{Name: t.Say("figures.standing.bad"), Style: chart.Bad},
			{Name: t.Say("figures.standing.unknown"), Style: chart.Unknown},
		},
	}
	out := trend{Alone: len(sums) == 1, Table: table{
		Caption: t.Say("figures.trend.caption"), Head: []string{
			t.Say("figures.column.month"), t.Say("figures.column.looked"), t.Say("figures.standing.well"), t.Say("figures.standing.fair"),
			t.Say("figures.standing.bad"), t.Say("figures.standing.unknown"), t.Say("figures.column.worse"), t.Say("figures.column.better"), t.Say("figures.column.rules"),
		},
	}}
	for i, sum := range sums {
		month := t.monthOf(sum, i == len(sums)-1)
		at := standingOf(sum.Grades)
		worse, better, rejudged := moves(sum)
		most = max(most, sum.Towns)
		out.Rules = out.Rules || rejudged > 0
		drawing.Columns = append(drawing.Columns, chart.Column{Name: short(month), Values: at.values(), Marked: rejudged > 0})
		out.Table.Rows = append(out.Table.Rows, row(
			month, t.count(sum.Towns), t.count(at.Well), t.count(at.Fair), t.count(at.Bad), t.count(at.Unknown),
			t.count(worse), t.count(better), t.count(rejudged),
		))
	}
	slices.Reverse(out.Table.Rows) // who reads wants today first
	first, last := sums[0], sums[len(sums)-1]
	drawing.Top = t.Count("figures.trend.top", most)
	drawing.Description = t.Say("figures.trend.described",
		"First", t.monthOf(first, false), "Before", t.standing(standingOf(first.Grades)), "Last", t.monthOf(last, true), "After", t.standing(standingOf(last.Grades)))
	out.SVG = drawing.SVG()
	return out
}

// monthOf names the month that a sum closes: it is taken where the next one begins,
// wherever people are. The last one is today's, and its month goes on.
func (t teller) monthOf(s history.Sum, last bool) string {
	if last {
		return t.Say("figures.so-far", "Month", t.month(s.At))
	}
	return t.month(s.At.Add(-12 * time.Hour))
}

// shortMonth is the month of a sum below its column.
func (t teller) shortMonth(s history.Sum) string { return short(t.month(s.At)) }

// short is a month in three letters and the year.
func short(month string) string {
	words := strings.Fields(month)
	letters := []rune(words[0])
	text := string(letters[:min(3, len(letters))])
	if text == "jui" { // juin, juillet
		text = string(letters[:min(4, len(letters))])
	}
	if len(words) > 1 {
		text += " " + strings.Trim(words[1], ",")
	}
	return text
}

// standing says in words how towns stand.
func (t teller) standing(s standing) string {
	var list []string
	for _, each := range []struct {
		id string
		n  int
	}{{"figures.sum.well", s.Well}, {"figures.sum.fair", s.Fair}, {"figures.sum.bad", s.Bad}, {"figures.sum.unknown", s.Unknown}} {
		if each.n > 0 {
			list = append(list, t.Count(each.id, each.n))
		}
	}
	return t.List(list)
}

// graded lists the grades with what each means, and how many towns have it.
func (t teller) graded(grades map[string]int) table {
	list := table{Caption: t.Say("figures.grades.heading"), Hidden: true, Head: []string{t.Say("column.grade"), t.Say("figures.column.meaning"), t.Say("figures.column.towns")}}
	meaning := map[string]string{
		"A": t.Say("figures.grades.a"), "B": t.Say("figures.grades.b"), "C": t.Say("figures.grades.c"), "D": t.Say("figures.grades.d"), "E": t.Say("figures.grades.e"),
	}
	for _, g := range t.set.Grades {
		n := cell{Text: t.count(grades[g.Grade])}
		if grades[g.Grade] > 0 {
			n.Link = "/towns?grade=" + g.Grade
		}
		list.Rows = append(list.Rows, []cell{{Text: g.Grade, Sign: g.Grade}, {Text: meaning[g.Grade]}, n})
	}
	list.Rows = append(list.Rows, []cell{{Text: t.Say("figures.grades.none"), Sign: "none"}, {Text: t.Say("figures.grades.unknown")}, {Text: t.count(grades[""])}})
	return list
}

// changed says what happened to a town, after its name.
func (t teller) changed(c history.Change) string {
	values := []string{"Problem", t.problem(c.Rule), "From", t.severity(c.From), "To", t.severity(c.To)}
	switch c.Kind {
	case history.Appeared:
		return t.Say("figures.change.appeared", values...)
	case history.Returned:
		return t.Say("figures.change.returned", values...)
	case history.Worsened:
		return t.Say("figures.change.worsened", values...)
	case history.Eased:
		return t.Say("figures.change.eased", values...)
	case history.Mended:
		return t.Say("figures.change.mended", values...)
	case history.Vanished:
		return t.Say("figures.change.vanished", values...)
	case history.RulesChanged:
		if c.To == "" {
			return t.Say("figures.change.rules-less", values...)
		}
		return t.Say("figures.change.rules-more", values...)
	case history.Untold:
	}
	return t.Say("figures.change.untold", values...)
}

func (t teller) severity(s rules.Severity) string {
	if s == "" {
		return t.Say("figures.change.none")
	}
	return t.Say("severity." + string(s))
}
