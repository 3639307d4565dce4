package main

import (
	"github.com/spf13/cobra"

	"campanile/cmd/internal/changes"
)

func (p *program) changesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "changes",
		Short: "What changed for users, newest first",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			return written(changes.Write(p.stdout))
		},
	}
}
