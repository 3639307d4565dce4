package main

import (
	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
)

// reportCommand writes documents from kept evidence; judge does the same for
// whoever wants the verdict.
func (p *program) reportCommand() *cobra.Command {
	s := defaults()
	s.formats = []string{"html"}
	cmd := &cobra.Command{
		Use:   "report FILE...",
		Short: "Write documents from kept evidence: pages, PDF, lists, letters",
		Long: `Reads evidence that a scan has kept (JSON Lines, .zst too, - for standard input) and
writes it in any format. It opens no connection, and the same evidence and options give
the same bytes.

  html, pdf, docx, odt   the document to leave behind: a page for the mayor, the
                         checklist, the roadmap, the evidence, the DMA annex
  csv, xlsx              a row for each finding
  json, jsonl, sarif     for programs
  markdown               for issue trackers
  letters                to each supplier, what to mend: plain text and DOCX
  terminal               the table

A PDF is the page as Chromium, Chrome or Edge prints it; one of them must be installed.
--lang it,fr puts two languages into one document. --answers adds what was declared in
the Digital Maturity Assessment, --checklist what became of the list that is kept.`,
		Example: `  campanile report valley.jsonl --out reports/ --format pdf,docx,letters --lang it
  campanile report town.jsonl --format pdf --lang it,fr --out town.pdf
  campanile report valley.jsonl.zst --format xlsx --out valley.xlsx
  campanile report town.jsonl --answers dma.xlsx --checklist town.yaml --out town.html`,
		Args: func(_ *cobra.Command, files []string) error {
			if len(files) == 0 {
				return exit.Usagef("no evidence to report on; give a file that \"campanile scan --evidence FILE\" has written")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, files []string) error { return p.judge(cmd.Context(), s, files) },
	}
	s.reporting(cmd.Flags())
	s.configured(cmd)
	return cmd
}
