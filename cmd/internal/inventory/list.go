package inventory

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"campanile/cmd/internal/exit"
	"campanile/collectors/evidence"
)

// MaxTargets bounds one list: more than all municipalities of Italy and France.
const MaxTargets = 100_000

// Source is where targets come from and how strictly they are read.
type Source struct {
	Arguments   []string // domains, or @FILE for a list
	Country     string   // whose rules apply; empty: by list, else by domain
	SkipInvalid bool     // leave bad lines out, with a note, in place of refusing
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
			err = r.add(argument, evidence.Target{Domain: argument})
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

// add takes one target, or says why not.
func (r *reader) add(where string, t evidence.Target) error {
	domain, err := Domain(t.Domain)
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
	r.targets = append(r.targets, t)
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
// order without one). Empty lines and lines that begin with # do not count.
func (r *reader) file(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return exit.Usagef("the list %s cannot be opened: %w", path, err)
	}
	defer file.Close()
	rows := csv.NewReader(skipMark(file))
	rows.FieldsPerRecord = -1
	rows.Comment = '#'
	rows.TrimLeadingSpace = true
	columns := []string{"domain", "name", "country", "code"}
	for first := true; ; first = false {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		where := path
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			where, err = fmt.Sprintf("%s:%d", path, broken.Line), broken.Err
		} else if err == nil {
			line, _ := rows.FieldPos(0)
			where = fmt.Sprintf("%s:%d", path, line)
		}
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

// skipMark drops the byte order mark that spreadsheets write.
func skipMark(file io.Reader) io.Reader {
	buffered := bufio.NewReader(file)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = buffered.Discard(3)
	}
	return buffered
}

func isHeader(row []string) bool {
	return slices.ContainsFunc(row, func(cell string) bool { return strings.EqualFold(strings.TrimSpace(cell), "domain") })
}

func header(row []string) ([]string, error) {
	columns := make([]string, len(row))
	for i, cell := range row {
		columns[i] = strings.ToLower(strings.TrimSpace(cell))
		if !slices.Contains([]string{"domain", "name", "country", "code"}, columns[i]) {
			return nil, fmt.Errorf("column %q is none of domain, name, country, code", cell)
		}
	}
	return columns, nil
}

func target(row, columns []string) evidence.Target {
	var t evidence.Target
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
		}
	}
	return t
}
