package main

import (
	"testing"
	"time"

	"campanile/collectors/evidence"
)

// Evidence of another kind of scan is not gone on with: half a territory would
// have answers that the other half lacks.
func TestOnlyTheSameScanIsGoneOnWith(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	site := func(depth string) []evidence.Endpoint {
		return []evidence.Endpoint{{Name: "comune.example"}, {Name: "www.comune.example", Accepts: evidence.Accepts{Depth: depth}}}
	}
	mail := func(depth string, offers ...evidence.VersionOffer) evidence.Mail {
		return evidence.Mail{Exchanges: []evidence.Exchange{{Servers: []evidence.Server{{Offers: offers, Accepts: evidence.Accepts{Depth: depth}}}}}}
	}
	asked := evidence.VersionOffer{Version: "TLS 1.0"}
	for name, each := range map[string]struct {
		depth string
		found evidence.Bundle
		want  bool
	}{
		"grade-again":                  {"grade", evidence.Bundle{Endpoints: site("grade"), Mail: mail("", asked)}, true},
		"full-again":                   {"full", evidence.Bundle{Endpoints: site("full"), Mail: mail("full", asked)}, true},
		"full-after-grade":             {"full", evidence.Bundle{Endpoints: site("grade")}, false},
		"grade-after-full":             {"grade", evidence.Bundle{Endpoints: site("full")}, false},
		"full-after-grade-of-mail":     {"full", evidence.Bundle{Mail: mail("", asked)}, false},
		"grade-after-full-of-mail":     {"grade", evidence.Bundle{Mail: mail("full", asked)}, false},
		"mail-server-only-greeted":     {"full", evidence.Bundle{Mail: mail("")}, true},
		"nobody-answered-on-port-443":  {"full", evidence.Bundle{Endpoints: site("")}, true},
		"evidence-of-the-day-before":   {"grade", evidence.Bundle{Taken: now.Add(-25 * time.Hour)}, false},
		"evidence-of-another-profile":  {"grade", evidence.Bundle{Profile: evidence.Passive}, false},
		"evidence-of-a-single-family":  {"grade", evidence.Bundle{Families: []evidence.Family{evidence.WebFamily}}, false},
		"evidence-without-any-servers": {"full", evidence.Bundle{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := defaults()
			s.depth = each.depth
			b := each.found
			if b.Taken.IsZero() {
				b.Taken = now.Add(-time.Hour)
			}
			if b.Profile == "" {
				b.Profile = evidence.Standard
			}
			if b.Families == nil {
				b.Families = s.families()
			}
			if got := s.sameScan(now)(&b); got != each.want {
				t.Errorf("same scan: %v, want %v", got, each.want)
			}
		})
	}
}
