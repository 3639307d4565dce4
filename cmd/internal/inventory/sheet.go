package inventory

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"campanile/cmd/internal/exit"
)

// Bounds of a register.
const (
	maxRegister = 1 << 30 // bytes of a whole list
	maxLine     = 1 << 20 // bytes of one line
	maxRecord   = 64 << 10
	maxFolded   = 20 // lines that one row may go over
)

// sheet reads the rows of a register: comma, semicolon or tab separated (RFC
// 4180), each by itself. A row that is broken costs that row, and never those
// below it: encoding/csv would take all up to the next quotation mark into one
// cell.
type sheet struct {
	lines   *bufio.Reader
	name    string
	comma   byte
	quoted  bool // cells may stand in quotation marks
	line    int  // the number of the line that was read last
	pending []string
}

// record is one row.
type record struct {
	cells []string
	line  int
	err   error  // why it cannot be read
	note  string // what was mended to read it
}

func newSheet(r io.Reader, name string, quoted bool) (*sheet, error) {
	s := &sheet{lines: bufio.NewReaderSize(io.LimitReader(r, maxRegister), maxLine), name: name, quoted: quoted}
	start, err := s.lines.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, exit.Usagef("the list %s cannot be read: %w", name, err)
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, exit.Usagef("the list %s is UTF-16 text; save it as \"CSV UTF-8\"", name)
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return nil, exit.Usagef("the list %s is a packed file or a workbook; unpack it, or save it as CSV", name)
	case bytes.HasPrefix(start, []byte("\ufeff")):
		_, _ = s.lines.Discard(len("\ufeff"))
	}
	s.comma = separator(start)
	return s, nil
}

// separator is what the first line has most of.
func separator(start []byte) byte {
	first, _, _ := bytes.Cut(start, []byte("\n"))
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if bytes.Count(first, []byte{c}) > bytes.Count(first, []byte{best}) {
			best = c
		}
	}
	return best
}

var errTooLong = errors.New("the line is longer than any row of a register; is the file damaged?")

// physical gives the next line without its end.
func (s *sheet) physical() (string, error) {
	s.line++
	if len(s.pending) > 0 {
		text := s.pending[0]
		s.pending = s.pending[1:]
		return text, nil
	}
	text, err := s.lines.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = s.lines.ReadSlice('\n')
		}
		if err == nil || errors.Is(err, io.EOF) {
			err = errTooLong
		}
		return "", err
	}
	if len(text) == 0 && err != nil {
		return "", err
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}

// next gives the next row that has anything in it, of so many cells; 0 takes any
// number. io.EOF ends the list.
func (s *sheet) next(width int) (record, error) {
	for {
		text, err := s.physical()
		switch {
		case errors.Is(err, errTooLong):
			return record{line: s.line, err: err}, nil
		case errors.Is(err, io.EOF):
			return record{}, err
		case err != nil:
			return record{}, exit.Usagef("the list %s cannot be read: %w", s.name, err)
		case strings.Trim(text, " \t\x00;,\"") == "":
			continue // blank, or a spreadsheet's empty row
		}
		return s.row(text, width), nil
	}
}

// row takes a line as a row, with the lines that it goes on over.
func (s *sheet) row(text string, width int) record {
	found := record{line: s.line}
	if !s.quoted {
		found.cells = strings.Split(text, string(s.comma))
		found.err = wrongWidth(found.cells, width)
		return found
	}
	whole, held := s.unfold(text)
	cells, broken := split(whole, s.comma)
	found.cells, found.err = cells, wrongWidth(cells, width)
	if broken == nil && (found.err == nil || len(held) == 0) {
		return found
	}
	// The lines that were read too many are rows of their own.
	s.pending = append(held, s.pending...)
	s.line = found.line
	loose := loosely(text, s.comma)
	if found.err = broken; broken == nil {
		found.err = errNeverClosed
	}
	if width > 0 && len(loose) == width {
		return record{cells: loose, line: found.line, note: "a quotation mark out of place was passed over"}
	}
	return found
}

// unfold adds the lines that a row goes on over while a quotation mark is open.
func (s *sheet) unfold(text string) (string, []string) {
	var held []string
	open := strings.Count(text, `"`)%2 == 1
	for open && len(held) < maxFolded && len(text) < maxRecord {
		line := s.line
		more, err := s.physical()
		if err != nil {
			s.line = line // whoever reads on meets it again, or the end
			break
		}
		held = append(held, more)
		text += "\n" + more
		open = open != (strings.Count(more, `"`)%2 == 1)
	}
	return text, held
}

func wrongWidth(cells []string, width int) error {
	if width > 0 && len(cells) != width {
		return fmt.Errorf("has %d cells where the header has %d", len(cells), width)
	}
	return nil
}

var (
	errNeverClosed = errors.New("a quotation mark opens and is never closed")
	errInside      = errors.New("a quotation mark stands within a quoted cell; write it twice")
)

// split takes a row apart (RFC 4180 section 2). A quotation mark inside a cell
// that does not begin with one stands for itself.
func split(text string, comma byte) ([]string, error) {
	var cells []string
	for {
		cell, rest, more, err := nextCell(text, comma)
		if err != nil {
			return nil, err
		}
		cells = append(cells, cell)
		if !more {
			return cells, nil
		}
		text = rest
	}
}

// loosely takes a row apart in which a quotation mark is out of place: a cell
// that is not closed as it should be goes to the next comma.
func loosely(text string, comma byte) []string {
	var cells []string
	for {
		cell, rest, more, err := nextCell(text, comma)
		if err != nil {
			cell, rest, more = strings.Cut(text, string(comma))
			cell = strings.ReplaceAll(cell, `"`, "")
		}
		cells = append(cells, cell)
		if !more {
			return cells
		}
		text = rest
	}
}

// nextCell takes the first cell off; more tells that a comma follows it.
func nextCell(text string, comma byte) (cell, rest string, more bool, err error) {
	if !strings.HasPrefix(text, `"`) {
		cell, rest, more = strings.Cut(text, string(comma))
		return cell, rest, more, nil
	}
	cell, rest, closed := quotedCell(text[1:])
	switch {
	case !closed:
		return "", "", false, errNeverClosed
	case rest == "":
		return cell, "", false, nil
	case rest[0] != comma:
		return "", "", false, errInside
	}
	return cell, rest[1:], true, nil
}

// quotedCell reads up to the closing quotation mark; two stand for one.
func quotedCell(text string) (cell, rest string, closed bool) {
	for from := 0; ; {
		end := strings.IndexByte(text[from:], '"')
		if end < 0 {
			return "", "", false
		}
		end += from
		if !strings.HasPrefix(text[end+1:], `"`) {
			return strings.ReplaceAll(text[:end], `""`, `"`), text[end+1:], true
		}
		from = end + 2
	}
}
