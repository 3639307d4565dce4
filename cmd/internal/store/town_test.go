package store_test

import (
	"os"
	"testing"
	"time"

	"campanile/checks"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// week is the time of the n-th weekly scan.
func week(n int) time.Time { return time.Date(2026, 1, 5, 22, 0, 0, 0, time.UTC).AddDate(0, 0, 7*n) }

// town is a body of the fable's territory.
func town(name, code string) store.Body {
	return store.Body{
		Target: evidence.Target{Domain: "comune." + name + ".example", Name: "Comune di " + name, Country: "it", Code: code},
		Region: "Favolandia", Province: "FV", Union: "Valle Finta", Category: "L6", Population: 1200,
	}
}

// bundle is the evidence of a town at a time.
func bundle(t testing.TB, domain string, taken time.Time) *evidence.Bundle {
	t.Helper()
	line, err := os.ReadFile("../../../testdata/evidence/v1/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	b, err := evidence.Unmarshal(line)
	if err != nil {
		t.Fatal(err)
	}
	b.Target.Domain, b.Taken = domain, taken
	b.Suppliers = []evidence.Supplier{{ID: "posta-finta", Name: "Posta Finta", Role: "mail", Evidence: "MX mx.posta-finta.example"}}
	b.Platforms = []evidence.Platform{{ID: "sito-finto", Name: "Sito Finto", Use: evidence.ForSite, Host: domain}}
	return b
}

// says makes a judgement: a grade and what is said of each rule at a town.
func says(domain, grade string, outcomes map[string]checks.Outcome) store.Judgement {
	j := store.Judgement{Rules: "sha256:rules-1", Summary: score.Summary{Grade: grade, Fail: map[rules.Severity]int{}}}
	for _, rule := range []string{"mail-dmarc-missing", "tls-certificate-expired", "mail-spf-missing"} {
		outcome, ok := outcomes[rule]
		if !ok {
			outcome = checks.Pass
		}
		switch outcome {
		case checks.Fail:
			j.Summary.Fail[rules.High]++
		case checks.Pass:
			j.Summary.Pass++
		case checks.Inconclusive:
			j.Summary.Inconclusive++
		case checks.NotApplicable:
		}
		finding := checks.Finding{Rule: rule, Subject: domain, Outcome: outcome, Facts: checks.Facts{"domain": domain}}
		j.Verdicts = append(j.Verdicts, store.Verdict{Finding: finding, Severity: rules.High})
	}
	return j
}

var (
	fails   = checks.Fail
	unknown = checks.Inconclusive
)

func put(t testing.TB, s *store.Store, bodies ...store.Body) []int64 {
	t.Helper()
	numbers, err := s.Put(t.Context(), bodies)
	if err != nil {
		t.Fatal(err)
	}
	return numbers
}

// scan keeps a scan of a town at a time with what was said of its rules.
func scan(t testing.TB, s *store.Store, body int64, taken time.Time, grade string, outcomes map[string]checks.Outcome) int64 {
	t.Helper()
	about, err := s.Body(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	number, err := s.Save(t.Context(), body, 0, bundle(t, about.Domain, taken), says(about.Domain, grade, outcomes))
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// got stops a test at an error and gives the value otherwise.
func got[T any](value T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
