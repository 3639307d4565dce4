package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/collectors/evidence"
)

func (p *program) scanCommand() *cobra.Command {
	s := defaults()
	cmd := &cobra.Command{
		Use:   "scan TARGET...",
		Short: "Audit municipalities now",
		Long: `Looks at each municipality from outside and writes a report. A TARGET is a domain
(comune.example, an address of a page will do) or a list: @FILE with one domain a
line, or CSV with the columns domain, name, country, code, and in a header also mail
and pec (official mailboxes) and former_domains, several of them apart by blanks or
semicolons.

Besides the domain and www it looks at the sites that the domain's own records,
certificates and pages name, at those under names that town halls often use, and at
those that --names lists. It asks only the DNS and the municipality's own servers; a
third party is asked only with --enrich. The home page and what it links to cost a
web server twelve requests at most; robots.txt is obeyed beyond the home page.

Everything that was seen is kept as evidence; "campanile judge" gives the verdict
again without a network. The same command with the same --evidence file goes on
where it stopped.`,
		Example: `  campanile scan comune.example
  campanile scan comune.example --format html --out comune.html --lang it
  campanile scan @valley.csv --evidence valley.jsonl.zst --format html,json --out reports/
  campanile scan comune.example --only mail --format json --fail-on high
  campanile scan comune.example --only tls --tls full --format html --out tls.html
  campanile scan comune.example --names certificates.json --sites 20
  campanile scan @valley.csv --mail-control mx.provider.example --asn-db asn.mmdb`,
		Args: func(_ *cobra.Command, targets []string) error {
			if len(targets) == 0 {
				return exit.Usagef("no municipality to scan; give a domain (comune.example) or a list (@list.csv)")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, targets []string) error {
			s.patient(cmd.Flags())
			return p.scan(cmd.Context(), s, targets)
		},
	}
	s.collecting(cmd.Flags())
	s.reporting(cmd.Flags())
	s.configured(cmd)
	return cmd
}

// scan is the command as a table of contents.
func (p *program) scan(ctx context.Context, s *settings, arguments []string) error {
	if err := s.permitted(); err != nil {
		return err
	}
	suppliers, err := knownSuppliers()
	if err != nil {
		return err
	}
	targets, notes, err := inventory.Source{Arguments: arguments, Country: s.country, SkipInvalid: s.skipInvalid, Suppliers: suppliers}.Targets()
	if err != nil {
		return err
	}
	for _, note := range notes {
		p.say("%s", note)
	}
	names, err := p.furtherNames(s, targets)
	if err != nil {
		return err
	}
	out, err := p.output(s, len(targets))
	if err != nil {
		return err
	}
	scanner, err := s.scanner(p.now, suppliers)
	if err != nil {
		return err
	}
	scanner.Names = names
	keeper, err := p.keeper(s, targets)
	if err != nil {
		return err
	}
	defer keeper.close()
	ctx, stop := interruptible(ctx)
	defer stop()
	progress := p.progress(len(targets))
	stopped := scanner.Run(ctx, keeper.missing(), func(_ int, b *evidence.Bundle) error {
		if err := keeper.keep(b); err != nil {
			return err
		}
		progress.finished(b.Target.Domain)
		return nil
	})
	progress.end()
	return p.deliver(out, keeper, stopped)
}

// deliver writes the reports of what is finished, however the scan ended. Where
// nothing is finished, what an earlier run has written stays.
func (p *program) deliver(out *output, k *keeper, stopped error) error {
	bundles := k.bundles()
	for _, b := range bundles {
		if b.DNS.Lookup(b.Target.Domain, "A").NXDomain() {
			p.say("%s does not exist in the DNS; check how it is written", b.Target.Domain)
		}
	}
	if len(bundles) > 0 {
		if err := out.write(bundles); err != nil {
			return errors.Join(stopped, err)
		}
	}
	switch {
	case errors.Is(stopped, context.Canceled):
		p.say("stopped; %d of %d finished and kept in %s; the same command with --evidence %s goes on", len(k.done), len(k.targets), k.path, k.path)
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("")}
	case stopped != nil:
		return stopped
	}
	return out.verdict()
}

// permitted holds the profile against what this release and the mandate allow,
// before anything is sent.
func (s *settings) permitted() error {
	switch {
	case s.profile == string(evidence.Full) && s.mandate == "":
		return exit.Usagef("--profile full needs a mandate: a file that says who authorised the look, at which domains and addresses, until when; without it use --profile standard. Nothing was sent")
	case s.profile == string(evidence.Full):
		return exit.Usagef("--profile full is not in this release: the services family comes with a later one; use --profile standard. Nothing was sent")
	case s.mandate != "":
		return exit.Usagef("--mandate is only for --profile full, which is not in this release; leave it out")
	case s.profile == string(evidence.Passive) && s.depth == evidence.FullDepth:
		return exit.Usagef("--tls full asks more than --profile passive may: one ordinary handshake; use --profile standard, or --tls grade")
	case slices.Contains(s.only, string(evidence.ServicesFamily)):
		return exit.Usagef("--only services is not in this release; the families are dns, mail, tls, web")
	case s.timeout < time.Second:
		return exit.Usagef("--timeout %s is too short for a municipality; give at least 1s (the default is 2m)", s.timeout)
	case s.concurrency < 1 || s.concurrency > 256:
		return exit.Usagef("--concurrency %d is not between 1 and 256", s.concurrency)
	case s.rate < 1 || s.rate > 1000:
		return exit.Usagef("--rate %d is not between 1 and 1000", s.rate)
	}
	return s.further.permitted()
}
