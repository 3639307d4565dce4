package dma_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/report/score"
	"campanile/report/score/dma"
	"campanile/rules"
)

// judged is a verdict as a scan would give it, with the rule that ships.
func judged(t *testing.T, id, subject string, outcome checks.Outcome) score.Verdict {
	t.Helper()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	rule, ok := set.Rule(id)
	if !ok {
		t.Fatalf("no rule %s", id)
	}
	return score.Verdict{Finding: checks.Finding{Rule: id, Subject: subject, Outcome: outcome}, Rule: rule, Severity: rule.Severity}
}

// about gives what was seen of one item, as "says: subjects".
func about(t *testing.T, list []dma.Seen, item string) (dma.Says, []string, bool) {
	t.Helper()
	for _, seen := range list {
		if seen.Item.ID != item {
			continue
		}
		subjects := []string{}
		for _, v := range seen.Contradicts {
			subjects = append(subjects, "against "+v.Rule.ID+" "+v.Subject)
		}
		for _, v := range seen.Supports {
			subjects = append(subjects, "for "+v.Rule.ID+" "+v.Subject)
		}
		return seen.Says, subjects, seen.Conflict
	}
	t.Fatalf("item %s was left out", item)
	return "", nil, false
}

// A town says that it plans and measures against cyberattacks, while its
// certificate expired and its remote desktop is open.
func TestADeclaredMeasureThatFailedIsAConflictAndCostsNothing(t *testing.T) {
	t.Parallel()
	q := form(t)
	answers := dma.Answers{"8.2": {Done: true}, "8.3": {Done: true}}
	before := score4(t, q, answers)
	list := dma.Outside(q, 4, answers, []score.Verdict{
		judged(t, "tls-certificate-expired", "www.comune.esempio.example", checks.Fail),
		judged(t, "tls-certificate-expired", "pec.comune.esempio.example", checks.Pass),
		judged(t, "service-remote-desktop-exposed", "192.0.2.7", checks.Fail),
	})
	if len(list) != 15 {
		t.Errorf("%d items", len(list))
	}
	says, subjects, conflict := about(t, list, "8.2")
	want := []string{
		"against tls-certificate-expired www.comune.esempio.example", "against service-remote-desktop-exposed 192.0.2.7",
		"for tls-certificate-expired pec.comune.esempio.example",
	}
	if diff := cmp.Diff(want, subjects); says != dma.Contradicts || !conflict || diff != "" {
		t.Errorf("%s, %v (-want +got):\n%s", says, conflict, diff)
	}
	if says, subjects, conflict = about(t, list, "8.3"); says != dma.Silent || len(subjects) > 0 || conflict {
		t.Errorf("training: %s %v %v", says, subjects, conflict)
	}
	if after := score4(t, q, answers); after != before || len(answers) != 2 {
		t.Errorf("the declared score was changed from %v to %v", before, after)
	}
}

func score4(t *testing.T, q *rules.Questionnaire, answers dma.Answers) float64 {
	t.Helper()
	return scored(t, q, answers).Dimensions[3].Score
}

// A town that says no is not contradicted, it is confirmed; a pass ticks no box.
func TestWhatIsNotDeclaredIsNoConflict(t *testing.T) {
	t.Parallel()
	q := form(t)
	for _, answers := range []dma.Answers{nil, {"8.2": {}}} {
		list := dma.Outside(q, 4, answers, []score.Verdict{judged(t, "tls-certificate-expired", "www.comune.esempio.example", checks.Fail)})
		if says, _, conflict := about(t, list, "8.2"); says != dma.Contradicts || conflict {
			t.Errorf("%v: %s %v", answers, says, conflict)
		}
	}
	list := dma.Outside(q, 4, nil, []score.Verdict{judged(t, "tls-certificate-expired", "www.comune.esempio.example", checks.Pass)})
	if says, _, conflict := about(t, list, "8.2"); says != dma.Supports || conflict {
		t.Errorf("%s %v", says, conflict)
	}
}

func TestATimeoutSaysNothingAboutAnItem(t *testing.T) {
	t.Parallel()
	q := form(t)
	list := dma.Outside(q, 4, dma.Answers{"8.2": {Done: true}}, []score.Verdict{
		judged(t, "tls-certificate-expired", "www.comune.esempio.example", checks.Inconclusive),
		judged(t, "service-remote-desktop-exposed", "192.0.2.7", checks.NotApplicable),
	})
	if says, subjects, conflict := about(t, list, "8.2"); says != dma.Silent || len(subjects) > 0 || conflict {
		t.Errorf("%s %v %v", says, subjects, conflict)
	}
	if list := dma.Outside(q, 7, nil, nil); len(list) > 0 {
		t.Errorf("there is no dimension 7: %v", list)
	}
}
