package main

import (
	"fmt"

	"github.com/spf13/cobra"

	form "campanile/cmd/internal/answers"
	"campanile/cmd/internal/exit"
	"campanile/report"
	"campanile/report/score/dma"
	"campanile/rules"
)

// scoreFormats are how a score can be written.
var scoreFormats = []string{"terminal", "json", "dta-csv"}

func (p *program) dmaScore() *cobra.Command {
	lang, format := systemLanguage(), "terminal"
	cmd := &cobra.Command{
		Use:   "score ANSWERS",
		Short: "The score of a filled form, by the official formula",
		Long: `Reads a filled form (.yaml, .csv or .xlsx, as "campanile dma template" writes it) and
computes questions, dimensions and the whole by the form's own formula. What does not
fit is refused with line or cell and reason. An item without an answer counts nothing.

--format dta-csv is experimental and unverified: one row of 101 columns, as the one
known export for the tool of the EDIH network has them. Whether that tool takes it
has not been tried; ask your European Digital Innovation Hub before you send it.`,
		Example: `  campanile dma score answers.yaml
  campanile dma score dma.xlsx --format json
  campanile dma score dma.xlsx --format dta-csv > export.csv`,
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return exit.Usagef("give one file of answers; \"campanile dma template\" writes an empty one")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, arguments []string) error {
			q, err := rules.EmbeddedQuestionnaire()
			if err != nil {
				return err
			}
			a, err := form.Read(arguments[0], q)
			if err != nil {
				return err
			}
			return p.writeScore(q, a, arguments[0], format, rules.Language(lang))
		},
	}
	cmd.Flags().Var(oneOf(&lang, "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
	cmd.Flags().Var(oneOf(&format, scoreFormats...), "format", "terminal, json or dta-csv (experimental)")
	return cmd
}

func (p *program) writeScore(q *rules.Questionnaire, a *dma.Assessment, name, format string, language rules.Language) error {
	result, err := dma.Score(q, a.Answers)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	switch format {
	case "json":
		return written(report.WriteMaturityJSON(p.stdout, q, a, result))
	case "dta-csv":
		return p.writeExport(q, a)
	}
	return written(report.WriteMaturity(p.stdout, q, a, result, language))
}

// writeExport writes the export for the tool of the EDIH network. That it is not
// verified is said beside the file and not in it.
func (p *program) writeExport(q *rules.Questionnaire, a *dma.Assessment) error {
	if err := form.WriteDTA(p.stdout, q, *a); err != nil {
		return err
	}
	p.say("experimental: whether the tool of the EDIH network takes this file is not verified, nor in which order planned and done stand; ask your European Digital Innovation Hub before you send it")
	return nil
}
