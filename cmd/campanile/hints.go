package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"campanile/cmd/internal/config"
)

// nearestFlag offers the flag that was probably meant.
func nearestFlag(cmd *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return ""
	}
	best := ""
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if best == "" && config.Near(unknown.GetSpecifiedName(), f.Name) {
			best = f.Name
		}
	})
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean --%s?", best)
}
