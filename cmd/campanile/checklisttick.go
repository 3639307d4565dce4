package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/ticks"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/rules"
)

// ticking is what "checklist tick" was asked for.
type ticking struct {
	done, asked, accept, open      bool
	on, until, because, by, lang   string
	path, rule, subject, entryName string
}

func (p *program) checklistTick() *cobra.Command {
	t := ticking{lang: systemLanguage()}
	cmd := &cobra.Command{
		Use:   "tick FILE RULE[@SUBJECT]",
		Short: "Say that an entry was mended, asked of the supplier, or accepted until a day",
		Long: `Writes into a checklist what people say of an entry; without @SUBJECT, of every entry
of the rule that is not mended. The next scan verifies it. What is accepted needs a
reason, a name and a last day; it stays visible, and does not change the grade.`,
		Example: `  campanile checklist tick borgo.yaml web-hsts-missing --done --by "Anna Rossi"
  campanile checklist tick borgo.yaml mail-dmarc-missing@comune.borgo.example --asked --on 2026-11-22
  campanile checklist tick borgo.yaml dns-caa-missing --accept --until 2027-03-31 --because "the new site comes in March" --by "Anna Rossi"
  campanile checklist tick borgo.yaml dns-caa-missing --open`,
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 2 {
				return exit.Usagef("give a checklist and an entry, such as borgo.yaml web-hsts-missing; \"campanile checklist show FILE\" names the entries")
			}
			return nil
		},
		ValidArgsFunction: aChecklist,
		RunE: func(cmd *cobra.Command, arguments []string) error {
			t.lang = languageKept(cmd, t.lang, arguments[0])
			t.path, t.entryName = arguments[0], arguments[1]
			t.rule, t.subject, _ = strings.Cut(t.entryName, "@")
			return p.tickChecklist(t)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&t.done, "done", false, "somebody says that it is mended")
	f.BoolVar(&t.asked, "asked", false, "the supplier was asked")
	f.BoolVar(&t.accept, "accept", false, "it is known, and left so until a day")
	f.BoolVar(&t.open, "open", false, "takes back what was said")
	f.StringVar(&t.on, "on", "", "the `DAY` on which it was done or asked; default: today")
	f.StringVar(&t.until, "until", "", "with --accept: the last `DAY`")
	f.StringVar(&t.because, "because", "", "`TEXT`: why; needed with --accept")
	f.StringVar(&t.by, "by", "", "`NAME` of whoever says so; needed with --accept")
	f.Var(oneOf(&t.lang, "it", "fr", "en"), "lang", "language: it, fr or en; default: that of the file")
	return cmd
}

func (p *program) tickChecklist(t ticking) error {
	what, err := t.entry(p.now())
	if err != nil {
		return err
	}
	c, err := ticks.Read(t.path)
	if err != nil {
		return err
	}
	meant := t.meant(c)
	if len(meant) == 0 {
		return exit.Usagef("%s has no entry %s; \"campanile checklist show %s\" names the entries", t.path, printable(t.entryName), t.path)
	}
	told := &checklist.Checklist{Domain: c.Domain, Name: c.Name}
	for _, e := range meant {
		e.State, e.On, e.Until, e.By, e.Because = what.State, what.On, what.Until, what.By, what.Because
		told.Entries = append(told.Entries, *e)
	}
	if err := ticks.Write(t.path, c, rules.Language(t.lang)); err != nil {
		return err
	}
	return p.showChecklist(told, rules.Language(t.lang))
}

// meant gives the entries that were named: a subject as the file has it or as
// people read it; without one, the entries of the rule that are not mended, or
// all of them where all are.
func (t ticking) meant(c *checklist.Checklist) []*checklist.Entry {
	var all, open []*checklist.Entry
	for i := range c.Entries {
		e := &c.Entries[i]
		named := t.subject == "" || checklist.Key(t.rule, t.subject) == checklist.Key(e.Rule, e.Subject) || e.Subject != "" && t.subject == report.Shown(e.Subject)
		if e.Rule != t.rule || !named {
			continue
		}
		all = append(all, e)
		if e.Fixed.IsZero() {
			open = append(open, e)
		}
	}
	if len(open) > 0 {
		return open
	}
	return all
}

// entry gives what is to be written, and refuses what does not fit together.
func (t ticking) entry(now time.Time) (checklist.Entry, error) {
	var e checklist.Entry
	states := 0
	for state, said := range map[checklist.State]bool{checklist.Done: t.done, checklist.Asked: t.asked, checklist.Accepted: t.accept, checklist.Open: t.open} {
		if said {
			e.State, states = state, states+1
		}
	}
	switch {
	case states != 1:
		return e, exit.Usagef("say one of --done, --asked, --accept and --open")
	case t.open && t.on+t.until+t.because+t.by != "":
		return e, exit.Usagef("--open takes back what was said; leave out --on, --until, --because and --by")
	case t.open:
		return e, nil
	case t.accept && (t.until == "" || t.because == "" || t.by == ""):
		return e, exit.Usagef("--accept needs --until DAY, --because TEXT and --by NAME: an exception has an end, a reason and an author")
	case !t.accept && t.until != "":
		return e, exit.Usagef("--until is the last day of an exception; give it with --accept")
	}
	return t.said(e, now)
}

func (t ticking) said(e checklist.Entry, now time.Time) (checklist.Entry, error) {
	e.On = now.UTC().Truncate(24 * time.Hour)
	for _, d := range []struct {
		flag, text string
		into       *time.Time
	}{{"--on", t.on, &e.On}, {"--until", t.until, &e.Until}} {
		if d.text == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, d.text)
		if err != nil {
			return e, exit.Usagef("%s: %q is not a day; write it like 2026-11-22", d.flag, d.text)
		}
		*d.into = day
	}
	if today := now.UTC().Truncate(24 * time.Hour); !t.accept && e.On.After(today.AddDate(0, 0, 1)) {
		return e, exit.Usagef("--on %s is still to come; give the day on which it was done or asked, or tick it then", t.on)
	}
	if t.accept && e.Until.Before(e.On) {
		return e, exit.Usagef("--until %s is before %s, the day of the exception; give a later day", t.until, e.On.Format(time.DateOnly))
	}
	var err error
	if e.By, err = ticks.Text(t.by); err == nil {
		e.Because, err = ticks.Text(t.because)
	}
	if err != nil {
		return e, exit.Usagef("%s: %w", t.entryName, fmt.Errorf("--by and --because: %w", err))
	}
	return e, nil
}
