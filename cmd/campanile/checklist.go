package main

import (
	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/ticks"
	"campanile/report"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

// checklistCommand holds what is done with the checklist that a municipality
// keeps between two scans. None of it contacts anybody.
func (p *program) checklistCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "checklist",
		Short: "Keep what was ticked, asked of a supplier or accepted between two scans",
		Long: `A checklist is the memory of one municipality: every finding since the first scan,
what people said of it, and who looked at the results. The next scan verifies what was
ticked: mended, still there, or came back. No scan ever ticks an entry, and no tick
changes a verdict. The file (.yaml, .csv or .xlsx) may be edited by hand.`,
		Example: `  campanile checklist update borgo.yaml --evidence evidence.jsonl   adds what is new, notes what is mended
  campanile checklist tick borgo.yaml web-hsts-missing --done       somebody says that it is mended
  campanile checklist show borgo.yaml --lang it                     what is open, asked, accepted
  campanile report evidence.jsonl --checklist borgo.yaml            the document, with what has changed`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.checklistUpdate(), p.checklistTick(), p.checklistShow())
	return cmd
}

func (p *program) checklistShow() *cobra.Command {
	lang := systemLanguage()
	cmd := &cobra.Command{
		Use:               "show FILE",
		Short:             "What a checklist holds today",
		Long:              `Lists the entries of a checklist by what was said of them, each with its name for "campanile checklist tick".`,
		Example:           `  campanile checklist show borgo.yaml --lang it`,
		Args:              oneChecklist,
		ValidArgsFunction: aChecklist,
		RunE: func(cmd *cobra.Command, arguments []string) error {
			c, err := ticks.Read(arguments[0])
			if err != nil {
				return err
			}
			return p.showChecklist(c, rules.Language(languageKept(cmd, lang, arguments[0])))
		},
	}
	cmd.Flags().Var(oneOf(&lang, "it", "fr", "en"), "lang", "language: it, fr or en; default: that of the file")
	return cmd
}

// languageKept is the language of a checklist, unless another is asked for.
func languageKept(cmd *cobra.Command, language, path string) string {
	if kept := ticks.Language(path); kept != "" && !cmd.Flags().Changed("lang") {
		return string(kept)
	}
	return language
}

func (p *program) showChecklist(c *checklist.Checklist, language rules.Language) error {
	set, err := score.Rules()
	if err != nil {
		return err
	}
	return written(report.WriteChecklist(p.stdout, c, set, language, p.now(), report.TerminalOptions{}))
}

func oneChecklist(_ *cobra.Command, arguments []string) error {
	if len(arguments) != 1 {
		return exit.Usagef("give the file of one checklist, such as borgo.yaml; \"campanile checklist update\" makes one")
	}
	return nil
}

// aChecklist completes the name of the one file.
func aChecklist(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"yaml", "yml", "csv", "xlsx"}, cobra.ShellCompDirectiveFilterFileExt
}
