package report

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"
)

// TestEveryCaseFillsItsTexts takes every finding that the cases of a rule hold and
// fills the rule's texts with its facts, for every country and in every language:
// nothing may be left to say "not stated".
func TestEveryCaseFillsItsTexts(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range set.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			failed, passed := caseFindings(t, rule)
			if len(failed) == 0 {
				t.Fatal("no case fails")
			}
			for _, language := range rules.Languages {
				for _, country := range rule.Countries {
					for _, finding := range failed {
						text := rule.For(finding.Facts, country, language)
						parts := append([]string{text.Title, text.Why, text.ToSupplier, text.Verify}, text.Fix...)
						filledBy(t, rule, country, language, finding, parts)
					}
					good := rule.In(country, language).Good
					if len(passed) > 0 && !slices.ContainsFunc(passed, func(f checks.Finding) bool {
						_, complete := fillerOf(rule, country, language, f).text(good)
						return complete
					}) {
						t.Errorf("%s in %s: no case that passes fills the good news %q", country, language, good)
					}
				}
			}
		})
	}
}

// filledBy reports what a finding leaves open in the parts of a text.
func filledBy(t *testing.T, rule *rules.Rule, country string, language rules.Language, finding checks.Finding, parts []string) {
	t.Helper()
	fill := fillerOf(rule, country, language, finding)
	for _, part := range parts {
		if text, complete := fill.text(part); !complete {
			t.Errorf("%s in %s: %v leaves a gap: %s", country, language, finding.Facts, text)
		}
		if left := misspelt.FindString(placeholder.ReplaceAllString(part, "")); left != "" {
			t.Errorf("%s in %s: %s is no placeholder", country, language, left)
		}
	}
}

// misspelt is what was meant as a placeholder and is none: {Host}, { host }.
var misspelt = regexp.MustCompile(`\{\s*[\pL\d_-]+\s*\}`)

// fillerOf fills the texts of a rule for one finding, as a document does.
func fillerOf(rule *rules.Rule, country string, language rules.Language, finding checks.Finding) filler {
	b := sampleBundle("comune.example", "Comune di Valbassa")
	b.Target.Country = country
	return fillerFor(wordsIn(language), b, rule, []checks.Finding{finding})
}

// caseFindings reads the findings that the cases of a rule hold: those that fail
// and those that pass.
func caseFindings(t *testing.T, rule *rules.Rule) ([]checks.Finding, []checks.Finding) {
	t.Helper()
	var failed, passed []checks.Finding
	path := filepath.Join("..", "testdata", "checks", rule.Family, rule.ID+".txtar")
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.Files {
		if !strings.HasSuffix(file.Name, "/findings.json") {
			continue
		}
		var found []checks.Finding
		if err := json.Unmarshal(file.Data, &found); err != nil {
			t.Fatalf("%s: %s: %v", path, file.Name, err)
		}
		for _, f := range found {
			switch f.Outcome {
			case checks.Fail:
				failed = append(failed, f)
			case checks.Pass:
				passed = append(passed, f)
			case checks.NotApplicable, checks.Inconclusive:
			}
		}
	}
	return failed, passed
}
