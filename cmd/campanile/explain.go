package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/report"
	"campanile/report/score"
	"campanile/rules"
)

func (p *program) explainCommand() *cobra.Command {
	s := defaults()
	cmd := &cobra.Command{
		Use:   "explain RULE",
		Short: "What a rule means, in the chosen language",
		Long: `Tells what a rule is about: why it matters, who mends it, what to ask the supplier for, and how to check. "campanile rules list" names all rules.

Two questions have a command of their own: may this server send as the municipality
(explain spf), and what do receivers do with mail from this name (explain dmarc).`,
		Example: `  campanile explain mail-dmarc-missing --lang it`,
		Args: func(_ *cobra.Command, names []string) error {
			if len(names) != 1 {
				return exit.Usagef("give one rule; \"campanile rules list\" names all of them")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, names []string) error { return p.explain(s, names[0]) },
	}
	cmd.Flags().Var(oneOf(&s.langs[0], "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
	cmd.Flags().Var(oneOf(&s.country, "it", "fr", "eu"), "country", "whose law applies: it, fr or eu")
	cmd.AddCommand(p.explainDMARCCommand())
	cmd.AddCommand(p.explainSPFCommand())
	return cmd
}

func (p *program) explain(s *settings, id string) error {
	set, err := score.Rules()
	if err != nil {
		return err
	}
	rule, ok := set.Rule(id)
	if !ok {
		return exit.Usagef("%q is not a rule%s", id, nearestRule(set, id))
	}
	country := s.country
	if country == "" {
		country = rule.Countries[0]
	}
	return written(report.WriteRule(p.stdout, rule, set, country, s.language(), 80))
}

// nearestRule offers the rule that was probably meant: one that begins alike
// before one that holds the words somewhere.
func nearestRule(set *rules.Set, id string) string {
	for _, alike := range []func(a, b string) bool{strings.HasPrefix, strings.Contains} {
		for _, rule := range set.Rules {
			if alike(rule.ID, id) || alike(id, rule.ID) {
				return fmt.Sprintf("; did you mean %q?", rule.ID)
			}
		}
	}
	return "; \"campanile rules list\" names all of them"
}

// written names the place of a failed write.
func written(err error) error {
	if err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	return nil
}
