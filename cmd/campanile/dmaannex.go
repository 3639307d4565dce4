package main

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	form "campanile/cmd/internal/answers"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/ticks"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/report/paper"
	"campanile/report/score"
	"campanile/report/score/dma"
	"campanile/rules"
)

// annexFormats are how an annex can be written.
var annexFormats = []string{"terminal", "json", "html", "docx", "odt"}

// annexing is one call of "dma annex".
type annexing struct {
	settings // --evidence, --lang, --out, --skip-invalid

	answers   string // file; "" where nobody has filled in the form
	checklist string // file
	domain    string
	format    string
}

func (p *program) dmaAnnex() *cobra.Command {
	a := annexing{settings: *defaults(), format: "terminal"}
	lang := systemLanguage()
	cmd := &cobra.Command{
		Use:   "annex [ANSWERS]",
		Short: "What is seen from outside, beside the answers to dimension 4",
		Long: `Lays what a scan has seen beside the answers of a filled form, item by item of
dimension 4: it supports an answer, contradicts it or is silent. It answers no item:
the declared score comes from the answers alone, by the official formula, and is
told apart from coverage and conflicts. Without ANSWERS the form counts as not
answered. The review log of a checklist stands in the annex too.`,
		Example: `  campanile dma annex answers.yaml --evidence scan.jsonl
  campanile dma annex dma.xlsx --evidence valley.jsonl --checklist borgo.yaml --format docx --out annex.docx`,
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) > 1 {
				return exit.Usagef("give one file of answers, that of one municipality")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, arguments []string) error {
			a.answers = strings.Join(arguments, "")
			d, err := p.annexDocument(a, rules.Language(lang))
			if err != nil {
				return err
			}
			return p.writeAnnex(a, d)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&a.evidence, "evidence", "", "`FILE` of evidence that a scan has kept; needed")
	flags.StringVar(&a.domain, "domain", "", "`DOMAIN` of the municipality, where the evidence holds several")
	flags.StringVar(&a.checklist, "checklist", "", "`FILE` of the municipality's checklist, for its review log")
	flags.BoolVar(&a.skipInvalid, "skip-invalid", false, "leave bad lines of the evidence out, with a note, in place of refusing")
	flags.Var(oneOf(&lang, "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
	flags.Var(oneOf(&a.format, annexFormats...), "format", strings.Join(annexFormats, ", "))
	flags.StringVar(&a.out, "out", "", "`FILE`; default: standard output")
	return cmd
}

// annexDocument reads all that an annex is made of, and makes the document.
func (p *program) annexDocument(a annexing, language rules.Language) (report.Document, error) {
	switch {
	case a.evidence == "":
		return report.Document{}, exit.Usagef("no evidence to look at; give a file that \"campanile scan --evidence FILE\" has written, with --evidence FILE")
	case a.out == "" && slices.Contains([]string{"docx", "odt"}, a.format):
		return report.Document{}, exit.Usagef("%s needs a file: give --out annex.%s", a.format, a.format)
	}
	set, err := score.Rules()
	if err != nil {
		return report.Document{}, err
	}
	in := report.Input{Rules: set, Language: language, Tool: tool}
	if in.Questionnaire, err = rules.EmbeddedQuestionnaire(); err != nil {
		return report.Document{}, err
	}
	if in.Answers, in.Checklist, err = a.beside(in.Questionnaire); err != nil {
		return report.Document{}, err
	}
	if in.Bundle, err = p.annexEvidence(a, in.Answers, in.Checklist); err != nil {
		return report.Document{}, err
	}
	if in.Digest, err = evidence.Digest(in.Bundle); err != nil {
		return report.Document{}, err
	}
	in.Verdicts = score.Judge(in.Bundle, set)
	in.Summary = score.Summarise(in.Verdicts, set.Grades)
	return report.New(in), nil
}

// beside reads what people have filled in; nil where no file is named.
func (a annexing) beside(q *rules.Questionnaire) (answers *dma.Assessment, kept *checklist.Checklist, err error) {
	if a.answers != "" {
		if answers, err = form.Read(a.answers, q); err != nil {
			return nil, nil, err
		}
	}
	if a.checklist != "" {
		if kept, err = ticks.Read(a.checklist); err != nil {
			return nil, nil, err
		}
	}
	return answers, kept, nil
}

// annexEvidence gives the newest evidence of the municipality. Answers and
// checklists of another one are refused: nothing would show in the annex that they
// do not belong together.
func (p *program) annexEvidence(a annexing, answers *dma.Assessment, kept *checklist.Checklist) (*evidence.Bundle, error) {
	bundles, err := p.kept(&a.settings, []string{a.evidence})
	if err != nil {
		return nil, err
	}
	domain, err := a.whose(answers, kept)
	if err != nil {
		return nil, err
	}
	var names []string
	var newest *evidence.Bundle
	for _, b := range bundles {
		if !slices.Contains(names, b.Target.Domain) {
			names = append(names, b.Target.Domain)
		}
		if (domain == "" || b.Target.Domain == domain) && (newest == nil || b.Taken.After(newest.Taken)) {
			newest = b
		}
	}
	switch {
	case newest == nil:
		return nil, exit.Usagef("%s: no evidence of %s in it, but of %s; scan it with \"campanile scan %s --evidence FILE\"", a.evidence, domain, some(names), domain)
	case domain == "" && len(names) > 1:
		return nil, exit.Usagef("%s: evidence of %d municipalities (%s); name one with --domain", a.evidence, len(names), some(names))
	}
	return newest, nil
}

// whose gives the domain that was named, or that the files are about; "" where
// none says it.
func (a annexing) whose(answers *dma.Assessment, kept *checklist.Checklist) (string, error) {
	domain := ""
	if a.domain != "" {
		var err error
		if domain, err = inventory.Domain(a.domain); err != nil {
			return "", exit.Usagef("--domain: %w", err)
		}
	}
	type source struct{ file, domain string }
	sources := []source{{a.checklist, ""}, {a.answers, ""}}
	if kept != nil {
		sources[0].domain = kept.Domain
	}
	if answers != nil {
		sources[1].domain = answers.Domain
	}
	for _, s := range sources {
		if s.domain != "" && domain != "" && s.domain != domain {
			return "", exit.Usagef("%s is about %s and not about %s; give the file of the same municipality", s.file, report.Shown(s.domain), report.Shown(domain))
		}
		domain = cmp.Or(domain, s.domain)
	}
	return domain, nil
}

// some lists a few names, harmless, for a message.
func some(names []string) string {
	const few = 5
	var list []string
	for _, name := range names[:min(few, len(names))] {
		list = append(list, report.Shown(name))
	}
	if len(names) > few {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}

func (p *program) writeAnnex(a annexing, d report.Document) error {
	lay := func(w io.Writer) error {
		switch a.format {
		case "json":
			return report.WriteAnnexJSON(w, d)
		case "html":
			return report.WriteAnnexHTML(w, d)
		case "docx":
			return paper.Annex(d).DOCX(w)
		case "odt":
			return paper.Annex(d).ODT(w)
		}
		return report.WriteAnnexTerminal(w, d, (&output{program: p}).terminal(w))
	}
	if a.out != "" {
		return putFile(a.out, lay)
	}
	return written(lay(p.stdout))
}
