package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/archive"
	"campanile/cmd/internal/browser"
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
	show := &showing{settings: s}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Raise the fictional territory on loopback and scan it",
		Long: `Raises the Valli del Campanile, a territory of invented municipalities, on loopback
addresses of this machine, and scans it. It needs no root and no Internet, and leaves
a folder with the evidence and, for each municipality, its report: a page, the same
as PDF where a browser is installed that can print it, and JSON.

With --serve it invents the two years before, too, and shows them as the dashboard of a
territory, on this computer alone, until Ctrl-C; --accounts lets whoever comes sign in
as the group or as one municipality.`,
		Example: `  campanile demo
  campanile demo --serve
  campanile demo --serve --accounts --listen 127.0.0.1:8080
  campanile demo --lang it --out /tmp/demo
  campanile demo --format html --out pages`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch f := cmd.Flags(); {
			case show.serve:
				return p.demoServe(cmd.Context(), show)
			case f.Changed("listen") || show.accounts:
				return exit.Usagef("--listen and --accounts are for the dashboard; add --serve")
			}
			p.demoFormats(s, cmd.Flags().Changed("format"))
			return p.demo(cmd.Context(), s)
		},
	}
	cmd.Flags().BoolVar(&show.serve, "serve", false, "show the territory with two invented years as a dashboard, until Ctrl-C")
	cmd.Flags().StringVar(&show.listen, "listen", "127.0.0.1:0", "`ADDR:PORT` of the dashboard; port 0 takes a free one")
	cmd.Flags().BoolVar(&show.accounts, "accounts", false, "make two accounts for the dashboard, and print their passwords once")
	cmd.Flags().StringVar(&s.out, "out", s.out, "`DIR` that the reports go to")
	s.formats = []string{"json", "html", "pdf"}
	cmd.Flags().Var(someOf(&s.langs, "it", "fr", "en"), "lang", "language of the reports: it, fr or en, or two as it,fr; default: from the environment")
	cmd.Flags().Var(someOf(&s.formats, formatNames()...), "format", "one or several of: "+strings.Join(formatNames(), ", "))
	cmd.Flags().StringVar(&s.browser, "browser", os.Getenv("CAMPANILE_BROWSER"), "`PROGRAM` that prints the PDF: Chromium, Chrome or Edge; default: the one installed here")
	return cmd
}

// demoFormats leaves the PDF out, and says so, where nothing prints it and
// nobody has asked for it.
func (p *program) demoFormats(s *settings, asked bool) {
	if asked || s.browser != "" {
		return
	}
	if _, err := browser.Find(""); err != nil {
		p.say("the demo goes on without PDF: %v", err)
		s.formats = slices.DeleteFunc(s.formats, func(name string) bool { return name == "pdf" })
	}
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
	if err := s.declared(valley, filepath.Join(s.out, "answers")); err != nil {
		return err
	}
	return p.demoReports(ctx, s, bundles)
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

// demoReports writes what was asked for of each municipality, and the table of
// all of them.
func (p *program) demoReports(ctx context.Context, s *settings, bundles []*evidence.Bundle) error {
	folder := s.out
	s.out = folder + string(filepath.Separator)
	files, err := p.output(s, targetsOf(bundles))
	if err != nil {
		return err
	}
	if err := files.write(ctx, bundles); err != nil {
		return err
	}
	s.formats, s.out = []string{"terminal"}, ""
	table, err := p.output(s, targetsOf(bundles))
	if err != nil {
		return err
	}
	table.quiet = true // the towns are there only while the demo runs
	if err := table.write(ctx, bundles); err != nil {
		return err
	}
	p.say("the reports are in %s; open for example %s", folder, example(folder, bundles[1].Target.Domain))
	return nil
}

// example is the file to open first: the page where there is one.
func example(folder, domain string) string {
	page := filepath.Join(folder, domain+".html")
	if _, err := os.Stat(page); err != nil {
		return folder
	}
	return page
}
