package history_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/history"
	"campanile/report/score"
	"campanile/rules"
)

// TestAChangeOfTheRulesIsNoChangeOfTheTown judges weekly looks with two editions.
// The second was first used between the looks of the weeks 4 and 5; a space is evidence
// that an edition did not judge.
func TestAChangeOfTheRulesIsNoChangeOfTheTown(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ before, after, want string }{
		"the rules judge more severely":                         {"ppppp   ", "    ffff", "rules-changed >high 4 4"},
		"the rules judge less severely":                         {"fffff   ", "    pppp", "rules-changed high> 4 4"},
		"the rules call it graver":                              {"fffff   ", "    cccc", "rules-changed high>critical 4 4"},
		"all evidence was judged again":                         {"ppppp   ", "ffffffff", "rules-changed >high 4 4"},
		"all evidence was judged with both":                     {"pppppppp", "ffffffff", "rules-changed >high 4 4"},
		"the rules say the same":                                {"ppppp   ", "    pppp", ""},
		"the town moves later":                                  {"ppppp   ", "    ppff", "appeared >high 6 7"},
		"the town moves just after":                             {"ppppp   ", "    pff ", "appeared >high 5 6"},
		"the town moves across the change":                      {"ppppf   ", "    fff ", "appeared >high 4 5"},
		"the town moves across the change, and flaps":           {"ppppf   ", "    fpfp", ""},
		"the town moved just then, and the rules too":           {"ppppf   ", "    ccc ", "untold >critical 5 6"},
		"the town is mended after it was judged more severely":  {"ppppp   ", "    ffpp", "rules-changed >high 4 4; mended high> 6 7"},
		"a new rule finds a defect":                             {".....   ", "    ffff", "rules-changed >high 4 4"},
		"a new rule passes, and the town moves later":           {".....   ", "    ppff", "appeared >high 6 7"},
		"a rule is withdrawn":                                   {"fffff   ", "    ....", "rules-changed high> 4 4"},
		"the shared evidence could not be measured":             {"pppp?   ", "    ?fff", "untold >high 5 6"},
		"one of the two could not tell, older evidence can":     {"ppppp   ", "   p?fff", "appeared >high 5 6"},
		"no evidence was judged with both while the town moved": {"ppppf   ", "     ccc", "untold >critical 5 6"},
		"the new rules sleep on the shared evidence":            {"fffff   ", "    zff ", "rules-changed high> 4 4; rules-changed >high 5 6"},
		"no evidence was judged with both":                      {"ppppp   ", "     fff", "untold >high 5 6"},
		"no evidence was judged with both, and nothing moves":   {"ppppp   ", "     pff", "appeared >high 6 7"},
		"the new rules sleep where the old found a defect":      {"fffff   ", "    zzff", "rules-changed high> 4 4; rules-changed >high 6 7"},
		"the new rules do not apply yet":                        {"ppppp   ", "    zzff", "rules-changed >high 6 7"},
	} {
		looks := slices.Concat(weekly(t, fresh, c.after), weekly(t, old, c.before))
		changes := history.Changes(looks)
		if got := told(changes); got != c.want {
			t.Errorf("%s: %q, want %q", situation, got, c.want)
		}
	}
}

// TestAWithdrawnRuleEndsWithTheRules has another rule of the family that stays, so
// that it can be told that the family was asked for.
func TestAWithdrawnRuleEndsWithTheRules(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ before, after, want string }{
		"on shared evidence":      {"fff  ", "  ...", "rules-changed high> 2 2"},
		"without shared evidence": {"fff  ", "   ..", "rules-changed high> 3 3"},
	} {
		looks := slices.Concat(weekly(t, old, c.before), weekly(t, fresh, c.after))
		for i := range looks {
			stays := verdict(t, 'p')
			stays.Rule = "service-mail-exposed"
			looks[i].Verdicts = append(looks[i].Verdicts, stays)
		}
		if got := told(history.Changes(looks)); got != c.want {
			t.Errorf("%s: %q, want %q", situation, got, c.want)
		}
	}
}

// TestAnEditionThatWasNotAskedForTheFamilyWithdrawsNothing has looks with the new
// rules at the DNS alone.
func TestAnEditionThatWasNotAskedForTheFamilyWithdrawsNothing(t *testing.T) {
	t.Parallel()
	looks := slices.Concat(weekly(t, old, "fff  "), beside(t, weekly(t, fresh, "   ..")))
	if got := told(history.Changes(looks)); got != "" {
		t.Errorf("%q, want no change", got)
	}
}

func TestWhatIsAChangeOfTheTown(t *testing.T) {
	t.Parallel()
	for i, kind := range history.Kinds {
		if kind.OfTown() != (i < len(history.Kinds)-2) {
			t.Errorf("%s: %t", kind, kind.OfTown())
		}
	}
}

// TestTheRulesChangeWhereResolversDisagree has evidence by two resolvers of which one
// shows the defect: the point stands nowhere yet, and the rules differ all the same.
func TestTheRulesChangeWhereResolversDisagree(t *testing.T) {
	t.Parallel()
	looks := slices.Concat(weekly(t, old, "f"), weekly(t, fresh, "ccc"))
	looks = append(looks, at(weekly(t, old, "p")[0], week(0), "192.0.2.1:53"))
	if got, want := told(history.Changes(looks)), "rules-changed high>critical 0 0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestALookIsMadeOfEvidenceAndVerdicts(t *testing.T) {
	t.Parallel()
	b := &evidence.Bundle{Taken: start, Profile: evidence.Passive, Vantage: evidence.Vantage{Resolvers: []string{second, resolver}}}
	asleep := &rules.Rule{ID: expiringRule, Family: "tls", Since: rules.Date{Time: start.AddDate(0, 0, 1)}}
	got := history.Judged(b, []score.Verdict{{
		Finding: checks.Finding{Rule: expiringRule, Subject: town, Outcome: checks.NotApplicable, Facts: checks.Facts{"expires_on": "2026-05-01", "days": "9"}},
		Rule:    asleep, Severity: rules.Medium,
	}}, []string{other}, old)
	want := history.Look{
		Taken: start, Resolver: resolver + " " + second, Profile: evidence.Passive, Rules: old, Left: []string{other},
		Verdicts: []history.Verdict{{
			Rule: expiringRule, Family: "tls", Subject: town, Outcome: checks.NotApplicable,
			Severity: rules.Medium, Asleep: true, Ends: "2026-05-01",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestKeptEvidenceJudgedWithTwoSetsOfRules does it with the real checks: the same
// evidence, twice, with the rules that ship and with one of them made graver.
func TestKeptEvidenceJudgedWithTwoSetsOfRules(t *testing.T) {
	t.Parallel()
	shipped, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	bundle := sample(t)
	failing := score.Judge(bundle, shipped)
	i := slices.IndexFunc(failing, func(v score.Verdict) bool {
		return v.Outcome == checks.Fail && v.Severity != rules.Critical && len(v.Rule.Raise)+len(v.Rule.Variants) == 0
	})
	if i < 0 {
		t.Fatal("the sample has no finding to make graver")
	}
	graver := *failing[i].Rule
	graver.Severity = rules.Critical
	changed := *shipped
	changed.Rules = slices.Clone(shipped.Rules)
	changed.Rules[slices.IndexFunc(changed.Rules, func(r *rules.Rule) bool { return r.ID == graver.ID })] = &graver

	was := history.Edition{Digest: "shipped"}
	is := history.Edition{Digest: "changed", Since: bundle.Taken.Add(history.Apart + time.Hour)}
	look := func(rounds int, set *rules.Set, edition history.Edition) history.Look {
		b := *bundle
		b.Taken = bundle.Taken.Add(time.Duration(rounds) * history.Apart)
		return history.Judged(&b, score.Judge(&b, set), nil, edition)
	}
	looks := []history.Look{look(0, shipped, was), look(1, shipped, was), look(1, &changed, is), look(2, &changed, is), look(3, &changed, is)}
	changes := history.Changes(looks)
	found := false
	for _, c := range changes {
		if c.Kind != history.RulesChanged || c.Rule != graver.ID || c.To != rules.Critical {
			t.Errorf("%+v: the town did not move, and the rules did in %s alone", c, graver.ID)
		}
		found = true
	}
	if !found {
		t.Errorf("no change of the rules was told for %s", graver.ID)
	}
}

func sample(t *testing.T) *evidence.Bundle {
	t.Helper()
	line, err := os.ReadFile("../../testdata/evidence/v1/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := evidence.Unmarshal(line)
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}
