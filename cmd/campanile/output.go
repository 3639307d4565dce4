package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"campanile/checks"
	"campanile/cmd/internal/browser"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/score"
	"campanile/rules"
)

// output writes the report in every format that was asked for.
type output struct {
	program   *program
	settings  *settings
	rules     *rules.Set
	questions *rules.Questionnaire
	kept      keptBeside // what people have said: answers and checklists
	browser   string     // that prints the PDF; empty where none is asked for
	folder    bool       // one file for each municipality
	several   bool       // the JSON is a list, however many municipalities are finished
	quiet     bool       // without the commands to go on with
	reached   bool       // a finding reached --fail-on
}

// town is the report on one municipality, in each language that was asked for.
type town []report.Document

// output settles where everything goes, and reads what it needs besides the
// evidence, before anything is sent.
func (p *program) output(s *settings, targets []evidence.Target) (*output, error) {
	o := &output{program: p, settings: s, several: len(targets) > 1, folder: isFolder(s.out)}
	if err := o.fits(targets); err != nil {
		return nil, err
	}
	var err error
	if o.rules, err = score.Rules(); err != nil {
		return nil, err
	}
	if o.questions, err = rules.EmbeddedQuestionnaire(); err != nil {
		return nil, err
	}
	if o.kept, err = beside(s, o.questions, targets); err != nil {
		return nil, err
	}
	if slices.Contains(s.formats, "pdf") {
		if o.browser, err = browser.Find(s.browser); err != nil {
			return nil, err
		}
	}
	return o, o.reachable()
}

// isFolder reports whether --out names a folder, by its form or as it stands.
func isFolder(out string) bool {
	info, err := os.Stat(out)
	return out != "" && (strings.HasSuffix(out, "/") || strings.HasSuffix(out, string(filepath.Separator)) || err == nil && info.IsDir())
}

// fits holds the formats against the place that they are to go to.
func (o *output) fits(targets []evidence.Target) error {
	names := o.settings.formats
	if o.folder {
		return named(targets)
	}
	if len(names) > 1 {
		return exit.Usagef("several formats need a folder: --out reports/")
	}
	switch f := formatOf(names[0]); {
	case f.name == "letters":
		return exit.Usagef("letters are a file each and need a folder: --out letters/")
	case f.alone && o.several:
		return exit.Usagef("one %s shows one municipality; give --out reports/ for a file each", f.name)
	case f.binary && o.settings.out == "":
		return exit.Usagef("%s needs a file: give --out report%s", f.name, f.ending)
	}
	return nil
}

// named refuses evidence whose domain is not written as a scan writes it, and so
// is no name for a file: whoever wrote it could else lead a report to another
// folder, or let it take the place of another.
func named(targets []evidence.Target) error {
	for _, t := range targets {
		if domain, err := inventory.Domain(t.Domain); err != nil || domain != t.Domain {
			return exit.Usagef("the evidence names %q as its domain, which is no domain: no file is written for it; take it out of the list", t.Domain)
		}
	}
	return nil
}

// reachable tries the place that everything goes to.
func (o *output) reachable() error {
	out := o.settings.out
	if o.folder {
		if err := os.MkdirAll(out, 0o750); err != nil {
			return exit.Usagef("the folder for the reports cannot be made: %w", err)
		}
		return writable(out)
	}
	info, err := os.Stat(out)
	if out == "" || err == nil && !info.Mode().IsRegular() {
		return nil
	}
	return writable(filepath.Dir(out))
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
func (o *output) write(ctx context.Context, bundles []*evidence.Bundle) error {
	towns := make([]town, len(bundles))
	for i, b := range bundles {
		documents, err := o.documents(b)
		if err != nil {
			return err
		}
		towns[i] = documents
	}
	return o.writeTowns(ctx, towns)
}

func (o *output) writeTowns(ctx context.Context, towns []town) error {
	for _, name := range o.settings.formats {
		if err := o.writeFormat(ctx, formatOf(name), towns); err != nil {
			return err
		}
	}
	return nil
}

// documents judges the evidence once and tells it in every language.
func (o *output) documents(b *evidence.Bundle) (town, error) {
	digest, err := evidence.Digest(b)
	if err != nil {
		return nil, err
	}
	if o.settings.country != "" {
		elsewhere := *b
		elsewhere.Target.Country = o.settings.country
		b = &elsewhere
	}
	in := report.Input{
		Bundle: b, Digest: digest, Verdicts: score.Judge(b, o.rules), Rules: o.rules, Tool: tool, Questionnaire: o.questions,
		Answers: o.kept.answers[b.Target.Domain], Checklist: o.kept.checklists[b.Target.Domain],
	}
	in.Summary = score.Summarise(in.Verdicts, o.rules.Grades)
	o.reached = o.reached || reached(in, rules.Severity(o.settings.failOn))
	var list town
	for _, language := range o.settings.langs {
		in.Language = rules.Language(language)
		list = append(list, report.New(in))
	}
	return list, nil
}

// reached reports whether a failure is as grave as the limit, or graver. What the
// checklist accepts on the day of the evidence is shown and not counted.
func reached(in report.Input, limit rules.Severity) bool {
	if limit == "" {
		return false
	}
	return slices.ContainsFunc(in.Verdicts, func(v score.Verdict) bool {
		return v.Outcome == checks.Fail && slices.Index(rules.Severities, v.Severity) <= slices.Index(rules.Severities, limit) &&
			!in.Checklist.Excepts(v.Rule.ID, v.Subject, in.Bundle.Taken)
	})
}

// verdict gives exit code 3 when --fail-on was reached.
func (o *output) verdict() error {
	if o.reached {
		return &exit.Error{Code: exit.Findings, Err: errors.New("")}
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
