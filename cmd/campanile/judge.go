package main

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/archive"
	"campanile/cmd/internal/exit"
	"campanile/collectors/evidence"
)

func (p *program) judgeCommand() *cobra.Command {
	s := defaults()
	cmd := &cobra.Command{
		Use:   "judge FILE...",
		Short: "The verdict again from kept evidence; opens no connection",
		Long: `Reads evidence that a scan has kept (JSON Lines, .zst too, - for standard input) and
gives the verdict again. It opens no connection, and the same evidence always gives
the same findings.`,
		Example: `  campanile judge valley.jsonl
  campanile judge valley.jsonl.zst --format json --out reports/ --fail-on high`,
		Args: func(_ *cobra.Command, files []string) error {
			if len(files) == 0 {
				return exit.Usagef("no evidence to judge; give a file that \"campanile scan --evidence FILE\" has written")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, files []string) error { return p.judge(cmd.Context(), s, files) },
	}
	s.reporting(cmd.Flags())
	s.configured(cmd)
	return cmd
}

func (p *program) judge(ctx context.Context, s *settings, files []string) error {
	bundles, err := p.kept(s, files)
	if err != nil {
		return err
	}
	out, err := p.output(s, targetsOf(bundles))
	if err != nil {
		return err
	}
	if err := out.write(ctx, bundles); err != nil {
		return err
	}
	return out.verdict()
}

// kept reads all evidence before anything is written.
func (p *program) kept(s *settings, files []string) ([]*evidence.Bundle, error) {
	var bundles []*evidence.Bundle
	for _, path := range files {
		for b, err := range archive.Read(path, p.stdin) {
			var line *evidence.LineError
			var missing *fs.PathError
			switch {
			case err == nil:
				bundles = append(bundles, b)
			case errors.As(err, &line) && s.skipInvalid:
				p.say("%s: left out: %v", path, err)
			case errors.As(err, &missing):
				return nil, exit.Usagef("the evidence cannot be read: %w", err)
			default:
				return nil, exit.Usagef("%s: %w; --skip-invalid judges the other lines", path, err)
			}
		}
	}
	if len(bundles) == 0 {
		return nil, exit.Usagef("%s: no evidence in it; write some with \"campanile scan DOMAIN --evidence FILE\"", files[0])
	}
	return bundles, nil
}

func targetsOf(bundles []*evidence.Bundle) []evidence.Target {
	targets := make([]evidence.Target, len(bundles))
	for i, b := range bundles {
		targets[i] = b.Target
	}
	return targets
}
