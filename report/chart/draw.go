package chart

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Sizes of the drawing, in its own scale.
const (
	letter  = float64(Letter)
	wide    = 0.56 // of a letter, in heights: an estimate on the safe side
	line    = 20.0
	bar     = 22.0
	between = 14.0
	seam    = 2.0 // between the parts of a bar
)

// SVG draws the chart. The same chart gives the same bytes.
func (c Chart) SVG() []byte {
	var d drawing
	d.legend(c.Series)
	for _, b := range c.Bars {
		d.bar(c, b)
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 %d %d" width="%d" height="%d" role="img" font-family="system-ui, 'Noto Sans', 'Liberation Sans', sans-serif" font-size="%s">`,
		Width, c.Height(), Width, c.Height(), number(letter))
	fmt.Fprintf(&out, "\n<title>%s</title>\n<desc>%s</desc>\n%s</svg>\n", escape(c.Title), escape(c.Description), d.text.String())
	return []byte(out.String())
}

// Height gives the height of the drawing, in its own scale.
func (c Chart) Height() int {
	var d drawing
	d.legend(c.Series)
	for _, b := range c.Bars {
		d.bar(c, b)
	}
	return max(int(d.y+0.5), 1)
}

// drawing is a drawing on its way down the sheet.
type drawing struct {
	text strings.Builder
	y    float64
}

// legend explains the series, as many on a line as fit.
func (d *drawing) legend(list []Series) {
	if len(list) < 2 {
		return
	}
	x := 0.0
	for _, s := range list {
		need := letter + 6 + length(s.Name) + letter
		if x > 0 && x+need > Width {
			x, d.y = 0, d.y+line
		}
		d.area("chart-"+string(s.Style), s.Style, x, d.y+3, letter, letter)
		d.words("chart-ink", "#1c2430", "start", x+letter+6, d.y+letter, s.Name)
		x += need
	}
	d.y += line + between
}

// bar draws the name of a bar and its parts below.
func (d *drawing) bar(c Chart, b Bar) {
	room := Width - length(b.Note)
	if b.Note != "" {
		d.words("chart-soft", "#55606f", "end", Width, d.y+letter, b.Note)
		room -= letter
	}
	for _, text := range broken(b.Name, room) {
		d.words("chart-ink", "#1c2430", "start", 0, d.y+letter, text)
		d.y += line
	}
	d.y += 3
	x := 0.0
	if c.Full > 0 {
		d.area("chart-rest", Unknown, 0.5, d.y+0.5, Width-1, bar-1)
	}
	for i, w := range widths(c, b) {
		if w <= 0 {
			continue
		}
		style := Unknown
		if i < len(c.Series) {
			style = c.Series[i].Style
		}
		d.area("chart-"+string(style), style, x+0.5, d.y+0.5, w-1, bar-1)
		if i < len(b.Labels) && length(b.Labels[i])+4 <= w {
			_, _, ink := style.paint()
			d.words("chart-on-"+string(style), ink, "middle", x+w/2, d.y+bar-6, b.Labels[i])
		}
		x += w + seam
	}
	d.y += bar + between
}

func (d *drawing) area(class string, s Style, x, y, w, h float64) {
	fill, edge, _ := s.paint()
	fmt.Fprintf(&d.text, `<rect class="%s" x="%s" y="%s" width="%s" height="%s" fill="%s" stroke="%s"/>`+"\n",
		class, number(x), number(y), number(max(w, 1)), number(h), fill, edge)
}

func (d *drawing) words(class, ink, anchor string, x, y float64, text string) {
	fmt.Fprintf(&d.text, `<text class="%s" x="%s" y="%s" text-anchor="%s" fill="%s">%s</text>`+"\n",
		class, number(x), number(y), anchor, ink, escape(text))
}

// length estimates how long a text is when it is written.
func length(text string) float64 { return float64(utf8.RuneCountInString(text)) * letter * wide }

// broken breaks a name between words into lines that fit; a longer word is cut.
func broken(name string, room float64) []string {
	most := max(int(room/(letter*wide)), 8)
	var lines []string
	current := ""
	for word := range strings.FieldsSeq(name) {
		if utf8.RuneCountInString(word) > most {
			word = string([]rune(word)[:most-1]) + "…"
		}
		switch {
		case current == "":
			current = word
		case utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) <= most:
			current += " " + word
		default:
			lines, current = append(lines, current), word
		}
	}
	return append(lines, current)
}

func number(x float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder never fails
	return b.String()
}
