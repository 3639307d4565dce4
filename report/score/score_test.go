package score_test

import (
	"testing"

	"campanile/checks"
	"campanile/collectors/records/services"
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

// TestAServiceIsAsGraveAsTheListSays holds the severity of each class against the
// curated list: a panel of logs is not as grave as the index that it shows.
func TestAServiceIsAsGraveAsTheListSays(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, s := range services.List() {
		rule, ok := set.Rule("service-" + s.Class + "-exposed")
		if !ok { // no class, SSH
			continue
		}
		judged++
		if got := string(rule.SeverityOf(map[string]string{"service": s.Name})); got != s.Risk {
			t.Errorf("%s: %s is %s, its risk is %s", rule.ID, s.ID, got, s.Risk)
		}
	}
	if judged < 60 {
		t.Errorf("only %d services were judged", judged)
	}
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
		{"services that nobody could look at leave the grade of the rest", append(verdicts("services", checks.Inconclusive, rules.High, 30), pass...), "A"},
		{"an exposed service counts, though the others could not be looked at", append(append(verdicts("services", checks.Inconclusive, rules.High, 30), verdicts("services", checks.Fail, rules.High, 1)...), pass...), "C"},
		{"an open remote desktop gives the worst grade", append(verdicts("services", checks.Fail, rules.Critical, 1), pass...), "E"},
		{"services alone, half in the dark", append(verdicts("services", checks.Inconclusive, rules.High, 30), verdicts("services", checks.Pass, rules.High, 2)...), ""},
		{"services alone, all seen", verdicts("services", checks.Pass, rules.High, 30), "A"},
		{"services do not make up for another family in the dark", append(verdicts("web", checks.Inconclusive, rules.High, 3), verdicts("services", checks.Pass, rules.High, 30)...), ""},
		{"what does not apply is neither for nor against", append(verdicts("web", checks.NotApplicable, rules.High, 30), pass...), "A"},
	} {
		if got := score.Summarise(c.verdicts, grades).Grade; got != c.want {
			t.Errorf("%s: grade %q, want %q", c.situation, got, c.want)
		}
	}
}

func TestAGradeWithoutServicesIsSaidSo(t *testing.T) {
	t.Parallel()
	pass := verdicts("dns", checks.Pass, rules.High, 10)
	for situation, c := range map[string]struct {
		verdicts []score.Verdict
		want     bool
	}{
		"never asked for":          {pass, false},
		"all seen":                 {append(verdicts("services", checks.Pass, rules.High, 3), pass...), false},
		"none seen":                {append(verdicts("services", checks.Inconclusive, rules.High, 3), pass...), true},
		"most seen":                {append(verdicts("services", checks.Inconclusive, rules.High, 1), verdicts("services", checks.Pass, rules.High, 3)...), false},
		"few seen":                 {append(verdicts("services", checks.Inconclusive, rules.High, 3), verdicts("services", checks.Pass, rules.High, 1)...), true},
		"few seen, one exposed":    {append(verdicts("services", checks.Inconclusive, rules.High, 3), verdicts("services", checks.Fail, rules.High, 1)...), false},
		"few seen, one to know":    {append(verdicts("services", checks.Inconclusive, rules.High, 3), verdicts("services", checks.Fail, rules.Info, 1)...), true},
		"another family unseen":    {verdicts("web", checks.Inconclusive, rules.High, 3), false},
		"only what does not apply": {verdicts("services", checks.NotApplicable, rules.High, 3), false},
	} {
		if got := score.WithoutServices(c.verdicts); got != c.want {
			t.Errorf("%s: %t, want %t", situation, got, c.want)
		}
	}
}
