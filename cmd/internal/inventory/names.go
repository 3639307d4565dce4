package inventory

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"campanile/cmd/internal/exit"
	"campanile/collectors/evidence"
)

// Bounds of a list of names.
const (
	maxNamesFile = 256 << 20 // bytes
	maxNamesLine = 1 << 20   // bytes
	maxNamesEach = 800       // names of one municipality
)

// Names are host names that the user knows of.
type Names struct {
	Targets     []evidence.Target
	SkipInvalid bool // leave bad lines out, with a note, in place of refusing
}

// Read reads a list of host names for the targets: one name a line, or an
// export of a certificate transparency search, CSV or JSON, with name_value or
// common_name. It gives the names by domain of the target. What belongs to none
// of the targets is told in a note: one list may serve many scans.
func (n Names) Read(path string) (map[string][]string, []Note, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, exit.Usagef("the list of names %s cannot be opened: %w", path, err)
	}
	defer file.Close()
	r := nameReader{Names: n, path: path, domains: map[string]bool{}, names: map[string][]string{}}
	for _, t := range n.Targets {
		r.domains[t.Domain] = true
	}
	if err := r.read(io.LimitReader(file, maxNamesFile)); err != nil {
		return nil, nil, err
	}
	r.tell(r.others, "left out: names that belong to none of the municipalities (%d), such as %s", r.others.count)
	r.tell(r.odd, "left out: entries that are no host names (%d), such as %q", r.odd.count)
	r.tell(r.beyond, "left out: names past the first %d of one municipality, from %s on", maxNamesEach)
	if len(r.names) == 0 && len(n.Targets) > 0 {
		return nil, nil, exit.Usagef("%s: no name in it belongs to %s; give names such as servizi.%s", path, r.whose(), n.Targets[0].Domain)
	}
	return r.names, r.notes, nil
}

// nameReader sorts the names by whose they are.
type nameReader struct {
	Names
	path                string
	domains             map[string]bool
	names               map[string][]string
	notes               []Note
	others, odd, beyond heap
}

// heap counts what was left out, and remembers the first of it.
type heap struct {
	count        int
	first, place string
}

func (h *heap) add(name, place string) {
	if h.count == 0 {
		h.first, h.place = name, place
	}
	h.count++
}

func (r *nameReader) tell(h heap, format string, number int) {
	if h.count > 0 {
		r.notes = append(r.notes, Note{h.place, fmt.Sprintf(format, number, h.first)})
	}
}

func (r *nameReader) whose() string {
	if len(r.Targets) == 1 {
		return r.Targets[0].Domain
	}
	return fmt.Sprintf("one of the %d municipalities", len(r.Targets))
}

// read tells the kind of list by its first line.
func (r *nameReader) read(file io.Reader) error {
	buffered := bufio.NewReaderSize(file, maxNamesLine)
	start, err := buffered.Peek(maxNamesLine)
	if err != nil && !errors.Is(err, io.EOF) {
		return exit.Usagef("the list of names %s cannot be read: %w", r.path, err)
	}
	start = bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff")))
	first, _, _ := bytes.Cut(start, []byte("\n"))
	switch {
	case len(start) == 0:
		return exit.Usagef("%s: the list of names is empty", r.path)
	case start[0] == '[' || start[0] == '{':
		return r.exported(buffered, start[0] == '[')
	case slices.ContainsFunc(strings.FieldsFunc(string(first), func(c rune) bool { return c == ',' || c == ';' }), namesField):
		return r.sheet(buffered)
	}
	return r.lines(buffered)
}

// namesField recognises the columns and fields of an export that hold names.
func namesField(title string) bool {
	title = strings.ToLower(strings.Trim(strings.TrimSpace(title), `"`))
	return slices.Contains([]string{"name_value", "common_name", "dns_names"}, strings.ReplaceAll(title, " ", "_"))
}

// lines reads one name a line; # begins a remark.
func (r *nameReader) lines(file io.Reader) error {
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxNamesLine)
	for number := 1; lines.Scan(); number++ {
		name, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#")
		where := fmt.Sprintf("%s:%d", r.path, number)
		if name = strings.TrimSpace(name); name == "" || r.take(name, where) {
			continue
		}
		if !r.SkipInvalid {
			return exit.Usagef("%s: %q is not a host name; write one a line, like servizi.comune.example, or leave bad lines out with --skip-invalid", where, name)
		}
		r.notes = append(r.notes, Note{where, fmt.Sprintf("left out: %q is not a host name", name)})
	}
	return r.readable(lines.Err())
}

func (r *nameReader) readable(err error) error {
	if err != nil {
		return exit.Usagef("the list of names %s cannot be read: %w", r.path, err)
	}
	return nil
}

// sheet reads CSV with a header.
func (r *nameReader) sheet(file io.Reader) error {
	rows, err := table(file)
	if err != nil {
		return r.readable(err)
	}
	rows.Comment = 0
	rows.LazyQuotes = true
	var columns []string
	for {
		row, err := rows.Read()
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			return exit.Usagef("%s:%d: %w", r.path, broken.Line, broken.Err)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return r.readable(err)
		}
		line, _ := rows.FieldPos(0)
		if columns == nil {
			columns = slices.Clone(row)
			continue
		}
		for i, cell := range row[:min(len(row), len(columns))] {
			if namesField(columns[i]) {
				r.takeAll(cell, fmt.Sprintf("%s:%d", r.path, line))
			}
		}
	}
}

// certificate is one entry of a certificate transparency export: certificates
// found by a search, each with the names in it.
type certificate struct {
	NameValue  string   `json:"name_value"` // several stand apart by line ends
	CommonName string   `json:"common_name"`
	DNSNames   []string `json:"dns_names"`
}

// exported reads JSON: a list of entries, or one entry after the other.
func (r *nameReader) exported(file io.Reader, isList bool) error {
	decoder := json.NewDecoder(file)
	if isList {
		if _, err := decoder.Token(); err != nil {
			return r.broken(1, err)
		}
	}
	for number := 1; decoder.More(); number++ {
		var c certificate
		if err := decoder.Decode(&c); err != nil {
			return r.broken(number, err)
		}
		place := fmt.Sprintf("%s: entry %d", r.path, number)
		for _, text := range append(c.DNSNames, c.NameValue, c.CommonName) {
			r.takeAll(text, place)
		}
	}
	return nil
}

func (r *nameReader) broken(number int, err error) error {
	return exit.Usagef("%s: entry %d: not readable as JSON: %w", r.path, number, err)
}

// takeAll takes the names of one field of an export. What is in certificates
// besides host names (mailboxes, names of bodies) is told once.
func (r *nameReader) takeAll(text, place string) {
	for _, name := range strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == ' ' || c == ',' }) {
		if !r.take(name, place) {
			r.odd.add(name, place)
		}
	}
}

// take files a name under the municipality that it belongs to, the nearest one
// above it, and reports whether it is a host name at all.
func (r *nameReader) take(text, place string) bool {
	text = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSpace(text), "."), "*.")
	name, err := ascii(text)
	if err != nil {
		return false
	}
	owner := name
	for owner != "" && !r.domains[owner] {
		_, owner, _ = strings.Cut(owner, ".")
	}
	switch known := r.names[owner]; {
	case owner == "":
		r.others.add(name, place)
	case slices.Contains(known, name):
	case len(known) == maxNamesEach:
		r.beyond.add(name, place)
	default:
		r.names[owner] = append(known, name)
	}
	return true
}
