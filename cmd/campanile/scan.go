package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/engine"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/mandate"
	"campanile/cmd/internal/scan"
	"campanile/collectors/evidence"
	"campanile/collectors/records"
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

With --profile full and a mandate it also asks which ports answer at the addresses
that the mandate covers, what speaks there, and whether web servers show what they
should not: at most five connections a second to an address, never a password and
never a write. "campanile mandate new" makes the mandate and the letter to sign. A
file campanile.stop in the working folder stops any scan; --opt-out lists those who
asked to be left alone.

Everything that was seen is kept as evidence; "campanile judge" gives the verdict
again without a network. The same command with the same --evidence file goes on
where it stopped.`,
		Example: `  campanile scan comune.example
  campanile scan comune.example --format html --out comune.html --lang it
  campanile scan @valley.csv --evidence valley.jsonl.zst --format html,json --out reports/
  campanile scan comune.example --only mail --format json --fail-on high
  campanile scan comune.example --only tls --tls full --format html --out tls.html
  campanile scan comune.example --names certificates.json --sites 20
  campanile scan comune.example --profile full --mandate mandate.yaml
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
	job, err := p.job(s, arguments)
	if err != nil {
		return err
	}
	out, err := p.output(s, job.targets)
	if err != nil {
		return err
	}
	keeper, err := p.keeper(s, job.targets)
	if err != nil {
		return err
	}
	defer keeper.close()
	scanning, stop := interruptible(ctx)
	defer stop()
	scanning, over := job.until(scanning, p.now())
	defer over()
	scanning, unwatch, err := mandate.Guard{StopFile: s.stopFile, OptOut: job.optOut}.Watch(scanning)
	if err != nil {
		return err
	}
	defer unwatch()
	progress := p.progress(len(job.targets))
	stopped := job.scanner.Run(scanning, keeper.missing(), func(_ int, b *evidence.Bundle) error {
		if err := keeper.keep(b); err != nil {
			return err
		}
		progress.finished(b.Target.Domain)
		return nil
	})
	progress.end()
	return p.deliver(ctx, out, keeper, stopped)
}

// job is a scan that may begin: everything was read and held against what is
// allowed, and nothing was sent.
type job struct {
	grant
	targets []evidence.Target
	optOut  *mandate.OptOut
	scanner scan.Scanner
}

func (p *program) job(s *settings, arguments []string) (job, error) {
	suppliers, err := knownSuppliers()
	if err != nil {
		return job{}, err
	}
	var j job
	if s.optOut != "" {
		if j.optOut, err = mandate.ReadOptOut(s.optOut); err != nil {
			return job{}, err
		}
	}
	if j.targets, err = p.targets(s, arguments, suppliers, j.optOut); err != nil {
		return job{}, err
	}
	if j.grant, err = p.granted(s, j.targets); err != nil {
		return job{}, err
	}
	names, err := p.furtherNames(s, j.targets)
	if err != nil {
		return job{}, err
	}
	if j.scanner, err = s.scanner(p.now, suppliers); err != nil {
		return job{}, err
	}
	j.scanner.Names, j.scanner.LeftAlone = names, j.optOut.Name
	j.scanner.Network.Permit.LeftAlone = j.optOut.Address
	j.scanner.Mandate, j.scanner.Addresses = j.mandate, j.addresses
	return j, p.engine(s, &j.scanner)
}

// engine gives the scanner the templates and the program that tries them, where
// the services are looked at.
func (p *program) engine(s *settings, scanner *scan.Scanner) error {
	if scanner.Mandate == nil || !slices.Contains(scanner.Families, evidence.ServicesFamily) {
		return nil
	}
	shipped, err := shippedTemplates()
	if err != nil {
		return err
	}
	scanner.Templates = shipped
	if s.templates != "" {
		own, notes, err := ownTemplates(s.templates, shipped)
		for _, note := range notes {
			p.say("%s", note)
		}
		if err != nil {
			return err
		}
		scanner.Templates = append(scanner.Templates, own...)
	}
	if scanner.Engine = findEngine(); scanner.Engine == "" {
		p.say("%s is not installed here: exposed pages stay not measured; \"make build\" makes it beside this program", engine.Name)
	}
	return nil
}

// targets reads whom to scan, without those who asked to be left alone.
func (p *program) targets(s *settings, arguments []string, suppliers []records.Supplier, left *mandate.OptOut) ([]evidence.Target, error) {
	targets, notes, err := inventory.Source{Arguments: arguments, Country: s.country, SkipInvalid: s.skipInvalid, Suppliers: suppliers}.Targets()
	if err != nil {
		return nil, err
	}
	for _, note := range notes {
		p.say("%s", note)
	}
	return p.leave(targets, left)
}

// deliver writes the reports of what is finished, however the scan ended. Where
// nothing is finished, what an earlier run has written stays.
func (p *program) deliver(ctx context.Context, out *output, k *keeper, stopped error) error {
	bundles := k.bundles()
	for _, b := range bundles {
		if b.DNS.Lookup(b.Target.Domain, "A").NXDomain() {
			p.say("%s does not exist in the DNS; check how it is written", b.Target.Domain)
		}
	}
	if len(bundles) > 0 {
		if err := out.write(ctx, bundles); err != nil {
			return errors.Join(stopped, err)
		}
	}
	switch {
	case errors.Is(stopped, mandate.ErrStopped):
		p.say("%d of %d finished and kept in %s; the same command with --evidence %s goes on", len(k.done), len(k.targets), k.path, k.path)
		return stopped
	case errors.Is(stopped, context.Canceled):
		p.say("stopped; %d of %d finished and kept in %s; the same command with --evidence %s goes on", len(k.done), len(k.targets), k.path, k.path)
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("")}
	case stopped != nil:
		return stopped
	}
	return out.verdict()
}

// permitted holds the flags against each other and against what makes sense,
// before anything is sent.
func (s *settings) permitted() error {
	if err := s.authority.permitted(evidence.Profile(s.profile), s.only); err != nil {
		return err
	}
	switch {
	case s.profile == string(evidence.Passive) && s.depth == evidence.FullDepth:
		return exit.Usagef("--tls full asks more than --profile passive may: one ordinary handshake; use --profile standard, or --tls grade")
	case s.timeout < time.Second:
		return exit.Usagef("--timeout %s is too short for a municipality; give at least 1s (the default is 2m)", s.timeout)
	case s.concurrency < 1 || s.concurrency > 256:
		return exit.Usagef("--concurrency %d is not between 1 and 256", s.concurrency)
	case s.profile == string(evidence.Full) && s.rate > defaults().rate:
		return exit.Usagef("--rate %d is more than a mandate allows: the letter promises at most %d connections a second to an address", s.rate, defaults().rate)
	case s.rate < 1 || s.rate > 1000:
		return exit.Usagef("--rate %d is not between 1 and 1000", s.rate)
	}
	return s.further.permitted()
}
