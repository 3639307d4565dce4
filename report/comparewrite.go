package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// compareWidth is how wide the text below the tables runs, in columns.
const compareWidth = 78

// WriteComparison writes a comparison as tables for people. Its texts are
// harmless already.
func WriteComparison(w io.Writer, c Comparison) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n%s\n", c.Title, strings.Join(wrap(c.Lead, compareWidth), "\n"))
	for _, t := range c.Tables {
		fmt.Fprintf(&text, "\n%s\n\n", t.Heading)
		for _, line := range aligned(append([][]string{t.Head}, t.Rows...)) {
			fmt.Fprintln(&text, line)
		}
		if t.Caption != "" {
			fmt.Fprintf(&text, "\n%s\n", strings.Join(wrap(t.Caption, compareWidth), "\n"))
		}
		if t.Link != "" {
			fmt.Fprintln(&text, t.Link)
		}
	}
	for _, note := range c.Notes {
		fmt.Fprintf(&text, "\n%s\n", strings.Join(wrap(note, compareWidth), "\n"))
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	return nil
}

// aligned lays out rows of equal length: names to the left, figures to the right.
func aligned(rows [][]string) []string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], twwidth.Width(cell))
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			gap := strings.Repeat(" ", widths[j]-twwidth.Width(cell))
			if j == 0 {
				line.WriteString(cell + gap)
			} else {
				line.WriteString("  " + gap + cell)
			}
		}
		lines[i] = strings.TrimRight(line.String(), " ")
	}
	return lines
}

// WriteComparisonJSON writes a comparison for programs, unrounded and down to
// the questions.
func WriteComparisonJSON(w io.Writer, c Comparison) error { return writeValue(w, c.data) }

// comparisonView is what the template "compare" lays out.
type comparisonView struct {
	frame
	Comparison Comparison
}

// WriteComparisonHTML writes a comparison as a page that stands alone, as
// WriteHTML does.
func WriteComparisonHTML(w io.Writer, c Comparison) error {
	if err := writePage(w, "compare", c.Language, "", comparisonView{frameOf(c.Language, c.Title), c}); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	return nil
}
