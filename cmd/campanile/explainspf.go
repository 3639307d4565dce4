package main

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"

	mdns "github.com/miekg/dns"
	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/collectors/network"
	"campanile/collectors/records"
	"campanile/collectors/records/spf"
)

// spfTime is what an evaluation may take (RFC 7208 section 4.6.4: at least 20
// seconds).
const spfTime = 20 * time.Second

// spfFlags is what the user says about the one who sends.
type spfFlags struct{ ip, from, helo, format string }

// spfAnswer is the JSON of CLI.md.
type spfAnswer struct {
	Result      spf.Result `json:"result"`
	Domain      string     `json:"domain"`
	Matched     string     `json:"matched"`
	Lookups     int        `json:"lookups"`
	VoidLookups int        `json:"void_lookups"`
	Reason      string     `json:"reason"`
}

// explainSPFCommand answers whether a server may send as the municipality.
func (p *program) explainSPFCommand() *cobra.Command {
	s := defaults()
	f := spfFlags{format: "terminal"}
	cmd := &cobra.Command{
		Use:   "spf --ip ADDR --from MAILBOX [--helo NAME]",
		Short: "May this server send as the municipality?",
		Long: `Evaluates SPF as a receiver does (RFC 7208): may the server at ADDR send mail from
MAILBOX? It asks the DNS, and sends nothing to the server or to the mailbox.

The result is one of pass, fail, softfail, neutral, none, permerror (the published
record cannot be evaluated) and temperror (the DNS gave no usable answer, so nothing
is known). The exit code is 0 whatever the result.

Without --from, or with --from "<>", the name of --helo is judged, as receivers do
with notices that have no sender.`,
		Example: `  campanile explain spf --ip 192.0.2.25 --from sindaco@comune.example
  campanile explain spf --ip 2001:db8::25 --from sindaco@comune.example --format json --resolver 192.0.2.53`,
		Args: func(_ *cobra.Command, rest []string) error {
			if len(rest) > 0 {
				return exit.Usagef("%q is too much; write \"campanile explain spf --ip 192.0.2.25 --from sindaco@comune.example\"", rest[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return p.explainSPF(cmd.Context(), s, f) },
	}
	cmd.Flags().StringVar(&f.ip, "ip", "", "`ADDR` of the server that sends, IPv4 or IPv6")
	cmd.Flags().StringVar(&f.from, "from", "", "`MAILBOX` that it sends from (MAIL FROM); a domain alone stands for its postmaster")
	cmd.Flags().StringVar(&f.helo, "helo", "", "`NAME` that it greets with (HELO or EHLO)")
	cmd.Flags().StringSliceVar(&s.resolvers, "resolver", nil, "recursive resolver(s) to ask, `ADDR[:PORT]`; default: the system's")
	cmd.Flags().Var(oneOf(&f.format, "terminal", "json"), "format", "terminal or json")
	cmd.Flags().Var(oneOf(&s.langs[0], "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
	return cmd
}

func (p *program) explainSPF(ctx context.Context, s *settings, f spfFlags) error {
	query, err := f.query()
	if err != nil {
		return err
	}
	resolvers, err := s.resolverAddresses()
	if err != nil {
		return err
	}
	if f.from != "" && !strings.Contains(f.from, "@") && query.MailFrom != "" {
		p.say("--from %s is a domain alone; judged as %s", f.from, query.MailFrom)
	}
	world := &network.Network{Resolvers: resolvers, Connect: dial, Now: p.now}
	limited, cancel := context.WithTimeout(ctx, spfTime)
	defer cancel()
	outcome := spf.Check(limited, spfLookup{world.Session()}, query)
	if err := ctx.Err(); err != nil {
		return err // stopped by the user: what is missing is not the network's doing
	}
	if f.format == "json" {
		return written(writeIndented(p.stdout, spfAnswer(outcome)))
	}
	_, err = p.stdout.WriteString(spfInWords(outcome, query, s.language()))
	return written(err)
}

// query reads the flags, and refuses what cannot be meant.
func (f spfFlags) query() (spf.Query, error) {
	var none spf.Query
	if f.ip == "" {
		return none, exit.Usagef("--ip is missing: the address of the server that sends, like 192.0.2.25 or 2001:db8::25")
	}
	address, err := netip.ParseAddr(strings.Trim(f.ip, "[]"))
	if err != nil || address.Zone() != "" {
		return none, exit.Usagef("--ip %s: not an address; write it like 192.0.2.25 or 2001:db8::25", f.ip)
	}
	query := spf.Query{IP: address, Helo: f.helo}
	if len(f.helo) > 255 || strings.ContainsFunc(f.helo, notInMailbox) {
		return none, exit.Usagef("--helo %s: not a name that a server greets with; write it like mail.comune.example", f.helo)
	}
	from := strings.TrimSuffix(strings.TrimPrefix(f.from, "<"), ">")
	if from != "" {
		query.MailFrom, err = reversePath(from)
		return query, err
	}
	// RFC 7208 section 2.4: of a message without a sender the greeting is judged.
	if f.helo == "" {
		return none, exit.Usagef("--from is missing: the mailbox that mail is sent from, like sindaco@comune.example; or give --helo alone to judge the greeting")
	}
	query.Helo, err = mailName(f.helo)
	return query, err
}

// maxReversePath bounds a mailbox (RFC 5321 section 4.5.3.1.3), in bytes.
const maxReversePath = 256

// reversePath reads a mailbox; a domain alone stands for its postmaster (RFC
// 7208 section 4.3).
func reversePath(text string) (string, error) {
	at := strings.LastIndexByte(text, '@')
	local := text[:max(at, 0)]
	if len(text) > maxReversePath || strings.ContainsFunc(text, notInMailbox) {
		return "", exit.Usagef("--from %s: not a mailbox; write it like sindaco@comune.example", text)
	}
	domain, err := mailName(text[at+1:])
	if err != nil {
		return "", exit.Usagef("--from %s: %w", text, err)
	}
	return cmp.Or(local, "postmaster") + "@" + domain, nil
}

// notInMailbox finds blanks and what has no shape of its own.
func notInMailbox(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// spfLookup asks for the evaluator.
type spfLookup struct{ session *network.Session }

// Ask puts one question. The name may hold any byte; a backslash must not be
// read as an escape (RFC 1035 section 5.1).
func (l spfLookup) Ask(ctx context.Context, name string, kind spf.Type) spf.Answer {
	answer := l.session.Ask(ctx, mdns.Fqdn(strings.ReplaceAll(name, `\`, `\\`)), mdns.StringToType[string(kind)])
	if answer.Err != nil {
		return spf.Answer{Failed: network.Problem(answer.Err)}
	}
	var out spf.Answer
	var exchangers []*mdns.MX
	for _, rr := range answer.Records {
		switch rr := rr.(type) {
		case *mdns.TXT:
			if text, err := records.Text(strings.TrimPrefix(rr.String(), rr.Header().String())); err == nil {
				out.Texts = append(out.Texts, text)
			}
		case *mdns.A:
			out.Addresses = appendAddress(out.Addresses, rr.A)
		case *mdns.AAAA:
			out.Addresses = appendAddress(out.Addresses, rr.AAAA)
		case *mdns.PTR:
			out.Names = append(out.Names, rr.Ptr)
		case *mdns.MX:
			exchangers = append(exchangers, rr)
		}
	}
	slices.SortFunc(exchangers, func(a, b *mdns.MX) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), cmp.Compare(a.Mx, b.Mx))
	})
	for _, rr := range exchangers {
		out.Names = append(out.Names, rr.Mx)
	}
	return out
}

func appendAddress(list []netip.Addr, bytes []byte) []netip.Addr {
	address, ok := netip.AddrFromSlice(bytes)
	if !ok {
		return list
	}
	return append(list, address.Unmap())
}
