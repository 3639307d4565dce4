package main

import (
	"context"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/report"
)

// doctorCommand says what can be measured from here.
func (p *program) doctorCommand() *cobra.Command {
	s := defaults()
	format, control := "terminal", ""
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "What this vantage point can measure",
		Long: `Looks at the place you scan from, not at a municipality: whether the resolver
answers and passes DNSSEC data on, whether name servers and mail servers can be
reached directly, which kinds of addresses have a route, whether the clock is right.
What does not work here is inconclusive in a report, never a fault of a town.

It asks your resolver, one name server of the root, and the mail server that you
name with --mail-control; nobody else.`,
		Example: `  campanile doctor
  campanile doctor --mail-control mx.fornitore.example --lang it`,
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) > 0 {
				return exit.Usagef("doctor takes no TARGET: it looks at this place; \"campanile scan %s\" looks at a municipality", arguments[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return p.doctor(cmd.Context(), s, format, control) },
	}
	f := cmd.Flags()
	f.StringSliceVar(&s.resolvers, "resolver", nil, "recursive resolver(s) to ask, `ADDR[:PORT]`; default: the system's")
	f.StringVar(&s.trustAnchor, "trust-anchor", "", "DNSSEC trust anchor `FILE`, DS or DNSKEY in zone-file form; default: the root's, embedded")
	f.BoolVar(&s.allowReserved, "allow-reserved", false, "may connect to loopback and private addresses (labs, intranets)")
	f.StringVar(&control, "mail-control", "", "mail server `HOST` that is known to take mail: shows whether port 25 is open here")
	f.Var(oneOf(&format, "terminal", "json"), "format", "terminal or json")
	f.Var(oneOf(&s.langs[0], "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
	return cmd
}

func (p *program) doctor(ctx context.Context, s *settings, format, control string) error {
	if control != "" {
		target, err := inventory.Domain(control)
		if err != nil {
			return exit.Usagef("--mail-control %s: not the name of a host; give one like mx.fornitore.example", control)
		}
		control = target
	}
	scanner, err := s.scanner(p.now, nil)
	if err != nil {
		return err
	}
	place := place{world: scanner.Network, anchor: scanner.Anchor, control: control, engine: findEngine()}
	found := place.examine(ctx)
	if err := ctx.Err(); err != nil {
		return err // stopped by the user: what is missing is not the network's doing
	}
	if format == "json" {
		return written(writeIndented(p.stdout, map[string]any{"capabilities": found}))
	}
	out := output{settings: s}
	return written(report.WriteDoctor(p.stdout, found, s.language(), out.terminal(p.stdout)))
}
