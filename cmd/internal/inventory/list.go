package inventory

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"campanile/cmd/internal/exit"
	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// MaxTargets bounds one list: more than all municipalities of Italy and France.
const MaxTargets = 100_000

// Source is where targets come from and how strictly they are read.
type Source struct {
	Arguments   []string // domains, or @FILE for a list
	Country     string   // whose rules apply; empty: by list, else by domain
	SkipInvalid bool     // leave bad lines out, with a note, in place of refusing
	// Suppliers tell whose mailboxes anybody can open, and which are certified.
	Suppliers []records.Supplier
}

// A Note is what happened to a line that was not taken as it stands.
type Note struct {
	Where string // argument, or file:line
	Text  string
}

func (n Note) String() string { return n.Where + ": " + n.Text }

// Targets reads the source. Notes tell of every line left out; without
// SkipInvalid the first bad line is an error and nothing is scanned.
func (s Source) Targets() ([]evidence.Target, []Note, error) {
	r := reader{source: s, seen: map[string]string{}}
	for _, argument := range s.Arguments {
		path, isList := strings.CutPrefix(argument, "@")
		var err error
		if isList && path != "" {
			err = r.file(path)
		} else {
			err = r.add(argument, entry{Target: evidence.Target{Domain: argument}})
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if len(r.targets) == 0 {
		return nil, r.notes, exit.Usagef("no municipality to scan; give a domain (comune.example) or a list (@list.csv)")
	}
	return r.targets, r.notes, nil
}

type reader struct {
	source  Source
	targets []evidence.Target
	notes   []Note
	seen    map[string]string // domain: where it stood first
}

// entry is one line of a list as it is written.
type entry struct {
	evidence.Target
	mail, pec, former string // several in one cell stand apart by blanks or semicolons
}

// add takes one target, or says why not.
func (r *reader) add(where string, t entry) error {
	domain, err := Domain(t.Domain)
	if err == nil {
		err = t.complete(domain, r.source.Suppliers)
	}
	if !utf8.ValidString(t.Domain + t.Name + t.Code + t.mail + t.pec + t.former) {
		err = errors.New("not UTF-8 text; save the list as \"CSV UTF-8\"")
	}
	if err == nil && t.Country != "" && !slices.Contains([]string{"it", "fr", "eu"}, t.Country) {
		err = fmt.Errorf("country %q is none of it, fr, eu", t.Country)
	}
	if err != nil {
		return r.refuse(where, err)
	}
	if first, twice := r.seen[domain]; twice {
		r.notes = append(r.notes, Note{where, fmt.Sprintf("%s stands already at %s; scanned once", domain, first)})
		return nil
	}
	if len(r.targets) >= MaxTargets {
		return exit.Usagef("%s: more than %d municipalities; split the list", where, MaxTargets)
	}
	r.seen[domain] = where
	t.Domain = domain
	t.Country = firstOf(r.source.Country, t.Country, Country(domain))
	t.Name = evidence.Clip(strings.TrimSpace(t.Name), 200)
	r.targets = append(r.targets, t.Target)
	return nil
}

func (r *reader) refuse(where string, why error) error {
	if r.source.SkipInvalid {
		r.notes = append(r.notes, Note{where, "left out: " + why.Error()})
		return nil
	}
	if strings.Contains(why.Error(), where) {
		return exit.Usagef("%w", why)
	}
	return exit.Usagef("%s: %w", where, why)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// file reads a list: one municipality a line, as domain or as CSV with the
// columns domain, name, country, code (with a header in any order, or in this
// order without one); a header may name mail, pec and former_domains besides.
// Empty lines and lines that begin with # do not count.
func (r *reader) file(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return exit.Usagef("the list %s cannot be opened: %w", path, err)
	}
	defer file.Close()
	rows, err := table(file)
	if err != nil {
		return unreadable(path, err)
	}
	columns := knownColumns[:4]
	for first := true; ; first = false {
		row, err := rows.Read()
		broken, malformed := errors.AsType[*csv.ParseError](err)
		var line int
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case malformed:
			line, err = broken.Line, broken.Err
		case err != nil:
			return unreadable(path, err) // no later line would come
		default:
			line, _ = rows.FieldPos(0)
		}
		where := fmt.Sprintf("%s:%d", path, line)
		switch {
		case err != nil:
			err = r.refuse(where, err)
		case first && isHeader(row):
			if columns, err = header(row); err != nil {
				err = exit.Usagef("%s: %w", where, err) // every line below would be misread
			}
		default:
			err = r.add(where, target(row, columns))
		}
		if err != nil {
			return err
		}
	}
}

func unreadable(path string, err error) error {
	return exit.Usagef("the list %s cannot be read: %w", path, err)
}

// table reads lines as spreadsheets write them: with a byte order mark in front,
// and with semicolons where the comma is the decimal sign, as in Italy and
// France.
func table(file io.Reader) (*csv.Reader, error) {
	buffered := bufio.NewReader(file)
	start, err := buffered.Peek(buffered.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(start, []byte("\ufeff")) {
		_, _ = buffered.Discard(len("\ufeff"))
	}
	rows := csv.NewReader(buffered)
	if line, _, _ := bytes.Cut(start, []byte("\n")); bytes.Contains(line, []byte(";")) && !bytes.Contains(line, []byte(",")) {
		rows.Comma = ';'
	}
	rows.FieldsPerRecord = -1
	rows.Comment = '#'
	rows.TrimLeadingSpace = true
	return rows, nil
}

func isHeader(row []string) bool {
	return slices.ContainsFunc(row, func(cell string) bool { return strings.EqualFold(strings.TrimSpace(cell), "domain") })
}

// knownColumns are the columns that a header may name; a list without a header
// has the first four.
var knownColumns = []string{"domain", "name", "country", "code", "mail", "pec", "former_domains"}

func header(row []string) ([]string, error) {
	columns := make([]string, len(row))
	for i, cell := range row {
		columns[i] = strings.ToLower(strings.TrimSpace(cell))
		if !slices.Contains(knownColumns, columns[i]) {
			return nil, fmt.Errorf("column %q is none of %s", cell, strings.Join(knownColumns, ", "))
		}
	}
	return columns, nil
}

func target(row, columns []string) entry {
	var t entry
	for i, cell := range row[:min(len(row), len(columns))] {
		switch cell = strings.TrimSpace(cell); columns[i] {
		case "domain":
			t.Domain = cell
		case "name":
			t.Name = cell
		case "country":
			t.Country = strings.ToLower(cell)
		case "code":
			t.Code = cell
		case "mail":
			t.mail = cell
		case "pec":
			t.pec = cell
		case "former_domains":
			t.former = cell
		}
	}
	return t
}
