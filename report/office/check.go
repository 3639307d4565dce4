package office

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// check refuses what would not open, or would not be read by everybody.
// What strangers wrote is never the reason: any text and any link pass.
func (d Document) check() error {
	if clean(d.Title) == "" {
		return errors.New("the document has no title; screen readers say it first")
	}
	if err := known(d.Language); err != nil {
		return err
	}
	c := checker{anchors: map[string]bool{}}
	for i, block := range d.Body {
		if err := c.block(block); err != nil {
			return fmt.Errorf("block %d: %w", i+1, err)
		}
	}
	for _, link := range c.links {
		if !c.anchors[bookmark(link)] {
			return fmt.Errorf("link #%s: no heading has this anchor", link)
		}
	}
	return nil
}

// tags are the languages that can be named: "it", "fr-CH".
var tags = regexp.MustCompile(`^([a-z]{2,3})(?:-([A-Z]{2}))?$`)

// spoken takes no language for the document's.
func spoken(language string) error {
	if language == "" {
		return nil
	}
	return known(language)
}

func known(language string) error {
	if !tags.MatchString(language) {
		return fmt.Errorf("language %q: write it as \"it\" or \"fr-CH\"", language)
	}
	return nil
}

// anchors are the names that every word processor takes for a place.
var anchors = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,38}$`)

// bookmark writes an anchor as Word wants it: hyphens are not for names there.
func bookmark(anchor string) string { return strings.ReplaceAll(anchor, "-", "_") }

// checker goes through a document from its beginning.
type checker struct {
	level   int             // of the last heading
	anchors map[string]bool // that headings have
	links   []string        // to anchors
}

func (c *checker) block(block Block) error {
	switch b := block.(type) {
	case Heading:
		return c.heading(b)
	case Paragraph:
		return c.paragraph(b)
	case List:
		return c.list(b)
	case Table:
		return c.table(b)
	case Figure:
		if err := spoken(b.Language); err != nil {
			return err
		}
		return b.check()
	case Contents:
		if b.Levels < 1 || b.Levels > deepest {
			return fmt.Errorf("contents: levels %d; give 1 to %d", b.Levels, deepest)
		}
		return nil
	case PageBreak:
		return nil
	}
	return errors.New("nothing is there; leave the block out")
}

// deepest is the lowest level of a heading.
const deepest = 4

func (c *checker) heading(h Heading) error {
	switch {
	case h.Level < 1 || h.Level > deepest:
		return fmt.Errorf("heading %q: level %d; give 1 to %d", plain(h.Text), h.Level, deepest)
	case h.Level > c.level+1:
		return fmt.Errorf("heading %q: level %d comes after level %d; leave none out", plain(h.Text), h.Level, c.level)
	case clean(plain(h.Text)) == "":
		return errors.New("heading without a text")
	}
	c.level = h.Level
	if h.Anchor != "" {
		if !anchors.MatchString(h.Anchor) {
			return fmt.Errorf("anchor %q: a letter, then letters, digits, - and _, at most 39", h.Anchor)
		}
		if c.anchors[bookmark(h.Anchor)] {
			return fmt.Errorf("anchor %q: another heading has it", h.Anchor)
		}
		c.anchors[bookmark(h.Anchor)] = true
	}
	return c.runs(h.Text)
}

func (c *checker) paragraph(p Paragraph) error {
	if _, ok := looks[p.Style]; !ok {
		return fmt.Errorf("style %q is not known; see Style", p.Style)
	}
	return c.runs(p.Text)
}

func (c *checker) runs(runs []Run) error {
	for _, r := range runs {
		if err := spoken(r.Language); err != nil {
			return err
		}
		if anchor := inward(r.Link); anchor != "" && anchors.MatchString(anchor) {
			c.links = append(c.links, anchor)
		}
	}
	return nil
}

func (c *checker) list(l List) error {
	if !slices.Contains([]Kind{Bullets, Numbers, Ticks}, l.Kind) {
		return fmt.Errorf("list of %q is not known; see Kind", l.Kind)
	}
	for _, item := range l.Items {
		if err := c.runs(item.Text); err != nil {
			return err
		}
		for _, p := range item.More {
			if err := c.paragraph(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxColumns is how many columns Word takes.
const maxColumns = 63

func (c *checker) table(t Table) error {
	if err := spoken(t.Language); err != nil {
		return err
	}
	columns := t.columns()
	if columns < 1 || columns > maxColumns {
		return fmt.Errorf("table %q: %d columns; give 1 to %d", t.Caption, columns, maxColumns)
	}
	if len(t.Widths) != 0 && len(t.Widths) != columns {
		return fmt.Errorf("table %q: %d widths for %d columns", t.Caption, len(t.Widths), columns)
	}
	if slices.ContainsFunc(t.Widths, func(width int) bool { return width < 1 || width > maxShare }) {
		return fmt.Errorf("table %q: a width is not from 1 to %d", t.Caption, maxShare)
	}
	for i, row := range t.all() {
		if len(row) != columns {
			return fmt.Errorf("table %q, row %d: %d cells; the first has %d", t.Caption, i+1, len(row), columns)
		}
		for _, cell := range row {
			for _, p := range cell {
				if err := c.paragraph(p); err != nil {
					return fmt.Errorf("table %q, row %d: %w", t.Caption, i+1, err)
				}
			}
		}
	}
	return nil
}

// maxShare bounds the share of one column.
const maxShare = 1000

// all gives the rows, the header first where there is one.
func (t Table) all() [][]Cell {
	if len(t.Header) == 0 {
		return t.Rows
	}
	return slices.Concat([][]Cell{t.Header}, t.Rows)
}

func (t Table) columns() int {
	if all := t.all(); len(all) > 0 {
		return len(all[0])
	}
	return 0
}

// spread shares a length out among the columns, to the last unit.
func (t Table) spread(length int) []int {
	shares := t.Widths
	if len(shares) == 0 {
		shares = slices.Repeat([]int{1}, t.columns())
	}
	sum, given, before := 0, 0, 0
	for _, share := range shares {
		sum += share
	}
	widths := make([]int, len(shares))
	for i, share := range shares {
		before += share
		widths[i] = length*before/sum - given
		given += widths[i]
	}
	return widths
}

// plain gives the text of runs without their manners.
func plain(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		if r.Break {
			b.WriteByte(' ')
		}
		b.WriteString(r.Text)
	}
	return b.String()
}
