package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/config"
	"campanile/cmd/internal/exit"
	"campanile/report/score"
)

// version is raised with every release; CHANGELOG.md says what is in it.
const version = "0.1.0"

// execute reads the command line and runs one command.
func (p *program) execute(ctx context.Context, arguments []string) error {
	root := p.root()
	if err := completing(root); err != nil {
		return err
	}
	root.SetArgs(arguments)
	if slices.Contains(arguments, "--version") { // the rules are not read on every start
		root.SetVersionTemplate("campanile " + version + " (rules " + rulesDigest() + ")\n")
	}
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(ctx)
	var known *exit.Error
	if err != nil && !p.started && !errors.As(err, &known) {
		// The command line itself was refused, before any of our code ran.
		return exit.Usagef("%s; see \"campanile --help\"", oneLine(err.Error()))
	}
	return err
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "campanile",
		Short: "See your municipality as the Internet sees it, and what to do about it",
		Long: `Campanile looks at the domains and web sites of a municipality from outside, as
any visitor or mail server would: DNS, mail, TLS, the site and the duties that the
law puts on it. It says in plain Italian, French or English what is wrong, who can
mend it, and how to check that it is mended.`,
		Example: `  campanile demo                                  see it work on a fictional territory
  campanile scan comune.example                   audit one municipality
  campanile scan @valley.csv --out reports/       audit a list, a checklist for each
  campanile judge evidence.jsonl --lang fr        the verdict again, without a network
  campanile explain mail-dmarc-missing --lang it  what a finding means`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		Version:           version,
		PersistentPreRunE: func(*cobra.Command, []string) error { p.started = true; return nil },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return exit.Usagef("%s%s; see \"%s --help\"", oneLine(config.Refused(err).Error()), nearestFlag(cmd, err), cmd.CommandPath())
	})
	root.AddCommand(p.scanCommand(), p.judgeCommand(), p.reportCommand(), p.demoCommand(), p.explainCommand(), p.rulesCommand(), p.mandateCommand(), p.dmaCommand(), p.checklistCommand(), p.territoryCommand(), p.serveCommand(), p.workerCommand(), p.doctorCommand(), p.changesCommand())
	return root
}

// rulesDigest names the words and weights in use.
func rulesDigest() string {
	set, err := score.Rules()
	if err != nil {
		return "broken: " + err.Error()
	}
	return set.Digest
}

// oneLine folds a message of the flag library into one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// printable keeps control characters of file names and arguments away from the
// terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return '\uFFFD'
		}
		return r
	}, text)
}
