package main

import (
	"io"
	"net/netip"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
	"campanile/rules"
)

func (p *program) mandateShow() *cobra.Command {
	lang, host := systemLanguage(), ""
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: "What a mandate allows, in plain words",
		Long: `Tells who authorised what, until when and for how many days yet, what is done, what is
never done, and how to stop it.

With --ask-host it writes the message to whoever keeps a server on which others live
too, asking whether they agree. Until they do, nobody knocks there.`,
		Example: `  campanile mandate show mandate.yaml --lang it
  campanile mandate show mandate.yaml --ask-host 198.51.100.80 > message.txt`,
		Args: func(_ *cobra.Command, files []string) error {
			switch len(files) {
			case 0:
				return noMandate()
			case 1:
				return nil
			}
			return exit.Usagef("%q is too much; give one mandate", files[1])
		},
		ValidArgsFunction: aMandate,
		RunE:              func(_ *cobra.Command, files []string) error { return p.showMandate(files[0], lang, host) },
	}
	cmd.Flags().Var(oneOf(&lang, "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
	cmd.Flags().StringVar(&host, "ask-host", "", "`ADDR` of a shared server: write the message to its keeper instead")
	return cmd
}

func (p *program) showMandate(path, lang, host string) error {
	m, err := mandate.Read(path)
	if err != nil {
		return err
	}
	if host == "" {
		return written(m.Show(p.stdout, rules.Language(lang), p.now()))
	}
	address, err := netip.ParseAddr(host)
	if err != nil || address.Zone() != "" {
		return exit.Usagef("--ask-host %s: not an address; write it like 198.51.100.80", host)
	}
	message, err := m.AskHost(rules.Language(lang), address, nil)
	if err != nil {
		return err
	}
	_, err = io.WriteString(p.stdout, message)
	return written(err)
}
