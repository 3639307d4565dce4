package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/dashboard"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/store"
)

// accountCommand makes and removes those who may sign in.
func (p *program) accountCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "account",
		Short: "Who may sign in to the dashboard: add, list, password, remove",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.accountAdd(), p.accountList(), p.accountPassword(), p.accountRemove())
	return cmd
}

func (p *program) accountAdd() *cobra.Command {
	g, role, domain := newGround(), store.GroupRole, ""
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make an account; the password is asked for, or read from standard input",
		Long: `Makes an account. The role group sees the whole territory; municipality sees the one
municipality of --domain and nothing else. The password is typed twice, or read as one
line from standard input where that is no terminal.`,
		Example: `  campanile serve account add segreteria --role group
  campanile serve account add borgo --role municipality --domain comune.borgo.example --lang it`,
		Args: oneAccount,
		RunE: func(cmd *cobra.Command, names []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				return p.addAccount(ctx, c, store.Account{Name: names[0], Role: role, Language: g.lang}, domain)
			})
		},
	}
	f := cmd.Flags()
	g.kept(f)
	g.spoken(f)
	f.Var(oneOf(&role, store.GroupRole, store.TownRole), "role", "group or municipality")
	f.StringVar(&domain, "domain", "", "`DOMAIN` of the municipality, for the role municipality")
	g.configured(cmd)
	return cmd
}

func (p *program) addAccount(ctx context.Context, c *chronicle.Chronicle, a store.Account, domain string) error {
	switch _, err := c.Store.Account(ctx, a.Name); {
	case err == nil:
		return exit.Usagef("there is an account %s already; \"campanile serve account password %s\" changes its password", a.Name, a.Name)
	case !errors.Is(err, store.ErrUnknown):
		return err
	case a.Role == store.TownRole && domain == "":
		return exit.Usagef("an account of a municipality needs to know which: --domain comune.example")
	case a.Role == store.GroupRole && domain != "":
		return exit.Usagef("--domain is for the role municipality; the group sees all of them")
	}
	if domain != "" {
		ascii, err := inventory.Domain(domain)
		if err != nil {
			return exit.Usagef("%w", err)
		}
		body, err := c.Store.ByDomain(ctx, ascii)
		if errors.Is(err, store.ErrUnknown) {
			return exit.Usagef("%s is no municipality of this territory; \"campanile territory list\" shows them", ascii)
		}
		if err != nil {
			return err
		}
		a.Body = body.ID
	}
	hash, err := p.newPassword(a.Name)
	if err != nil {
		return err
	}
	a.Hash, a.Created = hash, p.now()
	if err := c.Store.PutAccount(ctx, a); err != nil {
		return exit.Usagef("%w", err)
	}
	p.say("%s may sign in", a.Name)
	return nil
}

// newPassword asks for a password and gives its hash.
func (p *program) newPassword(name string) (string, error) {
	password, err := p.typed("Password for " + name + ": ")
	if err != nil {
		return "", err
	}
	if p.terminalInput() {
		again, err := p.typed("The same again: ")
		if err != nil {
			return "", err
		}
		if again != password {
			return "", exit.Usagef("the two passwords differ; nothing was kept")
		}
	}
	hash, err := dashboard.HashPassword(password)
	if err != nil {
		return "", exit.Usagef("%w", err)
	}
	return hash, nil
}

func (p *program) terminalInput() bool {
	file, ok := p.stdin.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}

// maxTyped bounds a password that is read from standard input, in bytes.
const maxTyped = 4096

// typed reads a password without showing it.
func (p *program) typed(prompt string) (string, error) {
	if p.terminalInput() {
		_, _ = fmt.Fprint(p.stderr, prompt)
		text, err := term.ReadPassword(int(p.stdin.(interface{ Fd() uintptr }).Fd()))
		_, _ = fmt.Fprintln(p.stderr)
		return string(text), err
	}
	line, err := bufio.NewReader(io.LimitReader(p.stdin, maxTyped)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", exit.Usagef("no password was given; type it, or write it as one line to standard input")
	}
	return line, nil
}

func (p *program) accountList() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Who may sign in",
		Example: `  campanile serve account list`,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				list, err := c.Store.Accounts(ctx)
				if err != nil {
					return err
				}
				for _, a := range list {
					sees := "everything"
					if a.Role == store.TownRole {
						body, err := c.Store.Body(ctx, a.Body)
						if err != nil {
							return err
						}
						sees = body.Domain
					}
					if _, err := fmt.Fprintf(p.stdout, "%s\t%s\t%s\t%s\n", printable(a.Name), a.Role, printable(sees), a.Created.Format(time.DateOnly)); err != nil {
						return written(err)
					}
				}
				return nil
			})
		},
	}
	g.kept(cmd.Flags())
	g.configured(cmd)
	return cmd
}

func (p *program) accountPassword() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:     "password NAME",
		Short:   "Change a password; whoever is signed in with the account is signed out",
		Example: `  campanile serve account password segreteria`,
		Args:    oneAccount,
		RunE: func(cmd *cobra.Command, names []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				a, err := c.Store.Account(ctx, names[0])
				if errors.Is(err, store.ErrUnknown) {
					return exit.Usagef("there is no account %s; \"campanile serve account list\" shows them", names[0])
				}
				if err != nil {
					return err
				}
				if a.Hash, err = p.newPassword(a.Name); err != nil {
					return err
				}
				return errors.Join(c.Store.PutAccount(ctx, a), c.Store.EndSessions(ctx, a.Name))
			})
		},
	}
	g.kept(cmd.Flags())
	g.configured(cmd)
	return cmd
}

func (p *program) accountRemove() *cobra.Command {
	g := newGround()
	cmd := &cobra.Command{
		Use:     "remove NAME",
		Short:   "Remove an account; whoever is signed in with it is signed out",
		Example: `  campanile serve account remove borgo`,
		Args:    oneAccount,
		RunE: func(cmd *cobra.Command, names []string) error {
			return p.inTerritory(cmd.Context(), g, func(ctx context.Context, c *chronicle.Chronicle) error {
				if _, err := c.Store.Account(ctx, names[0]); errors.Is(err, store.ErrUnknown) {
					return exit.Usagef("there is no account %s; \"campanile serve account list\" shows them", names[0])
				}
				return c.Store.DropAccount(ctx, names[0])
			})
		},
	}
	g.kept(cmd.Flags())
	g.configured(cmd)
	return cmd
}

func oneAccount(_ *cobra.Command, names []string) error {
	if len(names) != 1 {
		return exit.Usagef("name one account, such as segreteria")
	}
	return nil
}
