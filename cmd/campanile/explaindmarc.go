package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/collectors/mail"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// explainDMARCCommand answers what receivers do with mail from one name.
func (p *program) explainDMARCCommand() *cobra.Command {
	s := defaults()
	format := "terminal"
	cmd := &cobra.Command{
		Use:   "dmarc NAME",
		Short: "What each kind of receiver does with mail from a name",
		Long: `Tells what receivers do with a message that only pretends to come from NAME: those
that follow RFC 9989 and walk up the tree of names, and older ones that follow RFC
7489 and the Public Suffix List. The two often see different records: where a
suffix such as PR.it is public, older receivers never look at comune.X.PR.it on
behalf of a name below it.

In JSON, "policy" is what happens to mail from NAME; "effective" speaks of the
domain that the record stands at, and of the names below it without a record of
their own. Policies are none, quarantine, reject or not-applied, after t=y. Where
an answer is missing that the policy depends on, it is "unknown", and "problem"
says why.`,
		Example: `  campanile explain dmarc comune.example
  campanile explain dmarc polizia.comune.example --format json --resolver 192.0.2.53`,
		Args: func(_ *cobra.Command, names []string) error {
			if len(names) != 1 {
				return exit.Usagef("give one name, the part of a mailbox behind the @: \"campanile explain dmarc comune.example\"")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, names []string) error {
			return p.explainDMARC(cmd.Context(), s, format, names[0])
		},
	}
	cmd.Flags().StringSliceVar(&s.resolvers, "resolver", nil, "recursive resolver(s) to ask, `ADDR[:PORT]`; default: the system's")
	cmd.Flags().Var(oneOf(&format, "terminal", "json"), "format", "terminal or json")
	cmd.Flags().Var(oneOf(&s.langs[0], "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
	return cmd
}

func (p *program) explainDMARC(ctx context.Context, s *settings, format, text string) error {
	name, err := mailName(text)
	if err != nil {
		return err
	}
	resolvers, err := s.resolverAddresses()
	if err != nil {
		return err
	}
	world := &network.Network{Resolvers: resolvers, Connect: dial, Now: p.now}
	discovery := records.DiscoverDMARC(mail.DMARCFacts(ctx, world.Session(), name))
	if err := ctx.Err(); err != nil {
		return err // stopped by the user: what is missing is not the network's doing
	}
	discovery.Record = visible(discovery.Record)
	if format == "json" {
		return written(writeIndented(p.stdout, discovery))
	}
	_, err = p.stdout.WriteString(dmarcInWords(discovery, s.language()))
	return written(err)
}

// mailName reads the name that mail comes from. Unlike the domain of a town it
// may begin with www, and somebody may give the place of the record.
func mailName(text string) (string, error) {
	const record, www = "_dmarc.", "www."
	text = strings.TrimSpace(text)
	if len(text) > len(record) && strings.EqualFold(text[:len(record)], record) {
		text = text[len(record):]
	}
	name, err := inventory.Domain(text)
	if err != nil {
		return "", exit.Usagef("%w", err)
	}
	if len(text) > len(www) && strings.EqualFold(text[:len(www)], www) && !strings.HasPrefix(name, www) {
		name = www + name
	}
	return name, nil
}

// writeIndented writes one JSON value as the report does.
func writeIndented(w io.Writer, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("explaining: %w", err)
	}
	_, err := w.Write(text.Bytes())
	return err
}

// visible replaces what has no shape of its own in text from the network
// (control characters, line ends, marks that turn the direction of writing) but
// for tabs: no valid record has any, and a terminal must come to no harm.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
