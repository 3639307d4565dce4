package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/rules"
)

// The three files of a new rule, with what is left to write marked by its name.
var (
	//go:embed new/rule.yaml
	newRule string
	//go:embed new/check.go.txt
	newCheck string
	//go:embed new/cases.txtar
	newCases string
)

func (p *program) rulesNew() *cobra.Command {
	family, dir := "", "."
	cmd := &cobra.Command{
		Use:   "new ID",
		Short: "Begin a rule: its three files, ready to be filled in",
		Long: `Makes the three files of a rule in a checkout of Campanile: the rule with its texts,
the check, and its cases. Nothing that stands is overwritten. What remains is to
write them, to add one line to checks/list.go, and to run "make test".`,
		Example: "  campanile rules new mail-bimi-missing --family mail",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return exit.Usagef("give the id of the new rule, such as mail-bimi-missing")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, arguments []string) error { return p.newRule(arguments[0], family, dir) },
	}
	cmd.Flags().Var(oneOf(&family, rules.Families...), "family", "family of the rule: "+strings.Join(rules.Families, ", "))
	cmd.Flags().StringVar(&dir, "dir", dir, "`DIR` of the checkout")
	return cmd
}

var ruleID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)

func (p *program) newRule(id, family, dir string) error {
	switch {
	case !ruleID.MatchString(id):
		return exit.Usagef("%q is not an id: write subject-defect in lower case with hyphens, such as mail-bimi-missing", id)
	case family == "":
		return exit.Usagef("--family is missing: one of %s", strings.Join(rules.Families, ", "))
	}
	if _, err := os.Stat(filepath.Join(dir, "checks", "list.go")); err != nil {
		return exit.Usagef("%s is no checkout of Campanile (no checks/list.go); name one with --dir", dir)
	}
	fill := strings.NewReplacer("RULE-ID", id, "FAMILY", family, "FUNCTION", function(id))
	files := []struct{ path, text string }{
		{filepath.Join(dir, "rules", family, id+".yaml"), newRule},
		{filepath.Join(dir, "checks", strings.ReplaceAll(id, "-", "")+".go"), newCheck},
		{filepath.Join(dir, "testdata", "checks", family, id+".txtar"), newCases},
	}
	for _, f := range files {
		if _, err := os.Stat(f.path); !errors.Is(err, fs.ErrNotExist) {
			return exit.Usagef("%s is there already; nothing was changed", f.path)
		}
	}
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(f.path), 0o750); err != nil {
			return fmt.Errorf("beginning a rule: %w", err)
		}
		if err := os.WriteFile(f.path, []byte(fill.Replace(f.text)), 0o600); err != nil {
			return fmt.Errorf("beginning a rule: %w", err)
		}
		if _, err := fmt.Fprintln(p.stdout, f.path); err != nil {
			return written(err)
		}
	}
	p.say("next: write the three files, add {%q, evidence.%sFamily, nil, %s} to checks/list.go, then \"make test\"", id, familyName(family), function(id))
	return nil
}

// function is the name of the check's function: mail-bimi-missing becomes
// mailBimiMissing.
func function(id string) string {
	words := strings.Split(id, "-")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

func familyName(family string) string {
	names := map[string]string{"dns": "DNS", "mail": "Mail", "tls": "TLS", "web": "Web", "services": "Services"}
	return names[family]
}
