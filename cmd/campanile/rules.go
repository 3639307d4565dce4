package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/report"
	"campanile/report/score"
	"campanile/rules"
)

func (p *program) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules, check a rules folder, begin a new rule",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.rulesList(), p.rulesCheck(), p.rulesNew(), p.rulesCatalogue())
	return cmd
}

func (p *program) rulesList() *cobra.Command {
	s := defaults()
	cmd := &cobra.Command{
		Use:   "list",
		Short: "All rules with severity, actor and title",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			set, err := score.Rules()
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
			for _, r := range set.Rules {
				title := strings.NewReplacer("{", "", "}", "").Replace(r.Text[s.language()].Title)
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.ID, r.Severity, r.Actor, title)
			}
			return written(table.Flush())
		},
	}
	cmd.Flags().Var(oneOf(&s.langs[0], "it", "fr", "en"), "lang", "language of the titles: it, fr or en")
	return cmd
}

func noArguments(cmd *cobra.Command, arguments []string) error {
	if len(arguments) > 0 {
		return exit.Usagef("%q takes no argument, yet %q was given; see \"%s --help\"", cmd.CommandPath(), arguments[0], cmd.CommandPath())
	}
	return nil
}

func (p *program) rulesCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check PATH",
		Short: "Check a rules folder, or one rule file, as strictly as the program does",
		Long: `Reads a whole rules folder (with law.yaml, glossary.yaml, grades.yaml and the families
as subfolders) or a single rule file, and names every mistake with file and field.`,
		Example: "  campanile rules check rules/\n  campanile rules check rules/mail/mail-dmarc-missing.yaml",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return exit.Usagef("give one rules folder or one rule file")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, arguments []string) error { return p.checkRules(arguments[0]) },
	}
}

func (p *program) checkRules(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return exit.Usagef("the rules cannot be read: %w", err)
	}
	if info.IsDir() {
		set, err := rules.Load(os.DirFS(path), score.Known())
		if err != nil {
			return exit.Usagef("%s: %w", path, err)
		}
		_, err = fmt.Fprintf(p.stdout, "%d rules in order, %s\n", len(set.Rules), set.Digest)
		return written(err)
	}
	set, err := score.Rules()
	if err != nil {
		return err
	}
	folder, name := filepath.Split(filepath.Clean(path))
	if folder == "" {
		folder = "."
	}
	family := filepath.Base(filepath.Dir(filepath.Clean(path)))
	if _, err := rules.LoadFile(os.DirFS(folder), name, family, set.Law, score.Known()); err != nil {
		return exit.Usagef("%w", err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s is in order\n", path)
	return written(err)
}

func (p *program) rulesCatalogue() *cobra.Command {
	s := defaults()
	cmd := &cobra.Command{
		Use:   "catalogue",
		Short: "The page that describes all rules, in Markdown",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			set, err := score.Rules()
			if err != nil {
				return err
			}
			return written(report.WriteCatalogue(p.stdout, set, s.language()))
		},
	}
	cmd.Flags().Var(oneOf(&s.langs[0], "it", "fr", "en"), "lang", "language of the page: it, fr or en")
	return cmd
}
