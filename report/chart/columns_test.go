package chart_test

import (
	"strings"
	"testing"

	"campanile/report/chart"
)

func months() chart.Columns {
	c := chart.Columns{
		Title: "Month by month", Description: "One column for each month.", Top: "20 towns", Mark: "the rules changed",
		Series: []chart.Series{{Name: "well", Style: chart.Good}, {Name: "middling", Style: chart.Fair}, {Name: "badly", Style: chart.Bad}, {Name: "unknown", Style: chart.Unknown}},
	}
	for i := range 24 {
		c.Columns = append(c.Columns, chart.Column{Name: "gen 2026", Values: []float64{float64(i), 3, 0, 1}, Marked: i == 4})
	}
	return c
}

func TestColumnsLieInsideTheDrawing(t *testing.T) {
	t.Parallel()
	one, none := months(), months()
	one.Columns, none.Columns = one.Columns[:1], nil
	nothing := months()
	nothing.Columns = []chart.Column{{Name: "gen"}, {Name: "feb", Values: []float64{-1, 0}}}
	for name, c := range map[string]chart.Columns{"years": months(), "one": one, "none": none, "nothing": nothing, "empty": {}} {
		for _, e := range read(t, c.SVG()) {
			if e.name != "rect" {
				continue
			}
			x, y, w, h := size(t, e, "x"), size(t, e, "y"), size(t, e, "width"), size(t, e, "height")
			if x < 0 || y < 0 || w < 1 || h <= 0 || x+w > chart.Width || y+h > float64(c.Height()) {
				t.Errorf("%s: area %v outside %d x %d", name, e.attr, chart.Width, c.Height())
			}
		}
	}
}

// Names stand equally far apart, and the last column, which is today's, has one.
func TestTheLastColumnHasItsName(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 24; n++ {
		c := months()
		c.Columns = c.Columns[:n]
		for i := range c.Columns {
			c.Columns[i].Name = "gen 2026"
		}
		c.Columns[n-1].Name = "nov 2026"
		if svg := string(c.SVG()); strings.Count(svg, "nov 2026<") != 1 || n > 12 && strings.Count(svg, "gen 2026<") < 2 {
			t.Errorf("%d columns: %s", n, svg)
		}
	}
}

func TestColumnsShareOneScale(t *testing.T) {
	t.Parallel()
	c := chart.Columns{Series: []chart.Series{{Style: chart.Good}}, Columns: []chart.Column{{Values: []float64{10}}, {Values: []float64{5}}, {}}}
	var heights []float64
	for _, e := range read(t, c.SVG()) {
		if e.name == "rect" {
			heights = append(heights, size(t, e, "height"))
		}
	}
	if len(heights) != 2 || heights[1] < heights[0]*0.48 || heights[1] > heights[0]*0.52 {
		t.Errorf("heights %v, want two of which the second is half the first", heights)
	}
}

// A month in which the rules changed has a mark, which is explained once.
func TestAMarkIsExplainedWhereThereIsOne(t *testing.T) {
	t.Parallel()
	with, without := months(), months()
	without.Columns = without.Columns[5:]
	if svg := string(with.SVG()); strings.Count(svg, "chart-mark") != 2 || !strings.Contains(svg, with.Mark) {
		t.Errorf("a marked month: %d marks, want one and its explanation", strings.Count(svg, "chart-mark"))
	}
	if svg := string(without.SVG()); strings.Contains(svg, "chart-mark") || strings.Contains(svg, without.Mark) {
		t.Error("a mark is explained that no month has")
	}
}

// The names of 24 months do not fit side by side: those that would run into the one
// before are left out.
func TestNamesOfColumnsDoNotRunIntoEachOther(t *testing.T) {
	t.Parallel()
	if n := strings.Count(string(months().SVG()), ">gen 2026<"); n < 3 || n > 6 {
		t.Errorf("%d names below 24 columns", n)
	}
}

func TestColumnsOfStrangersAreHarmless(t *testing.T) {
	t.Parallel()
	c := months()
	c.Title, c.Columns[0].Name, c.Top, c.Mark = hostile, hostile, hostile, hostile
	for _, e := range read(t, c.SVG()) {
		if e.name == "script" {
			t.Error("a name became an element")
		}
	}
}
