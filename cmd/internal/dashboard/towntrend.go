package dashboard

import (
	"cmp"

	"campanile/report/chart"
	"campanile/report/history"
	"campanile/rules"
)

// townTrend is how the findings of a municipality moved: a picture, and the same
// values as a table.
type townTrend struct {
	SVG   []byte
	Table table
	Rules bool // at some point the rules changed
}

// mostPoints is how many months the picture shows.
const mostPoints = 24

// townTrend draws the last look of each month, and each change of the rules.
func (t teller) townTrend(points []history.Point) townTrend {
	var list []history.Point
	for i, p := range points {
		last := i == len(points)-1 || t.month(points[i+1].Taken) != t.month(p.Taken)
		if last {
			list = append(list, p)
		}
	}
	list = list[max(0, len(list)-mostPoints):]
	if len(list) < 2 {
		return townTrend{} // one look alone shows no movement
	}
	drawing := chart.Columns{
		Title: t.Say("dashboard.trend.heading"),
		Mark:  t.Say("dashboard.trend.mark"),
		Series: []chart.Series{
			{Name: t.Say("dashboard.trend.grave"), Style: chart.First}, {Name: t.Say("dashboard.trend.medium"), Style: chart.Second}, {Name: t.Say("dashboard.trend.low"), Style: chart.Third},
		},
	}
	out := townTrend{Table: table{Caption: t.Say("dashboard.trend.heading"), Hidden: true, Head: []string{
		t.Say("dashboard.trend.month"), t.Say("column.grade"), t.Say("dashboard.trend.grave"), t.Say("dashboard.trend.medium"), t.Say("dashboard.trend.low"),
		t.Say("dashboard.trend.unseen"), t.Say("dashboard.trend.note"),
	}}}
	most := 0
	for i, p := range list {
		grave, medium, low := p.Fail[rules.Critical]+p.Fail[rules.High], p.Fail[rules.Medium], p.Fail[rules.Low]
		most = max(most, grave+medium+low)
		rejudged, note := i > 0 && p.Rules != list[i-1].Rules, "–"
		if rejudged {
			out.Rules, note = true, t.Say("dashboard.trend.mark")
		}
		drawing.Columns = append(drawing.Columns, chart.Column{
			Name: t.shortMonth(history.Sum{At: p.Taken}), Values: []float64{float64(grave), float64(medium), float64(low)}, Marked: rejudged,
		})
		out.Table.Rows = append(out.Table.Rows, row(
			t.month(p.Taken), cmp.Or(p.Grade, "–"), t.count(grave), t.count(medium), t.count(low), t.count(p.Unseen+p.Inconclusive), note,
		))
	}
	first, last := list[0], list[len(list)-1]
	drawing.Top = t.Count("dashboard.trend.top", most)
	drawing.Description = t.Say("dashboard.trend.picture",
		"First", t.month(first.Taken), "Before", t.Count("dashboard.findings", failed(first)), "Last", t.month(last.Taken), "After", t.Count("dashboard.findings", failed(last)))
	out.SVG = drawing.SVG()
	return out
}

func failed(p history.Point) int {
	n := 0
	for _, severity := range counted() {
		n += p.Fail[severity]
	}
	return n
}
