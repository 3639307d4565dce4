package checks_test

import (
	"testing"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// Silence on port 25 counts only when it was silence both times.
func TestServerThatSaidSomethingAtItsSecondTryIsNotSilent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		second evidence.Observation
		want   checks.Outcome
	}{
		"silent":            {silent, checks.Fail},
		"refused":           {evidence.Observation{State: evidence.Unknown, Problem: evidence.Refused}, checks.Fail},
		"answered":          {seen(), checks.Pass},
		"hung-up":           {evidence.Observation{State: evidence.Unknown, Problem: evidence.Closed}, checks.Inconclusive},
		"reset":             {evidence.Observation{State: evidence.Unknown, Problem: evidence.Reset}, checks.Inconclusive},
		"come-back-later":   {evidence.Observation{State: evidence.Unknown, Problem: evidence.RateLimited}, checks.Inconclusive},
		"not-permitted":     {evidence.Observation{Problem: evidence.NotPermitted}, checks.Inconclusive},
		"nothing-was-asked": {notAsked, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := silentTown()
			b.Mail.Exchanges[0].Servers[0].Observation = test.second
			found := findingsOf(b, "mail-mx-unreachable")
			if len(found) != 1 || found[0].Outcome != test.want {
				t.Errorf("got %+v, want %s", found, test.want)
			}
		})
	}
}
