package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// A LineError says which line of an evidence file cannot be used, and why.
type LineError struct {
	Line int // counted from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives the reason.
func (e *LineError) Unwrap() error { return e.Err }

// ErrCut means that the last line has no end: the writer was stopped in the
// middle, or the file was cut.
var ErrCut = errors.New("the line is cut off in the middle")

// Read gives the bundles of a JSON Lines stream one after the other. A line
// that cannot be used yields a *LineError, and reading goes on with the next
// line; the caller decides whether to stop. Any other error ends the stream.
func Read(r io.Reader) iter.Seq2[*Bundle, error] {
	return func(yield func(*Bundle, error) bool) {
		reader := bufio.NewReaderSize(r, 64<<10)
		for number := 1; ; number++ {
			line, err := readLine(reader)
			switch {
			case errors.Is(err, io.EOF):
				return
			case errors.Is(err, ErrCut), errors.Is(err, errTooLong):
				if !yield(nil, &LineError{number, err}) {
					return
				}
				continue
			case err != nil:
				yield(nil, err)
				return
			}
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			bundle, err := Unmarshal(line)
			if err != nil {
				err = &LineError{number, err}
			}
			if !yield(bundle, err) {
				return
			}
		}
	}
}

var errTooLong = fmt.Errorf("longer than %d bytes", MaxLine)

// readLine reads one line with its line feed, or discards it when it is longer
// than MaxLine.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, err := r.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(part) > MaxLine; !tooLong {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) == 0 && !tooLong:
			return nil, io.EOF
		case errors.Is(err, io.EOF) && !tooLong && len(bytes.TrimSpace(line)) > 0 && !json.Valid(line):
			return nil, ErrCut
		case err != nil && !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("reading evidence: %w", err)
		case tooLong:
			return nil, errTooLong
		}
		return line, nil
	}
}

// Unmarshal reads one bundle strictly: unknown fields, unknown states and
// values out of bounds are refused, so that a file written by a later version
// is not half understood.
func Unmarshal(line []byte) (*Bundle, error) {
	var head struct {
		Schema int `json:"schema"`
	}
	if err := json.NewDecoder(bytes.NewReader(line)).Decode(&head); err != nil {
		return nil, fmt.Errorf("not a bundle of evidence: %w", err)
	}
	if head.Schema > Schema {
		return nil, fmt.Errorf("schema %d is newer than this program reads (%d); use a newer campanile", head.Schema, Schema)
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	b := new(Bundle)
	if err := decoder.Decode(b); err != nil {
		return nil, fmt.Errorf("not a bundle of evidence: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value on the line")
	}
	if err := b.Validate(); err != nil {
		return nil, err
	}
	return b, nil
}
