package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"campanile/checks"
	"campanile/cmd/internal/exit"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/score"
	"campanile/rules"
)

// output writes the report in every format that was asked for.
type output struct {
	program  *program
	settings *settings
	rules    *rules.Set
	folder   bool // one file for each municipality
	several  bool // the JSON is a list, however many municipalities are finished
	quiet    bool // without the commands to go on with
	reached  bool // a finding reached --fail-on
}

// endings of the files in a folder.
var endings = map[string]string{"terminal": ".txt", "json": ".json", "jsonl": ".jsonl", "html": ".html"}

// output settles where everything goes before anything is sent.
func (p *program) output(s *settings, targets int) (*output, error) {
	set, err := score.Rules()
	if err != nil {
		return nil, err
	}
	o := &output{program: p, settings: s, rules: set, several: targets > 1}
	info, err := os.Stat(s.out)
	o.folder = s.out != "" && (strings.HasSuffix(s.out, "/") || strings.HasSuffix(s.out, string(filepath.Separator)) || err == nil && info.IsDir())
	switch {
	case len(s.formats) > 1 && !o.folder:
		return nil, exit.Usagef("several formats need a folder: --out reports/")
	case slices.Contains(s.formats, "html") && targets > 1 && !o.folder:
		return nil, exit.Usagef("one page shows one municipality; give --out reports/ for a page each")
	}
	if o.folder {
		if err := os.MkdirAll(s.out, 0o750); err != nil {
			return nil, exit.Usagef("the folder for the reports cannot be made: %w", err)
		}
		return o, writable(s.out)
	}
	if s.out == "" || err == nil && !info.Mode().IsRegular() {
		return o, nil
	}
	return o, writable(filepath.Dir(s.out))
}

// writable tries a folder before a long scan, not after it.
func writable(folder string) error {
	file, err := os.CreateTemp(folder, ".campanile-*")
	if err != nil {
		return exit.Usagef("the report cannot be written: %w; make the folder, or name another place with --out", err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// write lays out the reports; a single failing write is an error, never silence.
func (o *output) write(bundles []*evidence.Bundle) error {
	documents := make([]report.Document, len(bundles))
	for i, b := range bundles {
		document, err := o.document(b)
		if err != nil {
			return err
		}
		documents[i] = document
	}
	for _, format := range o.settings.formats {
		if err := o.writeFormat(format, documents); err != nil {
			return err
		}
	}
	return nil
}

func (o *output) document(b *evidence.Bundle) (report.Document, error) {
	digest, err := evidence.Digest(b)
	if err != nil {
		return report.Document{}, err
	}
	if o.settings.country != "" {
		elsewhere := *b
		elsewhere.Target.Country = o.settings.country
		b = &elsewhere
	}
	verdicts := score.Judge(b, o.rules)
	o.reached = o.reached || reached(verdicts, rules.Severity(o.settings.failOn))
	return report.New(report.Input{
		Bundle: b, Digest: digest, Verdicts: verdicts, Summary: score.Summarise(verdicts, o.rules.Grades),
		Rules: o.rules, Language: rules.Language(o.settings.lang), Tool: tool,
	}), nil
}

// reached reports whether a failure is as grave as the limit, or graver.
func reached(verdicts []score.Verdict, limit rules.Severity) bool {
	if limit == "" {
		return false
	}
	return slices.ContainsFunc(verdicts, func(v score.Verdict) bool {
		return v.Outcome == checks.Fail && slices.Index(rules.Severities, v.Severity) <= slices.Index(rules.Severities, limit)
	})
}

// verdict gives exit code 3 when --fail-on was reached.
func (o *output) verdict() error {
	if o.reached {
		return &exit.Error{Code: exit.Findings, Err: errors.New("")}
	}
	return nil
}

func (o *output) writeFormat(format string, documents []report.Document) error {
	switch {
	case o.folder && format == "terminal":
		return o.file(filepath.Join(o.settings.out, "summary"+endings[format]), format, documents)
	case o.folder:
		for _, d := range documents {
			if err := o.file(filepath.Join(o.settings.out, d.Target.Domain+endings[format]), format, []report.Document{d}); err != nil {
				return err
			}
		}
		return nil
	case o.settings.out != "":
		return o.file(o.settings.out, format, documents)
	}
	if err := o.lay(o.program.stdout, format, documents); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// file writes beside the final name and renames, so that a full disk or an
// interruption never leaves half a report in place of a whole one.
func (o *output) file(path, format string, documents []report.Document) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return o.device(path, format, documents)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".campanile-*")
	if err != nil {
		return exit.Usagef("the report cannot be written: %w", err)
	}
	err = o.lay(file, format, documents)
	err = errors.Join(err, file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}

// device writes to what is not a file: a pipe, a terminal, /dev/full.
func (o *output) device(path, format string, documents []report.Document) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return exit.Usagef("the report cannot be written: %w", err)
	}
	if err := errors.Join(o.lay(file, format, documents), file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func (o *output) lay(w io.Writer, format string, documents []report.Document) error {
	switch format {
	case "terminal":
		return report.WriteTerminal(w, documents, o.terminal(w))
	case "jsonl":
		return each(w, documents, report.WriteJSONLines)
	case "html":
		return each(w, documents, report.WriteHTML)
	}
	if o.folder || !o.several {
		return each(w, documents, report.WriteJSON)
	}
	return array(w, documents)
}

// array writes several reports as one JSON list.
func array(w io.Writer, documents []report.Document) error {
	before := "[\n"
	for _, d := range documents {
		if _, err := io.WriteString(w, before); err != nil {
			return err
		}
		if err := report.WriteJSON(w, d); err != nil {
			return err
		}
		before = ",\n"
	}
	_, err := io.WriteString(w, "]\n")
	return err
}

func each(w io.Writer, documents []report.Document, write func(io.Writer, report.Document) error) error {
	for _, d := range documents {
		if err := write(w, d); err != nil {
			return err
		}
	}
	return nil
}

// maxWidth is where lines become too long to read, in columns.
const maxWidth = 140

// terminal says how wide the table may be and whether colour is welcome
// (https://no-color.org).
func (o *output) terminal(w io.Writer) report.TerminalOptions {
	options := report.TerminalOptions{Width: 80, Quiet: o.quiet}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns >= 40 {
		options.Width = min(columns, maxWidth)
	}
	file, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return options
	}
	_, options.Color = os.LookupEnv("NO_COLOR")
	options.Color = !options.Color && os.Getenv("TERM") != "dumb"
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width >= 40 {
		options.Width = min(width, maxWidth)
	}
	return options
}
