package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"campanile/rules"
)

// TerminalOptions say what the terminal can show. The caller knows whether it
// is one, how wide it is, and whether NO_COLOR is set.
type TerminalOptions struct {
	Color bool
	Width int  // columns; 80 when zero
	Quiet bool // leave out what to do next, because the caller says it
}

// WriteTerminal writes one municipality in detail, or an overview of several.
func WriteTerminal(w io.Writer, docs []Document, o TerminalOptions) error {
	if len(docs) == 0 {
		return nil
	}
	if o.Width <= 0 {
		o.Width = 80
	}
	s := &sheet{words: wordsIn(docs[0].Language), color: o.Color, width: max(o.Width, narrowest)}
	var err error
	if len(docs) == 1 {
		err = s.town(docs[0], o.Quiet)
	} else {
		err = s.territory(docs, o.Quiet)
	}
	if err != nil {
		return fmt.Errorf("report for the terminal: %w", err)
	}
	if _, err := w.Write(s.text.Bytes()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// narrowest is the least width, in columns, in which the tables have room. A
// terminal that is narrower breaks the lines by itself.
const narrowest = 66

// sheet is the terminal page under way. Its texts come from a Document and are
// harmless already; it adds line breaks and colour.
type sheet struct {
	text  bytes.Buffer
	words words
	color bool
	width int
}

// The colours of a terminal: never the only sign of anything.
const (
	bold   = "1"
	dim    = "2"
	red    = "1;31"
	orange = "31"
	yellow = "33"
	green  = "32"
)

func (s *sheet) paint(text, color string) string {
	if !s.color || color == "" || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

func paintOf(severity rules.Severity) string {
	switch severity {
	case rules.Critical:
		return red
	case rules.High:
		return orange
	case rules.Medium:
		return yellow
	case rules.Low:
		return ""
	case rules.Info:
		return dim
	}
	return ""
}

// lines writes a text, wrapped and indented.
func (s *sheet) lines(indent int, color, text string) {
	for _, line := range wrap(text, s.width-indent) {
		s.text.WriteString(strings.Repeat(" ", indent) + s.paint(line, color) + "\n")
	}
}

// cell wraps a text for a column; every line has its own colour codes.
func (s *sheet) cell(width int, color, text string) string {
	lines := wrap(text, width)
	for i := range lines {
		lines[i] = s.paint(lines[i], color)
	}
	return strings.Join(lines, "\n")
}

// command writes a command under what it is for.
func (s *sheet) command(label, command string) {
	s.lines(2, "", label)
	for _, line := range wrapCommand(command, 4, s.width) {
		s.text.WriteString(s.paint(line, bold) + "\n")
	}
}

// table draws rows without borders. The cells are already as narrow as their
// columns; numbers from the column numbered right on stand at the right.
func (s *sheet) table(head []string, rows [][]string, right int) error {
	var drawn bytes.Buffer
	columns := make([]tw.Align, len(head))
	for i := range columns {
		columns[i] = tw.AlignLeft
		if i >= right {
			columns[i] = tw.AlignRight
		}
	}
	align := tw.CellAlignment{Global: tw.AlignLeft, PerColumn: columns}
	table := tablewriter.NewTable(
		&drawn,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off, ShowHeader: tw.On},
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
			},
		})),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(align),
		tablewriter.WithRowAlignmentConfig(align),
		tablewriter.WithPadding(tw.Padding{Right: gutter, Overwrite: true}),
	)
	table.Header(head)
	for _, row := range rows {
		if err := table.Append(row); err != nil {
			return err
		}
	}
	if err := table.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(drawn.String()) {
		if strings.HasPrefix(line, "─") {
			line = strings.Repeat("─", s.width)
		}
		s.text.WriteString(trimmed(line) + "\n")
	}
	return nil
}

// trimmed takes the blanks off the end of a line, also those that stand among
// the codes that end a colour.
func trimmed(line string) string {
	short := padding.ReplaceAllString(line, "")
	if strings.Contains(short, "\x1b[") {
		short += "\x1b[0m"
	}
	return short
}

var padding = regexp.MustCompile(`(\s|\x1b\[0m)+$`)

// gutter is the space between two columns.
const gutter = "  "

// sorted gives all items, most urgent first, whoever must act.
func sorted(d Document) []*Item {
	var items []*Item
	for _, actor := range d.Actors {
		items = append(items, actor.Items...)
	}
	slices.SortStableFunc(items, mostUrgent)
	return items
}
