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
	fmt.Fprintf(&text, "%s\n%s\n", strings.Join(wrap(c.Title, compareWidth), "\n"), strings.Join(wrap(c.Lead, compareWidth), "\n"))
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

// tableWidth is what a terminal shows without breaking lines.
const tableWidth = 80

// nameWidth is the least room that names have; with very many figures beside them
// a line gets longer than a terminal is wide.
const nameWidth = 20

// aligned lays out rows of equal length: names to the left, figures to the right.
// Where they are too wide for a terminal, headings are broken, then names.
func aligned(rows [][]string) []string {
	widths, broken := widthsOf(rows), make([][][]string, len(rows))
	if all(widths) > tableWidth {
		body := widthsOf(rows[min(1, len(rows)-1):])
		for limit := tableWidth; limit > 0 && all(widths) > tableWidth; limit-- {
			for j := 1; j < len(widths); j++ {
				room := max(body[j], longestWord(rows[0][j]), limit)
				widths[j] = max(body[j], widthsOf(columnOf(brokenTo(room, rows[0][j])))[0])
			}
		}
		widths[0] = min(widths[0], max(nameWidth, tableWidth-all(widths)+widths[0]))
	}
	var lines []string
	for i, row := range rows {
		high := 0
		for j, cell := range row {
			broken[i] = append(broken[i], brokenTo(widths[j], cell))
			high = max(high, len(broken[i][j]))
		}
		for n := range high {
			lines = append(lines, lineOf(broken[i], widths, n, high, i == 0))
		}
	}
	return lines
}

// lineOf lays out line n of the high ones of a row. A heading stands on its
// column, a name begins at the top.
func lineOf(cells [][]string, widths []int, n, high int, head bool) string {
	var line strings.Builder
	for j, cell := range cells {
		text, at := "", n
		if head {
			at -= high - len(cell)
		}
		if at >= 0 && at < len(cell) {
			text = cell[at]
		}
		gap := strings.Repeat(" ", max(0, widths[j]-twwidth.Width(text)))
		if j == 0 {
			line.WriteString(text + gap)
		} else {
			line.WriteString("  " + gap + text)
		}
	}
	return strings.TrimRight(line.String(), " ")
}

// brokenTo breaks a cell into lines where it is too wide for its column; those that
// follow the first are set in.
func brokenTo(width int, cell string) []string {
	if twwidth.Width(cell) <= width {
		return []string{cell}
	}
	lines := wrap(cell, width)
	if number, name, ok := strings.Cut(cell, "  "); ok { // of a dimension
		indent := twwidth.Width(number) + 2
		lines = wrap(name, width-indent)
		for i := range lines {
			lines[i] = strings.Repeat(" ", indent) + lines[i]
		}
		lines[0] = number + lines[0][len(number):]
	}
	return lines
}

func widthsOf(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], twwidth.Width(cell))
		}
	}
	return widths
}

// all is the width of a line, with two blanks between its columns.
func all(widths []int) int {
	sum := 2 * (len(widths) - 1)
	for _, width := range widths {
		sum += width
	}
	return sum
}

func columnOf(cells []string) [][]string {
	rows := make([][]string, len(cells))
	for i, cell := range cells {
		rows[i] = []string{cell}
	}
	return rows
}

func longestWord(text string) int {
	longest := 0
	for word := range strings.FieldsSeq(text) {
		longest = max(longest, twwidth.Width(word))
	}
	return longest
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
