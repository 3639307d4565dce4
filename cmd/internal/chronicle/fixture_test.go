package chronicle_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// week is the time of the n-th weekly scan.
func week(n int) time.Time { return time.Date(2026, 1, 5, 22, 0, 0, 0, time.UTC).AddDate(0, 0, 7*n) }

// now is after all scans of the tests.
func now() time.Time { return week(40) }

// open makes a chronicle of an empty store.
func open(t testing.TB, address string) *chronicle.Chronicle {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	questions, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	return &chronicle.Chronicle{Store: s, Rules: set, Questions: questions, Tool: evidence.Tool{Name: "campanile", Version: "test"}, Sender: "Unione Valle Finta", Now: now}
}

// both runs a test on both engines.
func both(t *testing.T, run func(t *testing.T, c *chronicle.Chronicle)) {
	t.Helper()
	storetest.Engines(t, func(t *testing.T, address string) { run(t, open(t, address)) })
}

// milder gives a chronicle of the same store by which the withdrawn certificate
// matters less.
func milder(t testing.TB, c *chronicle.Chronicle) *chronicle.Chronicle {
	t.Helper()
	set := *c.Rules
	set.Digest, set.Rules = "sha256:milder", slices.Clone(set.Rules)
	i := slices.IndexFunc(set.Rules, func(r *rules.Rule) bool { return r.ID == withdrawn })
	rule := *set.Rules[i]
	rule.Severity, rule.Raise, rule.Variants = rules.Low, nil, nil
	set.Rules[i] = &rule
	return &chronicle.Chronicle{Store: c.Store, Rules: &set, Questions: c.Questions, Tool: c.Tool, Now: func() time.Time { return now().AddDate(0, 0, 1) }}
}

// withdrawn is the rule that the towns of these tests fail or keep: what the sample
// says of the certificate of its site.
const withdrawn = "tls-certificate-revoked"

// The states of the certificate.
const (
	bad  = evidence.Seen
	good = evidence.Absent
	mute = evidence.Unknown // nobody answered
)

// look is the evidence of a town at a time.
func look(t testing.TB, name string, taken time.Time, state evidence.State) *evidence.Bundle {
	t.Helper()
	line, err := os.ReadFile("../../../testdata/evidence/v1/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	b, err := evidence.Unmarshal(bytes.ReplaceAll(line, []byte("comune.esempio.example"), []byte("comune."+name+".example")))
	if err != nil {
		t.Fatal(err)
	}
	b.Target.Name, b.Taken = "Comune di "+name, taken
	for i := range b.Endpoints {
		r := evidence.Revocation{Observation: evidence.SeenAt(taken), Source: "crl"}
		switch state {
		case bad:
			r.On = "2026-01-02"
		case good:
			r.Observation = evidence.AbsentAt(taken)
		default:
			r.Observation, r.Source = evidence.UnknownAt(taken, evidence.Timeout, "asking the list"), ""
		}
		b.Endpoints[i].TLS.Revoked = r
	}
	return b
}

// town puts a town into the store.
func town(t testing.TB, c *chronicle.Chronicle, name string) int64 {
	t.Helper()
	numbers, err := c.Store.Put(t.Context(), []store.Body{{
		Target:   evidence.Target{Domain: "comune." + name + ".example", Name: "Comune di " + name, Country: "it", Code: "c_" + name},
		Province: fmt.Sprint("P", len(name)), Union: "Valle Finta",
	}})
	if err != nil {
		t.Fatal(err)
	}
	return numbers[0]
}

// weekly records a look each week.
func weekly(t testing.TB, c *chronicle.Chronicle, body int64, name string, states ...evidence.State) {
	t.Helper()
	for n, state := range states {
		if _, err := c.Record(t.Context(), body, 0, look(t, name, week(n), state)); err != nil {
			t.Fatal(err)
		}
	}
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
