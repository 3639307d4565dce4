package checks_test

import (
	"testing"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// What an error page or half a page lacks, the site may have.
func TestErrorPageAndHalfAPageLackNothing(t *testing.T) {
	t.Parallel()
	answer := func(status int, page *evidence.Page) *evidence.Bundle {
		hop := evidence.Hop{URL: "https://comune.example/", Status: status}
		return &evidence.Bundle{
			Target:   evidence.Target{Domain: "comune.example"},
			Families: []evidence.Family{evidence.WebFamily},
			Sites: []evidence.Site{{
				Host:      "comune.example",
				Addresses: evidence.Observation{State: evidence.Seen},
				HTTPS:     evidence.Visit{Observation: evidence.Observation{State: evidence.Seen}, Hops: []evidence.Hop{hop}, Page: page},
			}},
		}
	}
	for name, test := range map[string]struct {
		bundle *evidence.Bundle
		rule   string
		want   checks.Outcome
	}{
		"header-missing-on-a-page":        {answer(200, &evidence.Page{}), "web-hsts-missing", checks.Fail},
		"header-missing-on-an-error-page": {answer(503, nil), "web-hsts-missing", checks.Inconclusive},
		"policy-missing-on-a-page":        {answer(200, &evidence.Page{}), "web-csp-missing", checks.Fail},
		"policy-missing-on-half-a-page":   {answer(200, &evidence.Page{Truncated: true}), "web-csp-missing", checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := findingsOf(test.bundle, test.rule)
			if len(found) != 1 || found[0].Outcome != test.want {
				t.Errorf("got %+v, want %s", found, test.want)
			}
		})
	}
}
