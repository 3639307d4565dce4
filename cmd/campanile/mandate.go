package main

import (
	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
)

// mandateCommand holds what is done with the permission that --profile full
// needs. None of it contacts anybody.
func (p *program) mandateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mandate",
		Short: "Make, show and check the permission that --profile full needs",
		Long: `A mandate says who authorised a look at which domains and addresses, from which day
until which. It is a file for the program and a letter that somebody signs for the
municipality: what is done, what is never done, what is kept, how to stop it at once.
Without one, "campanile scan --profile full" sends nothing.`,
		Example: `  campanile mandate new                              asks, and writes the file and the letter
  campanile mandate show mandate.yaml --lang it      what it allows, in plain words
  campanile mandate check mandate.yaml 192.0.2.10    does it count today, and for this address?`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.mandateNew(), p.mandateShow(), p.mandateCheck())
	return cmd
}

// aMandate completes the name of the one file; what may follow it is no file.
func aMandate(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// noMandate is what is said where the file is left out.
func noMandate() error {
	return exit.Usagef("no mandate is named; give its file, such as mandate.yaml, or make one with \"campanile mandate new\"")
}
