package chart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"campanile/report/chart"
)

const hostile = "<script>alert(1)</script>\"'&\x1b]8;;x\x00 \u202e=HYPERLINK(1)"

func sample() chart.Chart {
	return chart.Chart{
		Title: "How it stands", Description: "One bar for each subject.",
		Series: []chart.Series{{Name: "in order", Style: chart.Good}, {Name: "to mend", Style: chart.Bad}, {Name: "without an answer", Style: chart.Unknown}},
		Bars: []chart.Bar{
			{Name: "Mail", Note: "213 checks", Values: []float64{210, 1, 2}, Labels: []string{"210", "1", "2"}},
			{Name: "A very long name of a subject that no telephone can show on one line", Note: "1 check", Values: []float64{0, 0, 1}, Labels: []string{"0", "0", "1"}},
		},
	}
}

// element is what a reader sees of one.
type element struct {
	name, text string
	attr       map[string]string
}

// read takes the drawing apart as any XML reader would.
func read(t *testing.T, svg []byte) []element {
	t.Helper()
	var list []element
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%s", err, svg)
		}
		switch x := token.(type) {
		case xml.StartElement:
			e := element{name: x.Name.Local, attr: map[string]string{}}
			for _, a := range x.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			list = append(list, e)
		case xml.CharData:
			if n := len(list); n > 0 {
				list[n-1].text += strings.TrimSpace(string(x))
			}
		}
	}
}

func size(t *testing.T, e element, name string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(e.attr[name], 64)
	if err != nil {
		t.Fatalf("%s of %v: %v", name, e, err)
	}
	return f
}

func TestEveryAreaLiesInsideTheDrawing(t *testing.T) {
	t.Parallel()
	many := sample()
	for i := range 40 {
		many.Bars = append(many.Bars, chart.Bar{Name: "x", Values: []float64{float64(i), 1000, 0.5}, Labels: []string{strconv.Itoa(i), "1000", "½"}})
	}
	full := sample()
	full.Full, full.Bars[0].Values, full.Bars[0].Labels = 100, []float64{37, 80, 99}, nil
	for name, c := range map[string]chart.Chart{"shares": sample(), "many": many, "full": full, "empty": {}} {
		for _, e := range read(t, c.SVG()) {
			if e.name != "rect" {
				continue
			}
			x, y, w, h := size(t, e, "x"), size(t, e, "y"), size(t, e, "width"), size(t, e, "height")
			if x < 0 || y < 0 || w < 1 || h < 1 || x+w > chart.Width || y+h > float64(c.Height()) {
				t.Errorf("%s: area %v outside %d x %d", name, e.attr, chart.Width, c.Height())
			}
		}
	}
}

func TestOneFailureAmongTwoHundredChecksIsSeen(t *testing.T) {
	t.Parallel()
	var bad, good element
	labels := map[string]bool{}
	for _, e := range read(t, sample().SVG()) {
		switch e.attr["class"] {
		case "chart-bad":
			bad = e // the last one: the legend comes first
		case "chart-good":
			good = e
		}
		labels[e.text] = true
	}
	if w := size(t, bad, "width"); w < 12 {
		t.Errorf("the failure is %g wide", w)
	}
	if size(t, good, "width") < 10*size(t, bad, "width") {
		t.Error("two hundred are not much more than one")
	}
	for _, want := range []string{"210", "1", "2", "213 checks", "in order", "to mend", "without an answer"} {
		if !labels[want] {
			t.Errorf("%q is not written", want)
		}
	}
}

func TestNothingDrawnForZero(t *testing.T) {
	t.Parallel()
	c := sample()
	c.Series, c.Bars = c.Series[:1], []chart.Bar{{Name: "x", Values: []float64{0, -3}}}
	for _, e := range read(t, c.SVG()) {
		if e.name == "rect" {
			t.Errorf("drew %v", e.attr)
		}
	}
}

func TestAHostileTextIsOnlyText(t *testing.T) {
	t.Parallel()
	c := sample()
	c.Title, c.Description, c.Bars[0].Name, c.Bars[0].Note, c.Bars[0].Labels[0], c.Series[0].Name = hostile, hostile, hostile, hostile, hostile, hostile
	seen := 0
	for _, e := range read(t, c.SVG()) {
		switch e.name {
		case "svg", "title", "desc", "rect", "text":
		default:
			t.Errorf("element %s", e.name)
		}
		for name := range e.attr {
			if strings.HasPrefix(name, "on") || name == "style" || name == "href" || name == "id" {
				t.Errorf("attribute %s", name)
			}
		}
		if strings.Contains(e.text, "<script>") {
			seen++
		}
	}
	if seen < 4 {
		t.Errorf("the text is shown %d times only", seen)
	}
}

func TestTheSameChartGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(sample().SVG(), sample().SVG()) {
		t.Error("two drawings of one chart differ")
	}
}

// The drawing goes into word processors too, that have no style sheet.
func TestColoursNeedNoStyleSheet(t *testing.T) {
	t.Parallel()
	for _, e := range read(t, sample().SVG()) {
		if (e.name == "rect" || e.name == "text") && (e.attr["fill"] == "" || e.attr["class"] == "") {
			t.Errorf("%s without a colour or a class: %v", e.name, e.attr)
		}
	}
}
