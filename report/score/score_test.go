package score_test

import (
	"testing"

	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"
)

// grades as rules/grades.yaml has them, in short.
var grades = []rules.Grade{
	{Grade: "A", AtMost: map[rules.Severity]int{rules.Critical: 0, rules.High: 0, rules.Medium: 0}},
	{Grade: "B", AtMost: map[rules.Severity]int{rules.Critical: 0, rules.High: 0}},
	{Grade: "C", AtMost: map[rules.Severity]int{rules.Critical: 0, rules.High: 2}},
	{Grade: "D", AtMost: map[rules.Severity]int{rules.Critical: 0}},
	{Grade: "E"},
}

func verdicts(family string, outcome checks.Outcome, severity rules.Severity, n int) []score.Verdict {
	list := make([]score.Verdict, n)
	for i := range list {
		list[i] = score.Verdict{Finding: checks.Finding{Outcome: outcome}, Rule: &rules.Rule{Family: family}, Severity: severity}
	}
	return list
}

func TestGrade(t *testing.T) {
	t.Parallel()
	pass := verdicts("dns", checks.Pass, rules.High, 10)
	for _, c := range []struct {
		situation string
		verdicts  []score.Verdict
		want      string
	}{
		{"all in order", pass, "A"},
		{"only low failures", append(verdicts("dns", checks.Fail, rules.Low, 9), pass...), "A"},
		{"information never counts", append(verdicts("dns", checks.Fail, rules.Info, 9), pass...), "A"},
		{"one medium failure", append(verdicts("dns", checks.Fail, rules.Medium, 1), pass...), "B"},
		{"two high failures", append(verdicts("dns", checks.Fail, rules.High, 2), pass...), "C"},
		{"three high failures", append(verdicts("dns", checks.Fail, rules.High, 3), pass...), "D"},
		{"one critical failure", append(verdicts("dns", checks.Fail, rules.Critical, 1), pass...), "E"},
		{"nothing measured", verdicts("dns", checks.Inconclusive, rules.High, 10), ""},
		{"no verdict at all", nil, ""},
		{"one family in the dark", append(verdicts("web", checks.Inconclusive, rules.High, 3), pass...), ""},
		{"one family half in the dark", append(append(verdicts("web", checks.Inconclusive, rules.High, 3), verdicts("web", checks.Pass, rules.High, 3)...), pass...), "A"},
		{"the worst grade needs no more evidence", append(verdicts("web", checks.Inconclusive, rules.High, 3), verdicts("tls", checks.Fail, rules.Critical, 1)...), "E"},
		{"what does not apply is neither for nor against", append(verdicts("web", checks.NotApplicable, rules.High, 30), pass...), "A"},
	} {
		if got := score.Summarise(c.verdicts, grades).Grade; got != c.want {
			t.Errorf("%s: grade %q, want %q", c.situation, got, c.want)
		}
	}
}
