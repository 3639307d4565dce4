package chart

import (
	"fmt"
	"strings"
)

// Columns is a set of upright bars side by side: the same thing from time to time.
// All of them have one scale, from nothing to the highest of them.
type Columns struct {
	Title       string
	Description string
	Series      []Series // from the ground up, and explained above
	Columns     []Column
	Top         string // what the highest column has in all, in words: the scale
	Mark        string // what the mark under a column says; explained where one has it
}

// Column is one upright bar.
type Column struct {
	Name   string    // below it; where there are many, most have none
	Values []float64 // one for each series; zero or less draws nothing
	Marked bool
}

// Sizes of upright bars, in the drawing's own scale.
const (
	plot    = 170.0
	ground  = 26.0 // below the plot: marks and names
	widest  = 46.0 // of a column
	breathe = 0.22 // of the room of a column: what parts it from the next
)

// SVG draws the columns. The same columns give the same bytes.
func (c Columns) SVG() []byte {
	d := c.drawn()
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 %d %d" width="%d" height="%d" role="img" font-family="system-ui, 'Noto Sans', 'Liberation Sans', sans-serif" font-size="%s">`,
		Width, c.Height(), Width, c.Height(), number(letter))
	fmt.Fprintf(&out, "\n<title>%s</title>\n<desc>%s</desc>\n%s</svg>\n", escape(c.Title), escape(c.Description), d.text.String())
	return []byte(out.String())
}

// Height gives the height of the drawing, in its own scale.
func (c Columns) Height() int {
	d := c.drawn()
	return max(int(d.y+0.5), 1)
}

func (c Columns) drawn() *drawing {
	d := &drawing{}
	d.legend(c.Series)
	if len(c.Columns) == 0 {
		return d
	}
	c.explainMark(d)
	if c.Top != "" {
		d.words("chart-soft", "#55606f", "start", 0, d.y+letter, c.Top)
		d.y += line + 3
	}
	top := 0.0
	for _, each := range c.Columns {
		top = max(top, each.sum())
	}
	d.rule(d.y + 0.5)
	room := float64(Width) / float64(len(c.Columns))
	wide := min(room*(1-breathe), widest)
	step := c.step(room)
	for i, each := range c.Columns {
		middle := room * (float64(i) + 0.5)
		d.column(c, each, middle-wide/2, wide, top)
		if each.Marked {
			d.mark(middle, d.y+plot+8)
		}
		if (len(c.Columns)-1-i)%step == 0 {
			d.name(each.Name, middle)
		}
	}
	d.rule(d.y + plot)
	d.y += plot + ground
	return d
}

func (c Column) sum() float64 {
	sum := 0.0
	for _, v := range c.Values {
		sum += max(v, 0)
	}
	return sum
}

// column stacks the parts of a column from the ground up.
func (d *drawing) column(c Columns, each Column, x, wide, top float64) {
	y := d.y + plot
	for i, v := range each.Values {
		if v <= 0 || top <= 0 {
			continue
		}
		style := Unknown
		if i < len(c.Series) {
			style = c.Series[i].Style
		}
		high := v / top * (plot - 1)
		y -= high
		d.area("chart-"+string(style), style, x, y, wide, max(high-0.5, 0.5))
	}
}

// step is how many columns apart those with a name are, so that no name runs into
// the next. The last column, which is today's, always has its name.
func (c Columns) step(room float64) int {
	for step := 1; step < len(c.Columns); step++ {
		end, fits := -1.0, true
		for i := (len(c.Columns) - 1) % step; i < len(c.Columns); i += step {
			text := c.Columns[i].Name
			if text == "" {
				continue
			}
			_, _, from, to := placed(text, room*(float64(i)+0.5))
			fits = fits && from >= end
			end = to + letter
		}
		if fits {
			return step
		}
	}
	return max(len(c.Columns), 1)
}

// placed is how a name stands below its column, within the drawing. The estimate
// of its length may be short: at the sides it stands against the edge.
func placed(text string, middle float64) (anchor string, x, from, to float64) {
	half := length(text) / 2
	switch {
	case middle < half:
		return "start", 0, 0, 2 * half
	case middle > Width-half:
		return "end", Width, Width - 2*half, Width
	}
	return "middle", middle, middle - half, middle + half
}

// name writes what stands below a column.
func (d *drawing) name(text string, middle float64) {
	if text == "" {
		return
	}
	anchor, x, _, _ := placed(text, middle)
	d.words("chart-soft", "#55606f", anchor, x, d.y+plot+ground-2, text)
}

// mark draws a small diamond.
func (d *drawing) mark(x, y float64) {
	fmt.Fprintf(&d.text, `<path class="chart-mark" d="M%s %sl5 5-5 5-5-5z" fill="#1c2430"/>`+"\n", number(x), number(y-5))
}

// rule draws a thin line from side to side.
func (d *drawing) rule(y float64) {
	fmt.Fprintf(&d.text, `<path class="chart-line" d="M0 %sH%d" fill="none" stroke="#55606f" stroke-width="0.6"/>`+"\n", number(y), Width)
}

func (c Columns) explainMark(d *drawing) {
	marked := false
	for _, each := range c.Columns {
		marked = marked || each.Marked
	}
	if !marked || c.Mark == "" {
		return
	}
	d.mark(letter/2, d.y+letter/2+3)
	for _, text := range broken(c.Mark, Width-letter-6) {
		d.words("chart-ink", "#1c2430", "start", letter+6, d.y+letter, text)
		d.y += line
	}
	d.y += between / 2
}
