package main

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/ticks"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

// updating is what "checklist update" was asked for.
type updating struct {
	path, evidence, domain, by, note, lang string
	skipInvalid                            bool
}

func (p *program) checklistUpdate() *cobra.Command {
	u := updating{lang: systemLanguage()}
	cmd := &cobra.Command{
		Use:   "update FILE --evidence FILE",
		Short: "Add what is new, note what is mended; makes the file where there is none",
		Long: `Holds a checklist against kept evidence: new findings are added, what is mended is
noted, what came back is told. Everything that people have written stays; comments
do not. With --by, the file also keeps who looked at the results and when: the review
log that makes the answer truthful that threats are looked at regularly. It opens no
connection.`,
		Example: `  campanile checklist update borgo.yaml --evidence evidence.jsonl
  campanile checklist update borgo.xlsx --evidence valley.jsonl.zst --domain comune.borgo.example --by "Anna Rossi" --note "asked the web supplier"`,
		Args:              oneChecklist,
		ValidArgsFunction: aChecklist,
		RunE: func(cmd *cobra.Command, arguments []string) error {
			u.lang, u.path = languageKept(cmd, u.lang, arguments[0]), arguments[0]
			return p.updateChecklist(u)
		},
	}
	f := cmd.Flags()
	f.StringVar(&u.evidence, "evidence", "", "`FILE` of evidence that a scan has kept (JSON Lines, .zst too, - for standard input)")
	f.StringVar(&u.domain, "domain", "", "whose evidence, where the file holds that of several `DOMAIN`s")
	f.StringVar(&u.by, "by", "", "`NAME` of whoever looked at the results: adds a review")
	f.StringVar(&u.note, "note", "", "`TEXT` kept with the review")
	f.BoolVar(&u.skipInvalid, "skip-invalid", false, "leave out lines of evidence that cannot be read")
	f.Var(oneOf(&u.lang, "it", "fr", "en"), "lang", "language: it, fr or en; default: that of the file, or of the environment")
	return cmd
}

func (p *program) updateChecklist(u updating) error {
	review, err := u.review(p.now())
	if err != nil {
		return err
	}
	c, err := ticks.Read(u.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c = &checklist.Checklist{}
	case err != nil:
		return err
	}
	bundles, err := p.scansOf(c, u)
	if err != nil {
		return err
	}
	set, err := score.Rules()
	if err != nil {
		return err
	}
	var last report.Document
	var results []checklist.Result
	for _, b := range bundles {
		input, err := judgedInput(b, set, rules.Language(u.lang))
		if err != nil {
			return err
		}
		review.Taken, review.Evidence = b.Taken, input.Digest
		input.Checklist = lookedAt(c, review)
		last = report.New(input)
		c, results = checklist.Update(c, last.Scan())
		c.Domain = b.Target.Domain
		if c.Name == "" && b.Target.Name != "" {
			c.Name = last.Name
		}
	}
	if review.By != "" {
		c.Looked(review)
	}
	if err := ticks.Write(u.path, c, rules.Language(u.lang)); err != nil {
		return err
	}
	return written(report.WriteFollowup(p.stdout, last, results, report.TerminalOptions{}))
}

// lookedAt is a list as it stands before a scan, with this look at it: what is told
// shows that the look was noted.
func lookedAt(c *checklist.Checklist, review checklist.Review) *checklist.Checklist {
	told := *c
	told.Reviews = slices.Clone(c.Reviews)
	if review.By != "" {
		told.Looked(review)
	}
	return &told
}

// review is what --by and --note say, on a day.
func (u updating) review(now time.Time) (checklist.Review, error) {
	var r checklist.Review
	if u.evidence == "" {
		return r, exit.Usagef("no evidence is named; give --evidence FILE, as \"campanile scan --evidence FILE\" has written it")
	}
	if u.note != "" && u.by == "" {
		return r, exit.Usagef("--note is kept with a review; say with --by who looked at the results")
	}
	var err error
	if r.By, err = ticks.Text(u.by); err != nil {
		return r, exit.Usagef("--by: %w", err)
	}
	if r.Note, err = ticks.Text(u.note); err != nil {
		return r, exit.Usagef("--note: %w", err)
	}
	r.On = now.UTC().Truncate(24 * time.Hour)
	return r, nil
}

// scansOf gives the scans of one municipality, oldest first, without those that
// are older than what the checklist knows.
func (p *program) scansOf(c *checklist.Checklist, u updating) ([]*evidence.Bundle, error) {
	s := defaults()
	s.skipInvalid = u.skipInvalid
	bundles, err := p.kept(s, []string{u.evidence})
	if err != nil {
		return nil, err
	}
	domain, err := u.whose(c, bundles)
	if err != nil {
		return nil, err
	}
	bundles = slices.DeleteFunc(bundles, func(b *evidence.Bundle) bool { return b.Target.Domain != domain })
	if len(bundles) == 0 {
		return nil, exit.Usagef("%s holds no evidence of %s; scan it, or name other evidence", u.evidence, domain)
	}
	slices.SortStableFunc(bundles, func(a, b *evidence.Bundle) int { return a.Taken.Compare(b.Taken) })
	newest, known := bundles[len(bundles)-1].Taken, c.Known()
	bundles = slices.DeleteFunc(bundles, func(b *evidence.Bundle) bool { return b.Taken.UTC().Truncate(time.Second).Before(known) })
	if len(bundles) == 0 {
		return nil, exit.Usagef("%s: the evidence of %s is of %s, and the checklist knows a scan of %s already; scan again, and give the newer evidence",
			u.path, domain, newest.Format(time.DateOnly), known.Format(time.DateOnly))
	}
	return bundles, nil
}

// whose tells which municipality is meant: that of the checklist, the one that
// was named, or the only one in the evidence.
func (u updating) whose(c *checklist.Checklist, bundles []*evidence.Bundle) (string, error) {
	domain := c.Domain
	if u.domain != "" {
		named, err := inventory.Domain(u.domain)
		switch {
		case err != nil:
			return "", exit.Usagef("--domain: %w", err)
		case domain != "" && named != domain:
			return "", exit.Usagef("%s is the checklist of %s, not of %s; give each municipality a file of its own", u.path, domain, named)
		}
		domain = named
	}
	if domain != "" {
		return domain, nil
	}
	var all []string
	for _, b := range bundles {
		all = append(all, b.Target.Domain)
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) > 1 {
		return "", exit.Usagef("%s holds the evidence of %d municipalities; say with --domain which (%s)", u.evidence, len(all), printable(strings.Join(all[:min(len(all), 5)], ", ")))
	}
	return all[0], nil
}

// judgedInput gives a bundle its verdicts.
func judgedInput(b *evidence.Bundle, set *rules.Set, language rules.Language) (report.Input, error) {
	digest, err := evidence.Digest(b)
	if err != nil {
		return report.Input{}, err
	}
	verdicts := score.Judge(b, set)
	return report.Input{
		Bundle: b, Digest: digest, Verdicts: verdicts, Summary: score.Summarise(verdicts, set.Grades),
		Rules: set, Language: language, Tool: tool,
	}, nil
}
