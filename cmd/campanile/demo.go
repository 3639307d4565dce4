package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/archive"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/scan"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/tls"
)

func (p *program) demoCommand() *cobra.Command {
	s := defaults()
	s.out = "campanile-demo"
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Raise the fictional territory on loopback and scan it",
		Long: `Raises the Valli del Campanile, a territory of invented municipalities, on loopback
addresses of this machine, and scans it. It needs no root and no Internet, and leaves
a folder with the evidence and, for each municipality, its report.`,
		Example: "  campanile demo\n  campanile demo --lang it --out /tmp/demo",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.demo(cmd.Context(), s) },
	}
	cmd.Flags().StringVar(&s.out, "out", s.out, "`DIR` that the reports go to")
	cmd.Flags().Var(oneOf(&s.lang, "it", "fr", "en"), "lang", "language of the reports: it, fr or en; default: from the environment")
	return cmd
}

func (p *program) demo(ctx context.Context, s *settings) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	valley, err := lab.Start(ctx, p.now())
	if err != nil {
		return err
	}
	defer valley.Close()
	scanner, targets, err := s.demoScanner(valley)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.out, 0o750); err != nil {
		return exit.Usagef("the folder for the demo cannot be made: %w; name another with --out", err)
	}
	s.evidence = filepath.Join(s.out, "evidence.jsonl")
	bundles, err := runDemo(ctx, scanner, targets, s.evidence)
	if err != nil {
		return err
	}
	return p.demoReports(s, bundles)
}

func (s *settings) demoScanner(valley *lab.Lab) (scan.Scanner, []evidence.Target, error) {
	anchor, err := dnssec.ReadAnchor(strings.NewReader(valley.Anchor()))
	if err != nil {
		return scan.Scanner{}, nil, err
	}
	roots, err := tls.MozillaRoots(valley.CA())
	if err != nil {
		return scan.Scanner{}, nil, err
	}
	var targets []evidence.Target
	for _, town := range valley.Towns() {
		targets = append(targets, town.Target())
	}
	scanner := scan.Scanner{
		Network: valley.Network(), Profile: evidence.Standard, Families: s.families(), Roots: roots, Anchor: anchor,
		Tool: tool, Contact: "campanile demo", Timeout: time.Minute, Concurrency: len(targets),
		Suppliers: valley.Suppliers(),
	}
	if err := s.prepare(&scanner); err != nil {
		return scan.Scanner{}, nil, err
	}
	scanner.Control = valley.MailControl()
	return scanner, targets, nil
}

// runDemo scans the valley into a fresh evidence file.
func runDemo(ctx context.Context, scanner scan.Scanner, targets []evidence.Target, path string) ([]*evidence.Bundle, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, exit.Usagef("the evidence of the last demo cannot be replaced: %w; name another folder with --out", err)
	}
	file, err := archive.Append(path)
	if err != nil {
		return nil, err
	}
	bundles := make([]*evidence.Bundle, len(targets))
	err = scanner.Run(ctx, targets, func(i int, b *evidence.Bundle) error {
		bundles[i] = b
		return file.Write(b)
	})
	return bundles, errors.Join(err, file.Close())
}

// demoReports writes a page and a JSON file for each municipality, and the
// table of all of them.
func (p *program) demoReports(s *settings, bundles []*evidence.Bundle) error {
	folder := s.out
	s.formats = []string{"json", "html"}
	s.out = folder + string(filepath.Separator)
	files, err := p.output(s, len(bundles))
	if err != nil {
		return err
	}
	if err := files.write(bundles); err != nil {
		return err
	}
	s.formats, s.out = []string{"terminal"}, ""
	table, err := p.output(s, len(bundles))
	if err != nil {
		return err
	}
	table.quiet = true // the towns are there only while the demo runs
	if err := table.write(bundles); err != nil {
		return err
	}
	p.say("the reports are in %s; open for example %s", folder, filepath.Join(folder, bundles[1].Target.Domain+".html"))
	return nil
}
