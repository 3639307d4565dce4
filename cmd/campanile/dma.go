package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	form "campanile/cmd/internal/answers"
	"campanile/cmd/internal/exit"
	"campanile/report"
	"campanile/report/score/dma"
	"campanile/report/sheet"
	"campanile/rules"
)

// dmaCommand is the Digital Maturity Assessment of the European Digital
// Innovation Hubs, for public bodies.
func (p *program) dmaCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dma",
		Short: "The Digital Maturity Assessment: a form to fill in, its score",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.dmaTemplate(), p.dmaScore())
	return cmd
}

// formats of a form.
var formFormats = []string{"xlsx", "csv", "yaml"}

func (p *program) dmaTemplate() *cobra.Command {
	lang, format, out := systemLanguage(), "yaml", ""
	cmd := &cobra.Command{
		Use:   "template",
		Short: "An empty form, to be filled in at a meeting",
		Long: `Writes the questionnaire for public bodies as a form to fill in: 6 dimensions, 11
questions, 97 items. Which items there are and how they are answered is the form's;
the words are our own working texts and no official translation.`,
		Example: `  campanile dma template --lang it --format xlsx --out dma.xlsx
  campanile dma template --format yaml --out answers.yaml`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			q, err := rules.EmbeddedQuestionnaire()
			if err != nil {
				return err
			}
			return p.writeForm(q, rules.Language(lang), format, out)
		},
	}
	cmd.Flags().Var(oneOf(&lang, "it", "fr", "en"), "lang", "language of the texts: it, fr or en; default: from the environment")
	cmd.Flags().Var(oneOf(&format, formFormats...), "format", strings.Join(formFormats, ", "))
	cmd.Flags().StringVar(&out, "out", "", "`FILE`; default: standard output")
	return cmd
}

// writeForm writes an empty form. A file that is there already may have been
// filled in by people: it stays.
func (p *program) writeForm(q *rules.Questionnaire, language rules.Language, format, out string) error {
	if format == "xlsx" && out == "" {
		return exit.Usagef("a workbook needs a file: give --out dma.xlsx")
	}
	var text bytes.Buffer
	if err := fillForm(&text, q, language, format); err != nil {
		return err
	}
	if out == "" {
		_, err := p.stdout.Write(text.Bytes())
		return written(err)
	}
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return exit.Usagef("%s cannot be made: %w; give another name with --out", out, err)
	}
	_, err = file.Write(text.Bytes())
	if closed := file.Close(); err == nil {
		err = closed
	}
	return written(err)
}

func fillForm(w io.Writer, q *rules.Questionnaire, language rules.Language, format string) error {
	empty := dma.Assessment{Form: q.Form}
	switch format {
	case "xlsx":
		return sheet.WriteXLSX(w, sheet.Book{Title: "DMA", Author: tool.Name, Language: language, Lists: []report.List{form.List(q, language, empty)}})
	case "csv":
		return sheet.WriteCSV(w, form.List(q, language, empty))
	}
	return form.WriteYAML(w, q, language, empty)
}

func (p *program) dmaScore() *cobra.Command {
	lang, format := systemLanguage(), "terminal"
	cmd := &cobra.Command{
		Use:   "score ANSWERS",
		Short: "The score of a filled form, by the official formula",
		Long: `Reads a filled form (.yaml, .csv or .xlsx, as "campanile dma template" writes it) and
computes questions, dimensions and the whole by the form's own formula. What does not
fit is refused with line or cell and reason. An item without an answer counts nothing.`,
		Example: `  campanile dma score answers.yaml
  campanile dma score dma.xlsx --format json`,
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
			result, err := dma.Score(q, a.Answers)
			if err != nil {
				return fmt.Errorf("%s: %w", arguments[0], err)
			}
			if format == "json" {
				return written(writeIndented(p.stdout, scoreJSON(q, a, result)))
			}
			return written(report.WriteMaturity(p.stdout, q, a, result, rules.Language(lang)))
		},
	}
	cmd.Flags().Var(oneOf(&lang, "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
	cmd.Flags().Var(oneOf(&format, "terminal", "json"), "format", "terminal or json")
	return cmd
}
