package report

// Mayor is the page for whoever has two minutes: five sentences and one picture.
// The three things to do first are the document's.
type Mayor struct {
	Sentences []string
	Picture   Chart
}

// Chart is a picture of how the families stand, with the words for whoever does
// not see it and the table with the same values.
type Chart struct {
	Title       string
	Description string
	SVG         []byte // stands alone: colours as attributes, classes for the page's style sheet
	Width       int    // of the SVG's own scale
	Height      int
	Columns     []string
	Rows        [][]string // the first cell says what the row is about
}

func mayor(_ words, _ Document) Mayor { return Mayor{} }
