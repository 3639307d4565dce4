package ticks

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"campanile/cmd/internal/exit"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/report/sheet"
	"campanile/rules"
)

// Write writes a checklist to a file, with comments and words in a language. It
// is written beside the file and takes its place in one step, once it has been
// read back and holds the same: a full disk or an interruption loses nothing of
// what people have written.
func Write(path string, c *checklist.Checklist, language rules.Language) error {
	data, err := Encode(path, c, language)
	if err != nil {
		return err
	}
	mode := os.FileMode(0o600)
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return exit.Usagef("%s is no file; name one that ends in .yaml, .csv or .xlsx", path)
		}
		mode = info.Mode().Perm()
	}
	// A link keeps leading to the same file.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return replace(path, data, mode)
}

func replace(path string, data []byte, mode os.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".campanile-*")
	if err != nil {
		return exit.Usagef("the checklist cannot be written: %w; make the folder, or name another place", err)
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}

// Encode gives a checklist as the text of a file with this name, which Parse
// reads as the same checklist. The same checklist gives the same bytes.
func Encode(name string, c *checklist.Checklist, language rules.Language) ([]byte, error) {
	if ending := strings.ToLower(filepath.Ext(name)); !slices.Contains(endings, ending) {
		return nil, exit.Usagef("%s: %w", name, unknownEnding(ending))
	}
	data, err := encoded(name, c, language)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", name, err)
	}
	back, err := Parse(name, data)
	if err != nil {
		return nil, fmt.Errorf("the checklist would not be readable, and was not written: %w", err)
	}
	if !reflect.DeepEqual(whole(c), back) {
		return nil, fmt.Errorf("%s: the checklist would be read otherwise than it was meant, and was not written", name)
	}
	return data, nil
}

// whole is a checklist as a file holds it: times in whole seconds.
func whole(c *checklist.Checklist) *checklist.Checklist {
	seconds := func(t *time.Time) { *t = t.UTC().Truncate(time.Second) }
	kept := &checklist.Checklist{Domain: c.Domain, Name: c.Name}
	for _, e := range c.Entries {
		for _, t := range []*time.Time{&e.On, &e.Until, &e.First, &e.Last, &e.Fixed, &e.Back} {
			seconds(t)
		}
		kept.Entries = append(kept.Entries, e)
	}
	for _, v := range c.Reviews {
		seconds(&v.On)
		seconds(&v.Taken)
		kept.Reviews = append(kept.Reviews, v)
	}
	return kept
}

func encoded(name string, c *checklist.Checklist, language rules.Language) ([]byte, error) {
	var out bytes.Buffer
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		err := sheet.WriteCSV(&out, List(c, language))
		return out.Bytes(), err
	case ".xlsx":
		list := List(c, language)
		err := sheet.WriteXLSX(&out, sheet.Book{Title: list.Name, Author: "campanile", Language: language, Taken: c.Known(), Lists: []report.List{list}})
		return out.Bytes(), err
	}
	for line := range strings.Lines(report.WordsIn(language).Say("followup.file.preamble")) {
		out.WriteString("# " + strings.TrimSpace(line) + "\n")
	}
	writeFields(&out, "", heads(), town{c.Domain, c.Name})
	writeList(&out, "entries", entries(), c.Entries)
	writeList(&out, "reviews", reviews(), c.Reviews)
	return out.Bytes(), nil
}

func writeList[T any](out *bytes.Buffer, key string, fields []field[T], list []T) {
	if len(list) > 0 {
		out.WriteString("\n" + key + ":\n")
	}
	for _, each := range list {
		var one bytes.Buffer
		writeFields(&one, "    ", fields, each)
		out.WriteString("  - " + strings.TrimPrefix(one.String(), "    "))
	}
}

// writeFields leaves out what is empty.
func writeFields[T any](out *bytes.Buffer, indent string, fields []field[T], t T) {
	for _, f := range fields {
		text := f.given(t)
		switch {
		case text == "":
		case f.bare:
			fmt.Fprintf(out, "%s%s: %s\n", indent, f.key, text)
		default:
			fmt.Fprintf(out, "%s%s: %s\n", indent, f.key, inYAML(text))
		}
	}
}

// List lays a checklist out as a table for CSV or XLSX, in a language.
func List(c *checklist.Checklist, language rules.Language) report.List {
	w := report.WordsIn(language)
	list := report.List{Name: w.Say("followup.file.name")}
	widths := map[string]int{"title": 50, "subject": 34, "state": 20, "because": 36, "note": 30, "rule": 30, "evidence": 24, "by": 18, "first": 22, "last": 22, "fixed": 22, "back": 22, "taken": 22}
	for _, name := range columns {
		list.Columns = append(list.Columns, report.Column{Name: w.Say("followup.file.column." + name), Width: max(widths[name], 13)})
	}
	list.Rows = append(list.Rows, rowOf(w, "town", heads(), town{c.Domain, c.Name}))
	for _, e := range c.Entries {
		row := rowOf(w, "finding", entries(), e)
		row[slices.Index(columns, "state")] = stateIn(w, e.State)
		list.Rows = append(list.Rows, row)
	}
	for _, v := range c.Reviews {
		list.Rows = append(list.Rows, rowOf(w, "review", reviews(), v))
	}
	return list
}

func rowOf[T any](w report.Words, kind string, fields []field[T], t T) []string {
	row := make([]string, len(columns))
	row[0] = w.Say("followup.file.kind." + kind)
	for _, f := range fields {
		i := slices.Index(columns, f.key)
		if i < 0 {
			i = slices.Index(columns, inTable[f.key])
		}
		row[i] = spelled(f.given(t))
	}
	return row
}
