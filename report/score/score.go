// Package score weighs findings: severity and dates from the rules, and the
// grade of a municipality. It is pure: the same evidence and the same rules
// give the same numbers.
package score

import (
	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/rules"
)

// Verdict is a finding with the weight that its rule gives it.
type Verdict struct {
	checks.Finding
	Rule     *rules.Rule
	Severity rules.Severity
}

// Summary counts verdicts.
type Summary struct {
	Grade         string                 `json:"grade"` // A to E; empty when too little could be measured
	Fail          map[rules.Severity]int `json:"fail"`
	Pass          int                    `json:"pass"`
	Inconclusive  int                    `json:"inconclusive"`
	NotApplicable int                    `json:"not_applicable"`
}

// Judge runs the checks and weighs what they find. A rule that does not speak
// to the target's country is left out; one that is not in force at the time of
// the evidence does not apply.
func Judge(b *evidence.Bundle, set *rules.Set) []Verdict {
	var verdicts []Verdict
	for _, finding := range checks.Judge(b) {
		rule, ok := set.Rule(finding.Rule)
		if !ok || !rule.AppliesIn(b.Target.Country) {
			continue
		}
		if !rule.InForce(b.Taken) {
			finding.Outcome, finding.Facts = checks.NotApplicable, nil
		}
		verdicts = append(verdicts, Verdict{finding, rule, rule.SeverityOf(finding.Facts)})
	}
	return verdicts
}

// Summarise counts the verdicts and finds the grade in the table of the rules.
func Summarise(verdicts []Verdict, grades []rules.Grade) Summary {
	s := Summary{Fail: map[rules.Severity]int{rules.Critical: 0, rules.High: 0, rules.Medium: 0, rules.Low: 0}}
	known, open := map[*rules.Rule]float64{}, map[*rules.Rule]float64{}
	for _, v := range verdicts {
		switch v.Outcome {
		case checks.Pass:
			s.Pass++
			known[v.Rule]++
		case checks.Fail:
			known[v.Rule]++
			if v.Severity != rules.Info {
				s.Fail[v.Severity]++
			}
		case checks.Inconclusive:
			s.Inconclusive++
			open[v.Rule]++
		case checks.NotApplicable:
			s.NotApplicable++
		}
	}
	if worst := grades[len(grades)-1].Grade; grade(s.Fail, grades) == worst || enough(known, open) {
		s.Grade = grade(s.Fail, grades)
	}
	return s
}

// enough reports whether every family was measured at least by half: a good
// grade over a part that nobody could see would read as a pass. The worst grade
// needs no more evidence. Each rule counts once, by the share of its subjects that
// could be measured: three side doors that stay shut do not hide the whole house.
// The services open to the Internet are looked at under a mandate only: where they
// could not be, as on a server shared with others, the grade of everything else
// stands as it would have without asking. What fails among them counts all the same.
func enough(known, open map[*rules.Rule]float64) bool {
	measured, missed := map[string]float64{}, map[string]float64{}
	for rule, n := range known {
		measured[rule.Family] += n / (n + open[rule])
	}
	for rule, n := range open {
		missed[rule.Family] += n / (n + known[rule])
	}
	others := false
	for family := range measured {
		others = others || family != services
	}
	for family := range missed {
		if missed[family] > measured[family] && (family != services || !others) {
			return false
		}
	}
	return len(known) > 0
}

const services = string(evidence.ServicesFamily)

// WithoutServices reports that the services open to the Internet were asked for
// and could for the most part not be looked at, and nothing was found among the
// rest: a grade then says nothing about them.
func WithoutServices(verdicts []Verdict) bool {
	known, open := map[*rules.Rule]float64{}, map[*rules.Rule]float64{}
	for _, v := range verdicts {
		switch {
		case v.Rule.Family != services:
		case v.Outcome == checks.Inconclusive:
			open[v.Rule]++
		case v.Outcome == checks.Fail && v.Severity != rules.Info:
			return false
		case v.Outcome == checks.Pass || v.Outcome == checks.Fail:
			known[v.Rule]++
		}
	}
	return len(open) > 0 && !enough(known, open)
}

func grade(failed map[rules.Severity]int, grades []rules.Grade) string {
	for _, g := range grades {
		if within(failed, g.AtMost) {
			return g.Grade
		}
	}
	return ""
}

func within(failed, limits map[rules.Severity]int) bool {
	for severity, limit := range limits {
		if failed[severity] > limit {
			return false
		}
	}
	return true
}
