package inventory

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"

	"campanile/cmd/internal/exit"
)

// maxOffice bounds what is read for one entry of a directory; entries have some
// kilobytes.
const maxOffice = 4 << 20

// directory reads the entries of a JSON list one by one: such a list has some
// hundred megabytes.
type directory struct {
	input   *lines
	decoder *json.Decoder
	skipped int64 // bytes in front that the decoder has not seen
	isList  bool
	total   int // how many entries the list says that there are; 0: not said
}

// answer is how the answer of the records address begins, other than an entry.
var answer = regexp.MustCompile(`^\s*\{\s*"(?:total_count|nhits|results|service)"\s*:`)

func (i *importer) directory(r io.Reader) (*directory, error) {
	d := &directory{input: &lines{from: io.LimitReader(r, maxRegister), left: maxOffice}}
	buffered := bufio.NewReaderSize(d.input, 64<<10)
	start, err := buffered.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, exit.Usagef("the list %s cannot be read: %w", i.from.Name, err)
	}
	if bytes.HasPrefix(start, []byte("\ufeff")) {
		start = start[len("\ufeff"):]
		_, _ = buffered.Discard(len("\ufeff"))
		d.skipped = int64(len("\ufeff"))
	}
	d.decoder = json.NewDecoder(buffered)
	trimmed := bytes.TrimSpace(start)
	switch {
	case len(trimmed) == 0:
		return nil, exit.Usagef("the list %s is empty; download it again", i.from.Name)
	case trimmed[0] != '[' && trimmed[0] != '{':
		return nil, exit.Usagef("the list %s is not JSON; is this the JSON export of the directory?", i.from.Name)
	case trimmed[0] == '[' || answer.Match(start):
		d.isList = true
		if err := d.open(); err != nil {
			return nil, exit.Usagef("%s: no list of entries in it (%w); is this the JSON export of the directory?", i.from.Name, err)
		}
	}
	return d, nil
}

// open reads up to the first entry, and how many there are on the way.
func (d *directory) open() error {
	key := ""
	for range 10 {
		token, err := d.decoder.Token()
		if err != nil {
			return err
		}
		switch value := token.(type) {
		case json.Delim:
			if value == '[' {
				return nil
			}
		case string:
			key = value
		case float64:
			if key == "total_count" || key == "nhits" {
				d.total = int(value)
			}
		}
	}
	return errors.New("it begins with other things")
}

// next gives the next entry and the line that it begins on.
func (d *directory) next() (json.RawMessage, int, error) {
	d.input.left = maxOffice
	var raw json.RawMessage
	if err := d.decoder.Decode(&raw); err != nil {
		return nil, 0, err
	}
	return raw, d.input.at(d.skipped + d.decoder.InputOffset() - int64(len(raw))), nil
}

// ended tells whether the list has its end: a download that was cut short has
// not.
func (d *directory) ended() bool {
	d.input.left = maxOffice
	token, err := d.decoder.Token()
	if !d.isList {
		return errors.Is(err, io.EOF)
	}
	return err == nil && token == json.Delim(']')
}

var errEntryTooLong = errors.New("an entry is longer than any of the directory")

// lines remembers where lines end, so that an entry can be named by its line,
// and stops a single entry from filling the memory.
type lines struct {
	from   io.Reader
	offset int64
	ends   []int64 // offsets of line ends that at has not passed
	passed int
	left   int // bytes that may be read for the present entry
}

// Read passes on what it reads.
func (l *lines) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errEntryTooLong
	}
	n, err := l.from.Read(p[:min(len(p), l.left)])
	l.left -= n
	for at := 0; ; {
		end := bytes.IndexByte(p[at:n], '\n')
		if end < 0 {
			break
		}
		l.ends = append(l.ends, l.offset+int64(at+end))
		at += end + 1
	}
	l.offset += int64(n)
	return n, err
}

// at gives the line of an offset; offsets only grow.
func (l *lines) at(offset int64) int {
	n := 0
	for n < len(l.ends) && l.ends[n] < offset {
		n++
	}
	l.passed += n
	l.ends = l.ends[n:]
	return l.passed + 1
}
