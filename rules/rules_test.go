package rules_test

import (
	"testing"

	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"
)

func TestTheEmbeddedRulesAreWholeAndFitTheChecks(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Rules) != len(checks.All) {
		t.Errorf("%d rules for %d checks", len(set.Rules), len(checks.All))
	}
}

func TestEveryRuleHasGoodNewsInEveryLanguage(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range set.Rules {
		for _, language := range rules.Languages {
			if rule.Text[language].Good == "" {
				t.Errorf("%s: text.%s.good: missing", rule.ID, language)
			}
		}
	}
}
