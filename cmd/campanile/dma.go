package main

import (
	"bytes"
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
		Short: "The Digital Maturity Assessment: form, score, annex, comparison",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.dmaTemplate(), p.dmaScore(), p.dmaAnnex(), p.dmaCompare())
	return cmd
}

// formats of a form.
var formFormats = []string{"xlsx", "csv", "yaml", "html"}

func (p *program) dmaTemplate() *cobra.Command {
	lang, format, out := systemLanguage(), "yaml", ""
	cmd := &cobra.Command{
		Use:   "template",
		Short: "An empty form, to be filled in at a meeting",
		Long: `Writes the questionnaire for public bodies as a form to fill in: 6 dimensions, 11
questions, 97 items. Which items there are and how they are answered is the form's;
the words are our own working texts and no official translation.

The score is computed from xlsx, csv and yaml. html is a page for a meeting, to be
filled in on the screen or printed on A4: it keeps nothing, and the answers are
brought over to one of the others afterwards.`,
		Example: `  campanile dma template --lang it --format xlsx --out dma.xlsx
  campanile dma template --format yaml --out answers.yaml
  campanile dma template --lang fr --format html --out dma.html`,
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
	case "html":
		return report.WriteFormHTML(w, q, language)
	}
	return form.WriteYAML(w, q, language, empty)
}
