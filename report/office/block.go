package office

// Block is a part of the body: Heading, Paragraph, List, Table, Figure,
// Contents or PageBreak.
type Block interface{ block() }

// Heading begins a section. Levels go from 1 to 4, and none is left out on the
// way down: people who do not see the page walk through it by them.
type Heading struct {
	Level  int
	Text   []Run
	Anchor string // what a Run's Link "#…" leads to; may be empty
}

// Paragraph is a text in one of the styles.
type Paragraph struct {
	Style Style
	Text  []Run
}

// Style says what a paragraph is, not what it looks like.
type Style string

// The styles of paragraphs.
const (
	Normal   Style = ""
	Title    Style = "title"     // the title on the first page
	Subtitle Style = "subtitle"  // below it
	Lead     Style = "lead"      // what matters most, somewhat larger
	Note     Style = "note"      // small print
	Quote    Style = "quote"     // words of others, such as evidence
	Code     Style = "code"      // to copy letter by letter; nobody spells it
	SignHere Style = "sign-here" // a label above an empty line
)

// Run is a piece of text in one manner.
type Run struct {
	Text     string
	Bold     bool
	Italic   bool
	Code     bool   // to copy letter by letter
	Break    bool   // begins a new line
	Language string // where it is not the document's
	// Link leads to a page (http, https), a mailbox (mailto) or, as "#anchor",
	// to a heading. Anything else is no link: the text stays, and does nothing.
	Link string
}

// Plain gives a text without any manner.
func Plain(text string) []Run { return []Run{{Text: text}} }

// Text gives a paragraph in the ordinary style.
func Text(text string) Paragraph { return Paragraph{Text: Plain(text)} }

// List is a list of one kind.
type List struct {
	Kind  Kind
	Items []Item
}

// Kind says what stands before the items of a list.
type Kind string

// The kinds of lists.
const (
	Bullets Kind = ""
	Numbers Kind = "numbers" // each list begins at 1
	Ticks   Kind = "ticks"   // boxes to tick
)

// Item is one entry of a list.
type Item struct {
	Text []Run
	More []Paragraph // below it, as far in
	Done bool        // its box is ticked, in a list of Ticks
}

// Table is a table. Every row has as many cells as the first.
type Table struct {
	Caption string // stands above; also what a screen reader says of it
	// Language is the caption's, where it is not the document's.
	Language string
	Widths   []int  // shares of the width; none makes the columns equal
	Header   []Cell // repeated on each page; may be empty
	Rows     [][]Cell
	Heads    bool // the first cell of each row says what the row is about
}

// Cell is the paragraphs of one cell.
type Cell []Paragraph

// Words gives a cell with one text.
func Words(text string) Cell { return Cell{Text(text)} }

// Figure is a picture with its words. With both kinds of picture a reader takes
// the SVG where it can.
type Figure struct {
	PNG         []byte
	SVG         []byte  // self-contained: no script, no link, nothing from elsewhere
	Width       float64 // in millimetres, at most 170
	Height      float64
	Title       string // what it is
	Description string // what it shows, for whoever does not see it
	Caption     string // stands below
	Language    string // the caption's, where it is not the document's
}

// Contents is the list of the headings down to a level, each a link. It names
// no pages, which only a word processor counts.
type Contents struct {
	Title  string
	Levels int
}

// PageBreak lets the next block begin on a new page.
type PageBreak struct{}

func (Heading) block()   {}
func (Paragraph) block() {}
func (List) block()      {}
func (Table) block()     {}
func (Figure) block()    {}
func (Contents) block()  {}
func (PageBreak) block() {}
