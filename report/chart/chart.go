// Package chart draws horizontal bars as SVG: with a title and a description for
// whoever does not see them, and nothing that a page would have to fetch or run.
//
// A drawing stands alone: its colours are attributes, so that a word processor
// shows it too; its classes let a style sheet repaint it, for the dark for one.
// Beside it belongs a table with the same values: that is the caller's.
package chart

// Style says how a part of a bar looks. No two of a kind look the same in grey.
type Style string

// The styles. The first four are for judgements, the others for series.
const (
	Good    Style = "good"
	Fair    Style = "fair" // between the two
	Bad     Style = "bad"
	Unknown Style = "unknown"
	First   Style = "first"
	Second  Style = "second"
	Third   Style = "third"
)

// paint gives the colours of a style: of its area, its edge and what is written in it.
func (s Style) paint() (fill, edge, ink string) {
	switch s {
	case Good:
		return "#b5dac9", "#2a5d4e", "#10241d"
	case Fair:
		return "#e0a030", "#6a4a00", "#1c1400"
	case Bad, First:
		return "#8f1616", "#8f1616", "#ffffff"
	case Second:
		return "#8fb3d6", "#1f4f7d", "#0d1d2c"
	case Third, Unknown:
	}
	return "#ffffff", "#55606f", "#1c2430"
}

// Series is what the parts of the bars at one place stand for.
type Series struct {
	Name  string
	Style Style
}

// Bar is one row.
type Bar struct {
	Name   string
	Note   string    // at the end of its line: a total, a value
	Values []float64 // one for each series; zero or less draws nothing
	Labels []string  // written into the parts; a missing one writes nothing
}

// Chart is a set of bars, each under its name.
type Chart struct {
	Title       string
	Description string
	Series      []Series // explained above the bars where there are several
	Bars        []Bar
	Full        float64 // value of a whole row; zero: the parts of each bar share its row
}

// Width is the width of every drawing, in its own scale: narrow enough that the
// words stay readable on a telephone.
const Width = 400

// Letter is the size of the words of every drawing, in its own scale.
const Letter = 15
