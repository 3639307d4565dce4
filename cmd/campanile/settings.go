package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"campanile/cmd/internal/config"
	"campanile/cmd/internal/mandate"
	"campanile/collectors/evidence"
	"campanile/rules"
)

// settings are the flags of scan and judge; CLI.md in one struct.
type settings struct {
	config string

	profile string
	authority
	only          []string
	depth         string
	resolvers     []string
	trustAnchor   string
	ca            string
	allowReserved bool
	timeout       time.Duration
	concurrency   int
	rate          int
	contact       string
	evidence      string
	further

	country     string
	langs       []string
	formats     []string
	answers     string
	checklist   string
	browser     string
	out         string
	failOn      string
	skipInvalid bool
}

// defaults are safe for a small shared host and for a laptop.
func defaults() *settings {
	return &settings{
		profile: string(evidence.Standard), depth: evidence.GradeDepth, formats: []string{"terminal"}, langs: []string{systemLanguage()},
		timeout: 2 * time.Minute, concurrency: 4, rate: 5, further: further{sites: 12}, authority: authority{stopFile: mandate.DefaultStopFile},
	}
}

// collecting adds the flags that say how to look.
func (s *settings) collecting(f *pflag.FlagSet) {
	f.Var(oneOf(&s.profile, "passive", "standard", "full"), "profile", "how far to go: passive, standard or full (full needs a mandate)")
	f.Var(someOf(&s.only, families()...), "only", "families to run: dns, mail, tls, web, services")
	f.Var(oneOf(&s.depth, evidence.GradeDepth, evidence.FullDepth), "tls", "what to ask of TLS servers: grade (all that lowers a grade, about ten connections) or full (every cipher suite and group that they accept, up to eighty); not asked in --profile passive")
	f.StringSliceVar(&s.resolvers, "resolver", nil, "recursive resolver(s) to ask, `ADDR[:PORT]`; default: the system's")
	f.StringVar(&s.trustAnchor, "trust-anchor", "", "DNSSEC trust anchor `FILE`, DS or DNSKEY in zone-file form; default: the root's, embedded")
	f.StringVar(&s.ca, "ca", "", "`FILE` with more trusted roots, PEM")
	f.BoolVar(&s.allowReserved, "allow-reserved", false, "may connect to loopback and private addresses (labs, intranets)")
	f.DurationVar(&s.timeout, "timeout", s.timeout, "time for one municipality; where none is given, "+fullTime.String()+" with --tls full and "+servicesTime.String()+" with --profile full")
	f.IntVar(&s.concurrency, "concurrency", s.concurrency, "municipalities at the same time")
	f.IntVar(&s.rate, "rate", s.rate, "connections opened to one address in a second, on average over five")
	f.StringVar(&s.contact, "contact", "", "who scans: goes into the User-Agent and the report")
	f.StringVar(&s.evidence, "evidence", "", "`FILE` that keeps the evidence, JSON Lines (.zst compresses); an existing one is gone on with")
	s.further.flags(f)
	s.authority.flags(f)
}

// looking adds those of the flags that say how to look which a territory has:
// its municipalities are looked at without a mandate, and its evidence is kept.
func (s *settings) looking(f *pflag.FlagSet) {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	s.collecting(all)
	all.VisitAll(func(flag *pflag.Flag) {
		if !slices.Contains(withMandate, flag.Name) {
			f.AddFlag(flag)
		}
	})
}

// withMandate are the flags for one municipality with its mandate, for a file of
// evidence, and the one that asks a third party: the pages promise that nobody is.
var withMandate = []string{"mandate", "addresses", "templates", "evidence", "names", "enrich"}

const (
	// fullTime is the time for a municipality whose servers are asked for
	// everything: a mail server takes one question a second.
	fullTime = 5 * time.Minute
	// servicesTime is the time where services are looked at too: five connections
	// a second to an address, over a hundred ports, and then the templates.
	servicesTime = 15 * time.Minute
)

// patient gives what takes long its time, unless the user has said how much
// there is.
func (s *settings) patient(f *pflag.FlagSet) {
	switch {
	case f.Changed("timeout"):
	case s.profile == string(evidence.Full):
		s.timeout = servicesTime
	case s.depth == evidence.FullDepth:
		s.timeout = fullTime
	}
}

// reporting adds the flags that say what to write.
func (s *settings) reporting(f *pflag.FlagSet) {
	f.Var(oneOf(&s.country, "it", "fr", "eu"), "country", "whose law applies: it, fr or eu; default: from the list, else from the domain")
	f.Var(someOf(&s.langs, "it", "fr", "en"), "lang", "language of the report: it, fr or en; it,fr puts both into one document (html, pdf, docx, odt; the other formats take the first); default: from the environment")
	f.Var(someOf(&s.formats, formatNames()...), "format", "one or several of: "+strings.Join(formatNames(), ", "))
	f.StringVar(&s.answers, "answers", "", "`PATH` of a filled form of the Digital Maturity Assessment, or of a folder with one for each municipality: the annex then says what was declared")
	f.StringVar(&s.checklist, "checklist", "", "`PATH` of the checklist that is kept, or of a folder with one for each municipality: the report then says what became of it, and an exception does not count for --fail-on")
	f.StringVar(&s.browser, "browser", "", "`PROGRAM` that prints the PDF: Chromium, Chrome or Edge; default: the one installed here")
	f.StringVar(&s.out, "out", "", "`FILE`, or DIR/ for one file for each municipality; default: standard output")
	f.Var(oneOf(&s.failOn, "critical", "high", "medium", "low"), "fail-on", "exit 3 from this severity on: critical, high, medium or low")
	f.BoolVar(&s.skipInvalid, "skip-invalid", false, "leave bad lines out, with a note, in place of refusing")
}

// configured adds --config and fills in what the command line left open.
func (s *settings) configured(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.config, "config", "", "configuration `FILE`; default: "+config.DefaultFile+" where it is there")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		return config.Apply(cmd.Flags(), s.config, settingNames())
	}
}

// settingNames are the keys of a configuration file: the flags of scan.
func settingNames() []string {
	s := defaults()
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	s.collecting(flags)
	s.reporting(flags)
	newGround().settings(flags)
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

func families() []string {
	names := make([]string, len(evidence.Families))
	for i, f := range evidence.Families {
		names[i] = string(f)
	}
	return names
}

// language is the one in which is told what has only one.
func (s *settings) language() rules.Language { return rules.Language(s.langs[0]) }

// systemLanguage takes the report's language from the environment.
func systemLanguage() string {
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := strings.ToLower(os.Getenv(variable))
		if value == "" {
			continue
		}
		for _, language := range rules.Languages {
			if strings.HasPrefix(value, string(language)) {
				return string(language)
			}
		}
		break
	}
	return string(rules.English)
}

// choice is a flag that takes one of a few words.
type choice struct {
	value   *string
	allowed []string
}

func oneOf(value *string, allowed ...string) *choice { return &choice{value, allowed} }

func (c *choice) String() string { return *c.value }

// Type leaves the placeholder in the help empty: the words stand in the text.
func (c *choice) Type() string { return "WORD" }

// Set refuses any other word, naming those it takes.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.allowed, text) {
		return fmt.Errorf("%q is none of %s", text, strings.Join(c.allowed, ", "))
	}
	*c.value = text
	return nil
}

// choices is a flag that takes several of a few words, with commas.
type choices struct {
	values  *[]string
	allowed []string
}

func someOf(values *[]string, allowed ...string) *choices { return &choices{values, allowed} }

func (c *choices) String() string { return strings.Join(*c.values, ",") }

func (c *choices) Type() string { return "WORDS" }

func (c *choices) Set(text string) error {
	var list []string
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if !slices.Contains(c.allowed, word) {
			return fmt.Errorf("%q is none of %s", word, strings.Join(c.allowed, ", "))
		}
		if !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	*c.values = list
	return nil
}
