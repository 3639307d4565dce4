package rules_test

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"
)

// TestEveryCodeHasWords looks at every failure in the case files of the checks:
// a fact that a rule has words for must not be shown as a code in one case, and
// a reason or a level is always a code.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, f := range failures(t) {
		rule, ok := set.Rule(f.Rule)
		if !ok {
			t.Errorf("no rule %s", f.Rule)
			continue
		}
		for fact, value := range f.Facts {
			used[f.Rule+" "+fact+" "+value] = true
			if rule.Values[fact] == nil || rule.Variant(f.Facts) >= 0 || onlyEmpty(rule.Values[fact]) && value != "-" {
				continue
			}
			for _, language := range rules.Languages {
				if words := cmp.Or(rule.Values[fact][value][language], rule.Values[fact]["other"][language]); words == "" {
					t.Errorf("%s: values.%s.%s.%s: missing", f.Rule, fact, value, language)
				}
			}
		}
	}
	for _, rule := range set.Rules {
		for _, v := range rule.Variants {
			for _, value := range v.Values {
				if !used[rule.ID+" "+v.Fact+" "+value] {
					t.Errorf("%s: variants: no case of the check shows %s %s", rule.ID, v.Fact, value)
				}
			}
		}
	}
}

// failures reads the findings of the case files.
func failures(t *testing.T) []checks.Finding {
	t.Helper()
	paths, err := filepath.Glob("../testdata/checks/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	var list []checks.Finding
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rule := strings.TrimSuffix(filepath.Base(path), ".txtar")
		for _, file := range archive.Files {
			if filepath.Base(file.Name) != "findings.json" {
				continue
			}
			var found []checks.Finding
			if err := json.Unmarshal(file.Data, &found); err != nil {
				t.Fatalf("%s: %s: %v", path, file.Name, err)
			}
			for _, f := range found {
				if f.Outcome == checks.Fail {
					f.Rule = rule
					list = append(list, f)
				}
			}
		}
	}
	return list
}

// onlyEmpty reports whether the words are for an empty list alone: any other
// value stands for itself.
func onlyEmpty(values map[string]map[rules.Language]string) bool {
	_, there := values["-"]
	return there && len(values) == 1
}
