package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// completing lets a shell complete the words of every flag that takes one of a
// few, in a command and those below it.
func completing(cmd *cobra.Command) error {
	var problem error
	cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
		var words func(written string) []string
		switch value := flag.Value.(type) {
		case *choice:
			words = func(string) []string { return value.allowed }
		case *choices:
			words = value.after
		default:
			return
		}
		err := cmd.RegisterFlagCompletionFunc(flag.Name, func(_ *cobra.Command, _ []string, written string) ([]string, cobra.ShellCompDirective) {
			return words(written), cobra.ShellCompDirectiveNoFileComp
		})
		if problem == nil {
			problem = err
		}
	})
	for _, below := range cmd.Commands() {
		if err := completing(below); err != nil {
			return err
		}
	}
	return problem
}

// after gives the words that may follow those before the last comma.
func (c *choices) after(written string) []string {
	before := written[:strings.LastIndexByte(written, ',')+1]
	list := make([]string, len(c.allowed))
	for i, word := range c.allowed {
		list[i] = before + word
	}
	return list
}
