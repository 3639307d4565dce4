package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
)

// mandateFlags are what may be said of a new mandate on the command line.
type mandateFlags struct {
	body, by, role, from, until, contact string
	domains, addresses, shared           []string
	ssh                                  bool

	out     string
	lang    string
	letters []string
	force   bool
}

func (p *program) mandateNew() *cobra.Command {
	f := mandateFlags{lang: systemLanguage(), out: "."}
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Write a mandate and the letter to sign",
		Long: `Asks who authorises what, one line an answer, on the terminal or from standard input,
and writes mandate.yaml and the letter to sign, as a page to print (HTML) and as a
document to edit (DOCX). An empty answer takes what stands in brackets. Nothing is
written before the last answer.

What is given by flags is not asked. With --body, --domain, --address,
--authorised-by, --role and --contact nothing is asked at all.`,
		Example: `  campanile mandate new
  campanile mandate new --out comune/ --letter it,en
  campanile mandate new --body "Comune di Esempio" --domain comune.example --address 192.0.2.16/28 \
    --authorised-by "Ada Esempi" --role Sindaca --until 2027-01-31 --contact "Torre Civica, tel. 011 5550100"`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return p.newMandate(f, f.answers(cmd.Flags())) },
	}
	f.add(cmd.Flags())
	return cmd
}

func (f *mandateFlags) add(set *pflag.FlagSet) {
	set.StringVar(&f.body, "body", "", "`NAME` of the body, as on its letterhead")
	set.StringSliceVar(&f.domains, "domain", nil, "`DOMAIN` of the body; names below it are covered; once for each")
	set.StringSliceVar(&f.addresses, "address", nil, "`ADDR` or network that is the body's alone, such as 192.0.2.16/28; once for each")
	set.StringArrayVar(&f.shared, "shared-host", nil, "\"`ADDR; KEEPER; AGREED`\": a server of others too, who keeps it, who there agreed and when; once for each")
	set.StringVar(&f.by, "authorised-by", "", "`NAME` of the person who authorises")
	set.StringVar(&f.role, "role", "", "`OFFICE` of that person, such as Sindaco or Maire")
	set.StringVar(&f.from, "from", "", "first `DAY`, such as 2026-11-22; default: today")
	set.StringVar(&f.until, "until", "", "last `DAY`, a year later at most; default: 90 days in all")
	set.StringVar(&f.contact, "contact", "", "`WHO` carries it out, with the telephone or e-mail at which it is stopped")
	set.BoolVar(&f.ssh, "ssh-methods", false, "SSH servers may be asked once which ways to log in they offer; their log shows it")
	set.StringVar(&f.out, "out", f.out, "`DIR` for the files")
	set.Var(oneOf(&f.lang, "it", "fr", "en"), "lang", "language of the letter: it, fr or en; default: from the environment")
	set.Var(someOf(&f.letters, "it", "fr", "en"), "letter", "letters in several languages: it, fr, en; default: the one of --lang")
	set.BoolVar(&f.force, "force", false, "write over a mandate and letters that are there already")
}

// answers are the flags that were given, by the name of the field.
func (f *mandateFlags) answers(set *pflag.FlagSet) mandate.Answers {
	given := mandate.Answers{"domains": f.domains, "addresses": f.addresses, "shared_hosts": f.shared}
	for key, text := range map[string]string{"body": f.body, "authorised_by": f.by, "role": f.role, "from": f.from, "until": f.until, "contact": f.contact} {
		if text != "" {
			given[key] = []string{text}
		}
	}
	if set.Changed("ssh-methods") {
		given["ssh_methods"] = []string{map[bool]string{true: "yes", false: "no"}[f.ssh]}
	}
	return given
}

func (p *program) newMandate(f mandateFlags, given mandate.Answers) error {
	if len(f.letters) == 0 {
		f.letters = []string{f.lang}
	}
	files := newMandateFiles(f.out, f.letters)
	if err := files.free(f.force); err != nil {
		return err
	}
	m, err := p.askForMandate(files.mandate(), given)
	if err != nil {
		return exit.Usagef("%w\nnothing was written", err)
	}
	if err := files.write(m); err != nil {
		return err
	}
	for _, path := range files.paths() {
		if _, err := fmt.Fprintln(p.stdout, path); err != nil {
			return written(err)
		}
	}
	for _, path := range files.earlier() {
		p.say("%s is the letter of an earlier mandate; take it away, or write it again with --letter", path)
	}
	p.say("next: have the letter signed and keep it with %s; then \"campanile scan %s --profile full --mandate %s\"", files.mandate(), strings.Join(m.Domains, " "), pasted(files.mandate()))
	return nil
}

// pasted is a file name as a shell takes it whole.
func pasted(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("./-_", r)
	}) {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}

// askForMandate asks for what the flags left open.
func (p *program) askForMandate(name string, given mandate.Answers) (*mandate.Mandate, error) {
	file, isFile := p.stdin.(*os.File)
	q := mandate.Questions{In: p.stdin, Out: p.stderr, Today: p.now(), Piped: !isFile || !term.IsTerminal(int(file.Fd()))}
	name = filepath.ToSlash(name)
	if q.Enough(given) {
		return q.Take(name, given)
	}
	if !q.Piped {
		p.say("one line an answer; an empty one takes what stands in brackets; Ctrl-C ends it, and nothing is written")
	}
	return q.Ask(name, given)
}
