package report

import (
	"fmt"
	"io"
	"strings"
)

// Listing is a table for people, with a sentence before it and notes behind it.
type Listing struct {
	Title string
	Lead  string
	Table List     // its first column holds names, the others figures or short words
	Notes []string // paragraphs; a line break in one begins a new line
}

// WriteListing writes a listing as text that fits a terminal. What comes from the
// network or from a list is made harmless.
func WriteListing(w io.Writer, l Listing) error {
	var text strings.Builder
	for _, paragraph := range []string{l.Title, l.Lead} {
		if paragraph != "" {
			fmt.Fprintf(&text, "%s\n", strings.Join(wrap(clean(paragraph), compareWidth), "\n"))
		}
	}
	if len(l.Table.Rows) > 0 {
		text.WriteString("\n")
		head := make([]string, len(l.Table.Columns))
		for i, column := range l.Table.Columns {
			head[i] = column.Name
		}
		rows := [][]string{head}
		for _, row := range l.Table.Rows {
			cells := make([]string, len(row))
			for i, cell := range row {
				cells[i] = clean(cell)
			}
			rows = append(rows, cells)
		}
		for _, line := range aligned(rows) {
			fmt.Fprintln(&text, line)
		}
	}
	for _, note := range l.Notes {
		text.WriteString("\n")
		for line := range strings.SplitSeq(note, "\n") {
			fmt.Fprintf(&text, "%s\n", strings.Join(wrap(clean(line), compareWidth), "\n"))
		}
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	return nil
}
